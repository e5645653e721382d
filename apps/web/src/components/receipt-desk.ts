// Which receipt is open, if any: one dialog for the whole page, which outlives the row that opened it.
import type { BarSeries, Receipt } from '@onetape/api/router'
import { useSyncExternalStore } from 'react'

export type ReceiptSubject =
  /** The tape's latest price of an instrument. */
  | { what: 'price'; key: string }
  /** The bars that are drawn; the tape gathered them over time, so no single receipt tells of all. */
  | { what: 'series'; key: string; series: BarSeries; count: number }
  /** An answer of the sources that the page shows, with the receipt that came with it. */
  | { what: 'fundamentals'; key: string; receipt: Receipt }
  | { what: 'options'; key: string; expiry: string | null; receipt: Receipt }
  /** What the reader's own route answered, with its price. */
  | { what: 'route'; key: string; receipt: Receipt; value: number | null }

let open: ReceiptSubject | null = null
const listeners = new Set<() => void>()

function set(subject: ReceiptSubject | null): void {
  open = subject
  for (const tell of listeners) tell()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const openReceipt = (subject: ReceiptSubject): void => set(subject)
export const closeReceipt = (): void => set(null)
export const useOpenReceipt = (): ReceiptSubject | null => useSyncExternalStore(subscribe, () => open)
