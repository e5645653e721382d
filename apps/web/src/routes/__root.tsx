import { createRootRoute, Outlet, useRouterState } from '@tanstack/react-router'
import { ConditionBanner } from '../components/ConditionBanner.tsx'
import { isDoor } from '../components/door.ts'
import { OutageBanner } from '../components/order/OutageBanner.tsx'
import { ReceiptDesk } from '../components/ReceiptDialog.tsx'
import { SessionGuard } from '../components/SessionGuard.tsx'
import { TopStrip } from '../components/TopStrip.tsx'
import { AddToListDesk } from '../components/watchlist/AddToListDialog.tsx'
import { NotFoundPage } from '../pages/NotFoundPage.tsx'

export const Route = createRootRoute({
  notFoundComponent: NotFoundPage,
  component: Frame,
})

function Frame() {
  const atDoor = useRouterState({ select: (state) => isDoor(state.location.pathname) })
  return (
    <div className="flex h-dvh flex-col">
      {!atDoor && (
        <>
          <TopStrip />
          <ConditionBanner />
          <OutageBanner />
        </>
      )}
      <Outlet />
      {!atDoor && <ReceiptDesk />}
      {!atDoor && <AddToListDesk />}
      <SessionGuard />
    </div>
  )
}
