// The one desk of this page for orders and pins, over the query cache and the API.
import type { OrdersReport, PinReport } from '@onetape/api/router'
import type { DataKind } from '@onetape/market'
import { useSyncExternalStore } from 'react'
import { changed } from '../../api/mine.ts'
import { client, isConflict, lineOf, queryClient, trpc } from '../../api/trpc.ts'
import type { ClassChoice } from '../source-matrix.ts'
import { type DeskState, EditDesk, type Held, type Subject, type Value } from './edit-desk.ts'

const ordersKey = trpc.mine.orders.queryOptions().queryKey
const pinsKey = trpc.mine.pins.queryOptions().queryKey
const NONE: Held = { value: null, version: 0 }

function heldNow(subject: Subject): Held {
  if (subject.what === 'order') {
    const row = queryClient
      .getQueryData<OrdersReport>(ordersKey)
      ?.rows.find((r) => r.kind === subject.kind && r.assetClass === subject.assetClass)
    return row ? { value: row.order, version: row.version } : NONE
  }
  const pin = queryClient
    .getQueryData<PinReport[]>(pinsKey)
    ?.find((p) => p.kind === subject.kind && p.key === subject.key)
  return pin ? { value: [pin.source], version: pin.version } : NONE
}

async function save(subject: Subject, value: Value, version: number): Promise<number> {
  if (subject.what === 'order') {
    const { kind, assetClass } = subject
    const order = value && [...value]
    return (await client.mine.setOrder.mutate({ kind, assetClass, order, version })).version
  }
  const { kind, key } = subject
  return (await client.mine.setPin.mutate({ key, kind, source: value?.[0] ?? null, version })).version
}

function settle(subject: Subject, held: Held): void {
  if (subject.what === 'order') {
    // What is still on its way was read before this was saved.
    void queryClient.cancelQueries({ queryKey: ordersKey })
    queryClient.setQueryData<OrdersReport>(ordersKey, (was) => was && withRow(was, subject, held))
    void changed(queryClient, 'orders')
    return
  }
  void queryClient.cancelQueries({ queryKey: pinsKey })
  const source = held.value?.[0]
  queryClient.setQueryData<PinReport[]>(pinsKey, (was = []) => {
    const others = was.filter((p) => p.kind !== subject.kind || p.key !== subject.key)
    const { kind, key, symbol } = subject
    return source === undefined ? others : [...others, { key, symbol, kind, source, version: held.version }]
  })
  void changed(queryClient, 'pins')
}

const withRow = (
  report: OrdersReport,
  { kind, assetClass }: Subject & { what: 'order' },
  { value, version }: Held,
): OrdersReport => ({
  ...report,
  rows: report.rows.map((row) =>
    row.kind === kind && row.assetClass === assetClass
      ? { ...row, order: value && [...value], version }
      : row,
  ),
})

export const editDesk = new EditDesk({
  held: heldNow,
  save,
  settle,
  refresh: async () => {
    await Promise.all([
      queryClient.refetchQueries({ queryKey: ordersKey }),
      queryClient.refetchQueries({ queryKey: pinsKey }),
    ])
  },
  isConflict,
  lineOf,
})

export const useEditDesk = (): DeskState =>
  useSyncExternalStore(
    (listener) => editDesk.subscribe(listener),
    () => editDesk.state,
  )

export const ownOrder = (kind: DataKind, assetClass: ClassChoice): Value =>
  editDesk.valueOf({ what: 'order', kind, assetClass })
