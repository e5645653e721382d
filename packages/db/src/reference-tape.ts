// The rules of the write path once more, row by row and in memory, for the tests to compare the tape with.
import { MINUTE_US } from '@onetape/market'
import type { BarRow, Batch, DailyRow, LatestRow, TickRow, WriteCount } from './batch.ts'

type Held<T> = T & { source: string }
type Latest = Held<LatestRow> & { fetchedAt: number }

export class ReferenceTape {
  readonly #order: readonly string[]
  readonly #ticks = new Map<string, Held<TickRow>>()
  readonly #bars = new Map<string, Held<BarRow>>()
  readonly #daily = new Map<string, Held<DailyRow>>()
  readonly #latest = new Map<number, Latest>()
  readonly #restatements: string[] = []
  readonly #tickRestatements = new Set<string>()

  constructor(order: readonly string[]) {
    this.#order = order
  }

  write(b: Batch) {
    const offered = (b.ticks ?? []).toSorted((a, c) => a.instrumentId - c.instrumentId || a.ts - c.ts)
    const newestBefore = this.#newestTicks(b.source)
    const outcomes = offered.map((t) => this.#tick(b.source, t))
    const confirmed = this.#confirm(b.source, offered, newestBefore)
    const ticks = count([...outcomes, ...confirmed])
    const bars = count((b.bars ?? []).map((row) => this.#bar(b.source, row)))
    const daily = count((b.daily ?? []).map((row) => this.#day(b.source, row)))
    const newest = new Map<number, LatestRow>()
    for (const row of b.latest?.rows ?? []) {
      if (row.ts >= (newest.get(row.instrumentId)?.ts ?? 0)) newest.set(row.instrumentId, row)
    }
    const latest = [...newest.values()].filter((row) =>
      this.#move(b, row, newestBefore.get(row.instrumentId) ?? 0),
    ).length
    return { ticks, bars, daily, latest }
  }

  #tick(source: string, t: TickRow): Outcome {
    const current = this.#latest.get(t.instrumentId)
    if (
      current?.source === source &&
      current.ts < t.ts &&
      current.last === t.price &&
      current.volume === t.volume
    )
      return 'duplicate'
    const key = `${t.instrumentId} ${t.ts} ${source}`
    const first = this.#ticks.get(key)
    if (!first) {
      this.#ticks.set(key, { ...t, source })
      return 'inserted'
    }
    const told = `${key} ${t.price} ${t.volume}`
    if ((first.price !== t.price || first.volume !== t.volume) && !this.#tickRestatements.has(told)) {
      this.#tickRestatements.add(told)
      this.#restatements.push(`${t.instrumentId} tick ${t.ts} ${source} ${first.price} ${t.price}`)
    }
    return 'duplicate'
  }

  /**
   * What latest holds made no tick where its price was unchanged. A tick of the same source that comes late, from
   * before it and with another price, makes it one: else the late price would seem to have lasted.
   */
  #confirm(source: string, offered: readonly TickRow[], newestBefore: Map<number, number>): Outcome[] {
    return [...new Set(offered.map((t) => t.instrumentId))].flatMap((instrumentId): Outcome[] => {
      const held = this.#latest.get(instrumentId)
      if (held?.source !== source || (newestBefore.get(instrumentId) ?? 0) >= held.ts) return []
      const key = `${instrumentId} ${held.ts} ${source}`
      const late = [...this.#ticks.values()]
        .filter((t) => t.source === source && t.instrumentId === instrumentId && t.ts < held.ts)
        .filter((t) => t.ts > (newestBefore.get(instrumentId) ?? 0))
        .toSorted((a, b) => b.ts - a.ts)[0]
      if (!late || (late.price === held.last && late.volume === (held.volume ?? null))) return []
      const tick = { instrumentId, ts: held.ts, price: held.last, volume: held.volume ?? null }
      const told = this.#ticks.get(key)
      this.#ticks.set(key, { ...tick, source })
      if (!told) return ['inserted']
      // Offered beside the late one, and come second: the first value stays.
      if (told.price !== tick.price || told.volume !== tick.volume)
        this.#restatements.push(`${instrumentId} tick ${held.ts} ${source} ${tick.price} ${told.price}`)
      return ['duplicate']
    })
  }

  #newestTicks(source: string): Map<number, number> {
    const newest = new Map<number, number>()
    for (const t of this.#ticks.values())
      if (t.source === source) newest.set(t.instrumentId, Math.max(t.ts, newest.get(t.instrumentId) ?? 0))
    return newest
  }

  #bar(source: string, b: BarRow): Outcome {
    const key = `${b.instrumentId} ${b.timeframe} ${b.ts} ${source}`
    const held = this.#bars.get(key)
    const same = held && held.close === b.close && held.volume === b.volume && held.basis === b.basis
    if (held?.final && (!b.final || same)) return 'duplicate'
    if (held && same && !b.final) return 'duplicate'
    if (held?.final)
      this.#restatements.push(`${b.instrumentId} bar ${b.ts} ${source} ${held.close} ${b.close}`)
    this.#bars.set(key, { ...b, source })
    return held ? 'updated' : 'inserted'
  }

  #day(source: string, d: DailyRow): Outcome {
    const key = `${d.instrumentId} ${d.sessionDate} ${source} ${d.basis}`
    const held = this.#daily.get(key)
    const same = held && held.close === d.close && held.volume === d.volume
    if (held?.settled && (!d.settled || same)) return 'duplicate'
    if (held && same && !d.settled) return 'duplicate'
    if (held?.settled) this.#restatements.push(`${d.instrumentId} daily 0 ${source} ${held.close} ${d.close}`)
    this.#daily.set(key, { ...d, source })
    return held ? 'updated' : 'inserted'
  }

  #move(b: Batch, row: LatestRow, newestTick: number): boolean {
    const current = this.#latest.get(row.instrumentId)
    const place = (source: string) =>
      this.#order.includes(source) ? this.#order.indexOf(source) : this.#order.length
    const better = current && place(b.source) < place(current.source)
    const silent = current && current.ts < b.marketNow - 2 * MINUTE_US
    const newer =
      !current ||
      (row.ts > current.ts && (current.source === b.source || (row.ts >= newestTick && (better || silent))))
    const retold =
      current &&
      row.ts === current.ts &&
      current.source === b.source &&
      row.last === current.last &&
      b.fetchedAt > current.fetchedAt &&
      (row.bid !== current.bid || row.volume !== current.volume)
    if (!newer && !retold) return false
    this.#latest.set(row.instrumentId, { ...row, source: b.source, fetchedAt: b.fetchedAt })
    return true
  }

  contents() {
    const lines = <T>(rows: Iterable<T>, of: (row: T) => unknown[]) =>
      [...rows].map((row) => of(row).map(String).join(' ')).sort()
    return {
      ticks: lines(this.#ticks.values(), (r) => [r.instrumentId, r.ts, r.source, r.price, r.volume]),
      bars: lines(this.#bars.values(), (r) => [
        r.instrumentId,
        r.ts,
        r.source,
        r.basis,
        r.final,
        r.close,
        r.volume,
      ]),
      daily: lines(this.#daily.values(), (r) => [
        r.instrumentId,
        r.sessionDate,
        r.source,
        r.basis,
        r.settled,
        r.close,
        r.volume,
      ]),
      latest: lines(this.#latest.values(), (r) => [r.instrumentId, r.ts, r.source, r.last, r.volume, r.bid]),
      restatements: [...this.#restatements].sort(),
    }
  }
}

type Outcome = 'inserted' | 'updated' | 'duplicate'

function count(outcomes: Outcome[]): WriteCount {
  const of = (outcome: Outcome) => outcomes.filter((o) => o === outcome).length
  return {
    offered: outcomes.length,
    inserted: of('inserted'),
    updated: of('updated'),
    duplicate: of('duplicate'),
  }
}
