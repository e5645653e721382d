import type { MySource } from '@onetape/api/router'
import { X } from 'lucide-react'
import { useState } from 'react'
import { useOrders, usePlaces, useSetOrder } from '../../api/mine.ts'
import { lineOf } from '../../api/trpc.ts'
import { Alert } from '../../ui/Alert.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { PlaceList } from '../connect/PlaceList.tsx'
import { type Place, placeId } from '../connect/use-connect.ts'

interface Props {
  source: MySource
  onClose: (isDone: boolean) => void
}

/** The places of a source that is connected already. */
export function PlacesDialog({ source, onClose }: Props) {
  const places = usePlaces(source.id)
  const orders = useOrders()
  const setOrder = useSetOrder()
  const [unticked, setUnticked] = useState<ReadonlySet<string>>(new Set())
  const [problem, setProblem] = useState<string | null>(null)
  const [isSaving, setSaving] = useState(false)
  const versionOf = ({ kind, assetClass }: Place) =>
    orders.data?.rows.find((row) => row.kind === kind && row.assetClass === assetClass)?.version ?? 0
  const tick = (place: Place) => {
    const id = placeId(place)
    setUnticked((was) => new Set(was.has(id) ? [...was].filter((x) => x !== id) : [...was, id]))
  }
  const save = async () => {
    setSaving(true)
    setProblem(null)
    try {
      for (const place of places.data ?? []) {
        if (unticked.has(placeId(place))) continue
        const { kind, assetClass, order } = place
        await setOrder.mutateAsync({ kind, assetClass, order, version: versionOf(place) })
        // Saved: a second try leaves it alone.
        setUnticked((was) => new Set([...was, placeId(place)]))
      }
      onClose(true)
    } catch (error) {
      setProblem(lineOf(error))
      void places.refetch()
    } finally {
      setSaving(false)
    }
  }
  const failure = places.error ?? orders.error
  const count = (places.data?.length ?? 0) - unticked.size
  return (
    <Dialog
      label={`Places of ${source.label}`}
      onClose={() => onClose(false)}
      className="mt-[5vh]! max-h-[90vh]! w-[min(40rem,calc(100vw-1rem))]!"
    >
      <div className="flex max-h-[inherit] flex-col">
        <div className="flex shrink-0 items-center justify-between border-b border-line py-2 pr-2 pl-4">
          <h2 className="text-[15px] font-semibold">Where {source.label} stands</h2>
          <IconButton label="Close" onClick={() => onClose(false)}>
            <X size={16} aria-hidden />
          </IconButton>
        </div>
        <div className="flex min-h-0 flex-col gap-3.5 overflow-y-auto p-4">
          {failure ? (
            <Alert tone="alarm" title={lineOf(failure)} />
          ) : places.data && orders.data ? (
            places.data.length === 0 ? (
              <p className="text-xs text-muted">
                It stands where it should: no order would be better with it.
              </p>
            ) : (
              <PlaceList places={places.data} name={source.name} unticked={unticked} onTick={tick} />
            )
          ) : (
            <span role="status" aria-label="Loading the places" className="skeleton h-32" />
          )}
          {problem && <Alert tone="alarm" title={problem} />}
          <div className="flex justify-end gap-2 border-t border-line pt-3">
            <Button onClick={() => onClose(false)}>Leave the orders as they are</Button>
            {count > 0 && (
              <Button tone="primary" onClick={() => void save()} disabled={isSaving} aria-busy={isSaving}>
                {isSaving ? 'Saving…' : count === 1 ? 'Set 1 order' : `Set ${count} orders`}
              </Button>
            )}
          </div>
        </div>
      </div>
    </Dialog>
  )
}
