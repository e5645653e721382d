// Buffers for answers, used again once an answer has left: a new one for each would keep the garbage collector busy
// with megabytes per millisecond. A list that is asked for again within its moment keeps a buffer of its own, in which
// only the clock's part is written anew.
import type { Micros } from '@onetape/market'
import type { TapeText } from './tape-text.ts'

export interface Lent {
  /** Valid until it is given back. */
  bytes: Buffer
  /** To be called once the bytes have left, or never will. */
  giveBack(): void
}

/** One answer of one moment. */
export interface Keeper {
  text: TapeText
  /** How often it was lent. */
  times: number
  own: Buffer | null
  isOut: boolean
  /** When its own buffer was last brought up to date. */
  writtenAt: Micros
}

const KEPT_BYTES_MAX = 8 * 1024 * 1024
const FREE_BYTES_MAX = 4 * 1024 * 1024
const SMALLEST_BYTES = 16 * 1024

export class TapeBuffers {
  readonly #free = new Map<number, Buffer[]>()
  #freeBytes = 0
  /** With a buffer of their own, the one that got it first in front. */
  readonly #keepers = new Set<Keeper>()
  #keptBytes = 0

  lend(keeper: Keeper, now: Micros): Lent {
    const { text } = keeper
    keeper.times++
    if (keeper.own && !keeper.isOut) text.update(keeper.own, now, keeper.writtenAt)
    else if (!keeper.own && keeper.times > 1) this.#keep(keeper, now)
    else return this.#common(text, now)
    keeper.isOut = true
    keeper.writtenAt = now
    const giveBack = () => {
      keeper.isOut = false
    }
    return { bytes: keeper.own!.subarray(0, text.bytes), giveBack }
  }

  /** Its moment is over. A buffer that is still out is left to whoever sends it. */
  retire(keeper: Keeper): void {
    if (!keeper.own) return
    this.#keepers.delete(keeper)
    this.#keptBytes -= keeper.own.length
    if (!keeper.isOut) this.#release(keeper.own)
    keeper.own = null
  }

  #keep(keeper: Keeper, now: Micros): void {
    keeper.own = this.#take(keeper.text.bytes)
    keeper.text.write(keeper.own, now)
    this.#keepers.add(keeper)
    this.#keptBytes += keeper.own.length
    for (const first of this.#keepers) {
      if (this.#keptBytes <= KEPT_BYTES_MAX || first === keeper) break
      this.retire(first)
      first.times = 0
    }
  }

  #common(text: TapeText, now: Micros): Lent {
    const whole = this.#take(text.bytes)
    text.write(whole, now)
    return { bytes: whole.subarray(0, text.bytes), giveBack: () => this.#release(whole) }
  }

  #take(bytes: number): Buffer {
    const size = Math.max(SMALLEST_BYTES, 2 ** Math.ceil(Math.log2(bytes)))
    const free = this.#free.get(size)?.pop()
    if (!free) return Buffer.allocUnsafeSlow(size)
    this.#freeBytes -= size
    return free
  }

  #release(buffer: Buffer): void {
    if (this.#freeBytes + buffer.length > FREE_BYTES_MAX) return
    const alike = this.#free.get(buffer.length) ?? []
    this.#free.set(buffer.length, alike)
    alike.push(buffer)
    this.#freeBytes += buffer.length
  }
}
