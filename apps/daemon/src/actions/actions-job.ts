/**
 * Splits and dividends, once a day of the market from every source that tells of them: each source's own word is kept
 * beside the others', and what it says otherwise later is a restatement. A source that lists the whole market is asked
 * in one listing for what every instrument did; one that is asked symbol by symbol, for the core instruments only, a
 * few of them at a time, so that a budget is never spent on it at once. Where a day's work was cut short it goes on.
 */
import { type CorporateActionRow, type Db, type Instrument, readSync, writeBatch } from '@onetape/db'
import {
  addDays,
  type Clock,
  type CorporateAction,
  DAY_US,
  dateInZone,
  type Micros,
  type SymbolRef,
} from '@onetape/market'
import type { Fetched } from '@onetape/providers'
import { askSource, type House, isReady, type Source } from '../ingest/ask-source.ts'
import { HOUSE_ORDER } from '../ingest/house-order.ts'
import type { Log } from '../log.ts'
import { joinedActions, rowOfAction } from './action-row.ts'

export interface ActionsJobDeps {
  db: Db
  house: House
  market: Clock
  wall: Clock
  log: Log
  signal: AbortSignal
  /** Every instrument of the tape. */
  everyone(): readonly Instrument[]
  /** Those worth a call each. */
  core(): readonly Instrument[]
}

/** On the first day: as far as the charts of a new tape and a little more. */
const FIRST_DAYS = 400
/** Vendors correct amounts and dates for a while. */
const AGAIN_DAYS = 10
/** Announced ones matter too: a series must not be cut by surprise. */
const AHEAD_DAYS = 60
/** Symbols asked together of a source that takes lists, and of one that takes them one by one. */
const LISTED_AT_ONCE = 100
const SINGLES_AT_ONCE = 10
const RETRY_US = 600_000_000

/** How far the work with a source is. */
interface Progress {
  /** Day of the last work that was finished; null while there was none. */
  done: string | null
  /** Instruments that it was done for: many new ones want their history too. */
  instruments: number
  /** Work that was cut short: its day, and the calls of it that are done. */
  begun: { date: string; calls: number } | null
}

const FRESH: Progress = { done: null, instruments: 0, begun: null }
/** Newcomers beyond this share of the known ones make the first day's work be done again. */
const GROWTH = 1.05

export function createActionsJob(deps: ActionsJobDeps): () => Promise<void> {
  const progress = new Map<string, Progress>()
  const notBefore = new Map<string, Micros>()
  let isRead = false

  const readProgress = async () => {
    if (isRead) return
    for (const { scope, detail } of await readSync(deps.db)) {
      const { date, instruments } = (detail ?? {}) as { date?: unknown; instruments?: unknown }
      const [kind, source] = scope.split(':')
      if (kind !== 'actions' || !source || typeof date !== 'string') continue
      progress.set(source, { done: date, instruments: Number(instruments) || 0, begun: null })
    }
    isRead = true
  }
  return async () => {
    await readProgress()
    const date = dateInZone(deps.market.now(), 'America/New_York')
    const instruments = deps.everyone().length
    for (const source of tellers(deps.house)) {
      const { name } = source
      const known = progress.get(name) ?? FRESH
      const hasGrown = instruments > known.instruments * GROWTH
      if ((known.done === date && !hasGrown) || deps.wall.now() < (notBefore.get(name) ?? 0)) continue
      notBefore.set(name, deps.wall.now() + RETRY_US)
      const from =
        known.done === null || hasGrown ? addDays(date, -FIRST_DAYS) : addDays(known.done, -AGAIN_DAYS)
      const span = { from, to: addDays(date, AHEAD_DAYS), date, instruments }
      const skip = known.begun?.date === date ? known.begun.calls : 0
      const { told, calls } = await collect(deps, source, { ...span, skip })
      progress.set(
        name,
        told ? { done: date, instruments, begun: null } : { ...known, begun: { date, calls } },
      )
      if (told) {
        deps.log.info({ source: name, ...told }, `${told.actions} corporate actions told by ${name}`)
      }
    }
  }
}

/** In house order; the last ones are those that the order does not name. */
const tellers = (house: House): Source[] =>
  [...house.sources.values()]
    .filter(({ provider }) => {
      const capability = provider.getCapabilities().byAssetClass.equity
      return capability?.corporateActions != null && provider.listCorporateActions !== undefined
    })
    .filter(({ name }) => isReady(house, name, { kind: 'charts', assetClass: 'equity' }))
    .sort((a, b) => placeOf(a) - placeOf(b))

const placeOf = ({ name }: Source): number => {
  const place = HOUSE_ORDER.equity.indexOf(name)
  return place < 0 ? HOUSE_ORDER.equity.length : place
}

interface Span {
  from: string
  to: string
  /** The day that this is the work of. */
  date: string
  /** Instruments of the tape on that day. */
  instruments: number
}

interface Told {
  actions: number
  /** Of symbols that the tape does not know. */
  unknown: number
  dropped: number
}

/** @returns `told` null when it was cut short; `calls` says how far it came. */
async function collect(
  deps: ActionsJobDeps,
  source: Source,
  { skip, ...span }: Span & { skip: number },
): Promise<{ told: Told | null; calls: number }> {
  const calls = callsFor(deps, source)
  const bySymbol = new Map(deps.everyone().map((i) => [i.symbol, i]))
  const told: Told = { actions: 0, unknown: 0, dropped: 0 }
  for (let call = Math.min(skip, calls.length - 1); call < calls.length; call++) {
    deps.signal.throwIfAborted()
    const fetched = await ask(deps, source, { refs: calls[call]!, ...span })
    if (!fetched || fetched.failure) return { told: null, calls: call }
    const rows = fetched.rows.flatMap((action) => {
      const instrument = bySymbol.get(action.symbol)
      return (instrument && rowOfAction(action, instrument.id)) ?? []
    })
    told.actions += rows.length
    told.unknown += fetched.rows.length - rows.length
    told.dropped += fetched.dropped.length
    const done = call === calls.length - 1 ? { span, told } : null
    await write(deps, { source, rows: joinedActions(rows), fetchedAt: fetched.fetchedAt, done })
  }
  return { told, calls: calls.length }
}

/** At least one, so that the day's work has an end. */
function callsFor({ core }: ActionsJobDeps, { provider }: Source): (readonly SymbolRef[] | 'all')[] {
  const kind = provider.getCapabilities().byAssetClass.equity!.corporateActions
  if (kind === 'market') return ['all']
  const lists = chunks(refsOf(core()), kind === 'list' ? LISTED_AT_ONCE : SINGLES_AT_ONCE)
  return lists.length > 0 ? lists : [[]]
}

const refsOf = (instruments: readonly Instrument[]): SymbolRef[] =>
  instruments
    .filter((i) => i.assetClass === 'equity')
    .map(({ assetClass, symbol }) => ({ assetClass, symbol }))

const chunks = (refs: readonly SymbolRef[], size: number): SymbolRef[][] =>
  Array.from({ length: Math.ceil(refs.length / size) }, (_, i) => refs.slice(i * size, (i + 1) * size))

const ask = (
  { house, signal }: ActionsJobDeps,
  source: Source,
  { refs, from, to }: { refs: readonly SymbolRef[] | 'all'; from: string; to: string },
): Promise<Fetched<CorporateAction> | null> =>
  askSource(house, source, {
    kind: 'charts',
    assetClass: 'equity',
    priority: 'repair',
    signal,
    call: (options) => source.provider.listCorporateActions!({ refs, from, to }, options),
  })

async function write(
  { db, market }: ActionsJobDeps,
  o: {
    source: Source
    rows: readonly CorporateActionRow[]
    fetchedAt: Micros
    done: { span: Span; told: Told } | null
  },
): Promise<void> {
  const now = market.now()
  const { name } = o.source
  const sync = o.done && {
    scope: `actions:${name}`,
    lastSync: now,
    nextSync: now + DAY_US,
    status: 'ok',
    detail: { ...o.done.span, ...o.done.told },
  }
  await writeBatch(db, {
    kind: 'daily',
    source: name,
    feed: name,
    fetchedAt: o.fetchedAt,
    marketNow: now,
    actions: o.rows,
    ...(sync ? { sync } : {}),
  })
}
