// What a stream did, counted: for whoever asks how well it runs.
import type { Micros } from '@onetape/market'
import type { DroppedRow } from '../contract.ts'
import type { StreamStats } from './contract.ts'
import type { Verdict } from './ordering.ts'

const DROPPED_KEPT = 20

export class StreamTally {
  readonly #stats: Omit<StreamStats, 'conflated'> = {
    connects: 0,
    received: 0,
    duplicates: 0,
    outOfOrder: 0,
    dropped: 0,
    lastDropped: [],
    lastEventAt: null,
  }

  connected(): void {
    this.#stats.connects += 1
  }

  heard(at: Micros): void {
    this.#stats.lastEventAt = at
  }

  /** Counts an event by its verdict. @returns whether it is to be given on. */
  isNews(verdict: Verdict, symbol: string): boolean {
    if (verdict === 'duplicate') this.#stats.duplicates += 1
    else if (verdict === 'out_of_order') this.#stats.outOfOrder += 1
    else if (verdict === 'from_the_future') this.drop({ row: symbol, reason: 'its time lies in the future' })
    else this.#stats.received += 1
    return verdict === 'news'
  }

  drop(row: DroppedRow): void {
    this.#stats.dropped += 1
    this.#stats.lastDropped = [...this.#stats.lastDropped, row].slice(-DROPPED_KEPT)
  }

  /** @param conflated counted by the queue. */
  read(conflated: number): StreamStats {
    return { ...this.#stats, conflated, lastDropped: [...this.#stats.lastDropped] }
  }
}
