import { createRootRoute, Outlet } from '@tanstack/react-router'
import { ConditionBanner } from '../components/ConditionBanner.tsx'
import { ReceiptDesk } from '../components/ReceiptDialog.tsx'
import { TopStrip } from '../components/TopStrip.tsx'
import { NotFoundPage } from '../pages/NotFoundPage.tsx'

export const Route = createRootRoute({
  notFoundComponent: NotFoundPage,
  component: () => (
    <div className="flex h-dvh flex-col">
      <TopStrip />
      <ConditionBanner />
      <Outlet />
      <ReceiptDesk />
    </div>
  ),
})
