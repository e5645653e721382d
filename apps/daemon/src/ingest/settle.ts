/**
 * After a session: the vendors' official daily bars, written as settled days. The whole market in one call a date where
 * a source has that; for core instruments that are then still missing, one call each, in house order.
 */
import type { Db, Instrument } from '@onetape/db'
import { type AssetClass, addDays, type Bar, type Clock, type Micros } from '@onetape/market'
import type { CallOptions, Fetched } from '@onetape/providers'
import { ableSources } from './able-sources.ts'
import { askSource, type House, type Source } from './ask-source.ts'
import { type AttemptTrail, createAttemptTrail } from './attempt-trail.ts'
import { writeSettledDays } from './settled-days.ts'

export interface SettleRequest {
  assetClass: AssetClass
  /** Settled instrument by instrument where the whole market cannot be had. */
  core: readonly Instrument[]
  rest: readonly Instrument[]
  /** Trading dates, oldest first. */
  dates: readonly string[]
  signal: AbortSignal
}

export interface SettleReport {
  /** Days written or already there. */
  settled: number
  /** Core symbols for which no source had the last of the dates. */
  unsettled: string[]
}

interface SettleDeps {
  db: Db
  house: House
  market: Clock
}

export async function settle(deps: SettleDeps, request: SettleRequest): Promise<SettleReport> {
  const last = request.dates.at(-1)
  if (last === undefined) return { settled: 0, unsettled: [] }
  const everyone = new Map([...request.core, ...request.rest].map((i) => [i.symbol, i]))
  const settledLast = new Set<string>()
  let settled = 0
  const write = async ({ source, fetched: { rows, fetchedAt } }: Official, trail: AttemptTrail) => {
    const bars = rows.filter((bar) => bar.final && request.dates.includes(bar.sessionDate))
    const written = await writeSettledDays(deps, {
      source: source.name,
      fetchedAt,
      bars,
      instruments: everyone,
      attempts: trail.until(source.name),
    })
    settled += written.length
    for (const bar of written) if (bar.sessionDate === last) settledLast.add(bar.symbol)
  }
  for (const date of request.dates) {
    const trail = createAttemptTrail(deps.house.wall)
    const day = await marketDay(deps.house, { ...request, date, trail, everyone })
    if (day) await write(day, trail)
  }
  const left = request.core.filter((i) => !settledLast.has(i.symbol))
  const trail = createAttemptTrail(deps.house.wall)
  for (const official of await daysOfEach(deps.house, left, { ...request, trail }))
    await write(official, trail)
  return { settled, unsettled: left.filter((i) => !settledLast.has(i.symbol)).map((i) => i.symbol) }
}

interface Official {
  source: Source
  fetched: Fetched<Bar>
}

/** One call for the whole market's day, from the first source that has it. */
async function marketDay(
  house: House,
  o: Noting & { date: string; everyone: ReadonlyMap<string, Instrument> },
): Promise<Official | null> {
  const sources = sourcesWithDays(house, o.assetClass, { trail: o.trail, wholeMarket: true })
  for (const { source } of sources) {
    const request = { assetClass: o.assetClass, sessionDate: o.date }
    const fetched = await ask(house, source, o, {
      call: (options) => source.provider.getMarketDay!(request, options),
      asked: o.everyone.size,
      // The market is more than what we keep of it.
      served: ({ rows }) => rows.filter((bar) => o.everyone.has(bar.symbol)).length,
    })
    if (fetched && fetched.rows.length > 0) return { source, fetched }
  }
  return null
}

const AT_A_TIME = 4

/** A few calls at a time; the answers of one source are put together. */
async function daysOfEach(
  house: House,
  instruments: readonly Instrument[],
  request: SettleRequest & Noting,
): Promise<Official[]> {
  const waiting = [...instruments]
  const found: Official[] = []
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const official = await daysOf(house, next, request)
      if (official) found.push(official)
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, worker))
  return [...Map.groupBy(found, (o) => o.source.name).values()].map((parts) => ({
    source: parts[0]!.source,
    fetched: {
      ...parts[0]!.fetched,
      rows: parts.flatMap((p) => p.fetched.rows),
      fetchedAt: Math.max(...parts.map((p) => p.fetched.fetchedAt)),
    },
  }))
}

async function daysOf(
  house: House,
  instrument: Instrument,
  o: SettleRequest & Noting,
): Promise<Official | null> {
  const { assetClass, symbol } = instrument
  const [from, to] = [o.dates[0]!, o.dates.at(-1)!]
  const range = { from: midnight(from), to: midnight(addDays(to, 1)) }
  const isLast = (bar: Bar) => bar.final && bar.sessionDate === to
  for (const { source } of sourcesWithDays(house, assetClass, { trail: o.trail })) {
    const request = { ref: { assetClass, symbol }, timeframe: '1d' as const, ...range }
    const fetched = await ask(house, source, o, {
      call: (options) => source.provider.getBars(request, options),
      asked: 1,
      served: ({ rows }) => (rows.some(isLast) ? 1 : 0),
    })
    if (fetched?.rows.some(isLast)) return { source, fetched }
  }
  return null
}

interface Noting {
  assetClass: AssetClass
  signal: AbortSignal
  trail: AttemptTrail
}

const sourcesWithDays = (
  house: House,
  assetClass: AssetClass,
  { trail, wholeMarket = false }: { trail: AttemptTrail; wholeMarket?: boolean },
) =>
  ableSources(house, {
    assetClass,
    kind: 'charts',
    has: ({ bars }, { provider }) =>
      bars.includes('1d') && (!wholeMarket || provider.getMarketDay !== undefined),
    trail,
  })

const ask = (
  house: House,
  source: Source,
  { assetClass, signal, trail }: Noting,
  o: {
    call(options: CallOptions): Promise<Fetched<Bar>>
    asked: number
    served(fetched: Fetched<Bar>): number
  },
): Promise<Fetched<Bar> | null> =>
  askSource(house, source, {
    kind: 'charts',
    assetClass,
    priority: 'repair',
    signal,
    call: o.call,
    noted: { trail, asked: o.asked, served: o.served },
  })

const midnight = (date: string): Micros => Date.parse(`${date}T00:00:00Z`) * 1000
