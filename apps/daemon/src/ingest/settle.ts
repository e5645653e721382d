/**
 * After a session: the vendors' official daily bars, written as settled days. The whole market in one call a date where
 * a source has that; for core instruments that are then still missing, one call each, in house order.
 */
import type { Db, Instrument } from '@onetape/db'
import { type AssetClass, addDays, type Bar, type Clock, type Micros } from '@onetape/market'
import type { CallOptions, Fetched } from '@onetape/providers'
import { askSource, type House, isReady, type Source } from './ask-source.ts'
import { HOUSE_ORDER } from './house-order.ts'
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
  const write = async (source: Source, { rows, fetchedAt }: Fetched<Bar>) => {
    const bars = rows.filter((bar) => bar.final && request.dates.includes(bar.sessionDate))
    const written = await writeSettledDays(deps, {
      source: source.name,
      fetchedAt,
      bars,
      instruments: everyone,
    })
    settled += written.length
    for (const bar of written) if (bar.sessionDate === last) settledLast.add(bar.symbol)
  }
  for (const date of request.dates) {
    const day = await marketDay(deps.house, { ...request, date })
    if (day) await write(day.source, day.fetched)
  }
  const left = request.core.filter((i) => !settledLast.has(i.symbol))
  for (const { source, fetched } of await daysOfEach(deps.house, left, request)) await write(source, fetched)
  return { settled, unsettled: left.filter((i) => !settledLast.has(i.symbol)).map((i) => i.symbol) }
}

interface Official {
  source: Source
  fetched: Fetched<Bar>
}

/** One call for the whole market's day, from the first source that has it. */
async function marketDay(
  house: House,
  o: { assetClass: AssetClass; date: string; signal: AbortSignal },
): Promise<Official | null> {
  for (const source of sourcesWithDays(house, o.assetClass)) {
    if (!source.provider.getMarketDay) continue
    const request = { assetClass: o.assetClass, sessionDate: o.date }
    const fetched = await ask(house, source, o, (options) => source.provider.getMarketDay!(request, options))
    if (fetched && fetched.rows.length > 0) return { source, fetched }
  }
  return null
}

const AT_A_TIME = 4

/** A few calls at a time; the answers of one source are put together. */
async function daysOfEach(
  house: House,
  instruments: readonly Instrument[],
  request: SettleRequest,
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

async function daysOf(house: House, instrument: Instrument, o: SettleRequest): Promise<Official | null> {
  const { assetClass, symbol } = instrument
  const [from, to] = [o.dates[0]!, o.dates.at(-1)!]
  const range = { from: midnight(from), to: midnight(addDays(to, 1)) }
  for (const source of sourcesWithDays(house, assetClass)) {
    const request = { ref: { assetClass, symbol }, timeframe: '1d' as const, ...range }
    const fetched = await ask(house, source, { assetClass, signal: o.signal }, (options) =>
      source.provider.getBars(request, options),
    )
    if (fetched?.rows.some((bar) => bar.final && bar.sessionDate === to)) return { source, fetched }
  }
  return null
}

const sourcesWithDays = (house: House, assetClass: AssetClass): Source[] =>
  HOUSE_ORDER[assetClass].flatMap((name) => {
    const source = house.sources.get(name)
    const capability = source?.provider.getCapabilities().byAssetClass[assetClass]
    return source && capability?.bars.includes('1d') && isReady(house, name, { kind: 'charts', assetClass })
      ? [source]
      : []
  })

const ask = (
  house: House,
  source: Source,
  o: { assetClass: AssetClass; signal: AbortSignal },
  call: (options: CallOptions) => Promise<Fetched<Bar>>,
): Promise<Fetched<Bar> | null> =>
  askSource(house, source, {
    kind: 'charts',
    assetClass: o.assetClass,
    priority: 'repair',
    signal: o.signal,
    call,
  })

const midnight = (date: string): Micros => Date.parse(`${date}T00:00:00Z`) * 1000
