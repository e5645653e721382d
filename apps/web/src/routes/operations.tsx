import { createFileRoute } from '@tanstack/react-router'
import { OperationsPage } from '../pages/OperationsPage.tsx'

export const Route = createFileRoute('/operations')({ component: OperationsPage })
