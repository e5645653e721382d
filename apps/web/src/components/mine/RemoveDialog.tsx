import type { MySource } from '@onetape/api/router'
import { useOrders, usePins, useRemoveSource } from '../../api/mine.ts'
import { lineOf } from '../../api/trpc.ts'
import { Alert } from '../../ui/Alert.tsx'
import { SmallDialog } from './SmallDialog.tsx'

/** Says what goes with it: a stored key cannot be brought back. */
export function RemoveDialog({ source, onClose }: { source: MySource; onClose: () => void }) {
  const remove = useRemoveSource()
  const orders = useOrders().data?.rows.filter((row) => row.order?.includes(source.name)).length ?? 0
  const pins = usePins().data?.filter((pin) => pin.source === source.name).length ?? 0
  const goes = [
    source.how === 'none' ? null : source.how === 'oauth' ? 'its sign-in' : 'its key',
    orders > 0 && `its place in ${orders === 1 ? '1 order' : `${orders} orders`}`,
    pins > 0 && `${pins === 1 ? '1 pin' : `${pins} pins`} to it`,
  ].filter(Boolean)
  return (
    <SmallDialog
      label={`Remove ${source.label}?`}
      action={remove.isPending ? 'Removing…' : 'Remove'}
      tone="danger"
      isBusy={remove.isPending}
      onSubmit={(event) => {
        event.preventDefault()
        remove.mutate({ id: source.id }, { onSuccess: onClose })
      }}
      onClose={onClose}
    >
      <p className="text-xs">
        {goes.length > 0 && `With it go ${goes.join(', ')}. `}
        Prices then come from the next source of each order. This cannot be undone; to keep it for later,
        pause it instead.
      </p>
      {remove.error && <Alert tone="alarm" title={lineOf(remove.error)} />}
    </SmallDialog>
  )
}
