import { createFileRoute } from '@tanstack/react-router'
import { OrderPage } from '../pages/OrderPage.tsx'

export const Route = createFileRoute('/order')({ component: OrderPage })
