import { createFileRoute } from '@tanstack/react-router'
import { AccountPage } from '../pages/AccountPage.tsx'

export const Route = createFileRoute('/account')({ component: AccountPage })
