// A latest row that is written over: its numbers stay where they are. Rows that live from one sweep to the next are
// what the collector works hardest at, and it works while readers wait.
import type { InstrumentFacts, LatestView } from '@onetape/db'

/** What a row says that is no number: one object for nearly all rows of a batch. */
type Provenance = Pick<LatestView, 'source' | 'feed' | 'tsOrigin' | 'sessionDate' | 'delayedMinutes'>

const NUMBERS = 13
const orNaN = (n: number | null): number => n ?? Number.NaN
const orNull = (n: number): number | null => (Number.isNaN(n) ? null : n)

export class HeldRow {
  #instrument: InstrumentFacts
  #provenance: Provenance
  /** Doubles side by side; NaN for null. */
  readonly #numbers: number[] = new Array<number>(NUMBERS).fill(Number.NaN)

  constructor(row: LatestView) {
    this.#instrument = factsOf(row)
    this.#provenance = provenanceOf(row)
    this.set(row)
  }

  /** The same object until something of it changes. */
  get instrument(): InstrumentFacts {
    return this.#instrument
  }

  set(row: LatestView): void {
    if (!isSameInstrument(this.#instrument, row)) this.#instrument = factsOf(row)
    this.#provenance = provenanceOf(row)
    const n = this.#numbers
    n[0] = row.ts
    n[1] = row.fetchedAt
    n[2] = row.last
    n[3] = orNaN(row.bid)
    n[4] = orNaN(row.ask)
    n[5] = orNaN(row.bidSize)
    n[6] = orNaN(row.askSize)
    n[7] = orNaN(row.dayOpen)
    n[8] = orNaN(row.dayHigh)
    n[9] = orNaN(row.dayLow)
    n[10] = orNaN(row.dayClose)
    n[11] = orNaN(row.volume)
    n[12] = orNaN(row.previousClose)
  }

  view(batchId: number): LatestView {
    const { instrumentId, key, symbol, assetClass, name, currency } = this.#instrument
    const { source, feed, delayedMinutes, tsOrigin, sessionDate } = this.#provenance
    const n = this.#numbers
    return {
      instrumentId,
      key,
      symbol,
      assetClass,
      name,
      currency,
      batchId,
      ts: n[0]!,
      fetchedAt: n[1]!,
      source,
      feed,
      delayedMinutes,
      tsOrigin,
      last: n[2]!,
      bid: orNull(n[3]!),
      ask: orNull(n[4]!),
      bidSize: orNull(n[5]!),
      askSize: orNull(n[6]!),
      dayOpen: orNull(n[7]!),
      dayHigh: orNull(n[8]!),
      dayLow: orNull(n[9]!),
      dayClose: orNull(n[10]!),
      volume: orNull(n[11]!),
      previousClose: orNull(n[12]!),
      sessionDate,
    }
  }
}

const factsOf = ({ instrumentId, key, symbol, assetClass, name, currency }: LatestView): InstrumentFacts => ({
  ...{ instrumentId, key, symbol, assetClass, name, currency },
})

const isSameInstrument = (a: InstrumentFacts, b: InstrumentFacts): boolean =>
  a.key === b.key &&
  a.symbol === b.symbol &&
  a.name === b.name &&
  a.assetClass === b.assetClass &&
  a.currency === b.currency

/** Mostly the next row's too. */
let lastMade: Provenance | null = null

function provenanceOf({ source, feed, delayedMinutes, tsOrigin, sessionDate }: LatestView): Provenance {
  const isSame =
    lastMade?.source === source &&
    lastMade.feed === feed &&
    lastMade.delayedMinutes === delayedMinutes &&
    lastMade.tsOrigin === tsOrigin &&
    lastMade.sessionDate === sessionDate
  if (!isSame) lastMade = { source, feed, delayedMinutes, tsOrigin, sessionDate }
  return lastMade!
}
