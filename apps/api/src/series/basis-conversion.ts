// Bars of one series put on the basis that a reader asked for, by the tape's own corporate actions. What cannot be exact
// is left out or refused, and why is said.
import {
  type ConvertDays,
  type Db,
  type Instrument,
  readBars,
  type SeriesBar,
  type SessionBar,
} from '@onetape/db'
import {
  type Adjustments,
  addDays,
  adjustmentsOf,
  type Basis,
  type CorporateAction,
  dateInZone,
  type Micros,
  rebased,
  sessionAt,
  sessionDateOf,
  sessionsBetween,
  type Venue,
  venueOf,
} from '@onetape/market'
import { houseOrder } from '@onetape/providers'
import { canAct, type KnownActions, knownActions } from './known-actions.ts'

export interface ConversionDeps {
  db: Db
  instrument: Instrument
  marketNow: Micros
}

export interface Converted {
  from: Basis
  /** Whose actions; null where such an instrument has none. */
  actions: string | null
}

/** Of one answer: whatever part of it is converted is converted by the same actions and closes. */
export class BasisConversion {
  readonly #deps: ConversionDeps
  readonly #venue: Venue
  readonly #today: string
  readonly to: Basis
  #known: Promise<KnownActions | null> | null = null
  /** How; null while nothing had to be. */
  converted: Converted | null = null
  /** Why older bars are missing. */
  cut: string | null = null
  /** Why nothing could be converted. */
  refused: string | null = null

  constructor(deps: ConversionDeps, to: Basis) {
    this.#deps = deps
    this.#venue = venueOf(deps.instrument.assetClass)
    this.#today = dateInZone(deps.marketNow, 'America/New_York')
    this.to = to
  }

  readonly days: ConvertDays = (days, of) =>
    this.#convert<SessionBar>(days, { ...of, dateOf: (day) => day.session_date })

  intraday(bars: readonly SeriesBar[], of: { source: string; basis: Basis; lengthUs: number }) {
    return this.#convert(bars, { ...of, dateOf: (bar) => this.#sessionOf(bar.ts, of.lengthUs) })
  }

  /** A bar may begin before the session that it belongs to, never in another one's. */
  #sessionOf(ts: Micros, lengthUs: number): string {
    return sessionAt(this.#venue, ts).session?.date ?? sessionDateOf(this.#venue, ts + lengthUs - 1)
  }

  async #convert<B extends SeriesBar | SessionBar>(
    bars: readonly B[],
    o: { source: string; basis: Basis; dateOf: (bar: B) => string },
  ): Promise<B[]> {
    const { to } = this
    const oldest = bars[0]
    if (o.basis === to || oldest === undefined) return [...bars]
    const { instrument, db } = this.#deps
    if (!canAct(instrument)) {
      this.converted = { from: o.basis, actions: null }
      return [...bars]
    }
    this.#known ??= knownActions(db, instrument)
    const known = await this.#known
    if (!known) {
      this.refused = `the tape knows no corporate actions of ${instrument.symbol}`
      return []
    }
    const since = { source: o.source, from: o.dateOf(oldest), basis: o.basis }
    const adjustments = await this.#adjustments(known.actions, since)
    const limit = to === 'total' || o.basis === 'total' ? adjustments.totalLimit : null
    const kept = limit ? bars.filter((bar) => o.dateOf(bar) >= limit.from) : bars
    if (limit && kept.length === 0) this.refused = limit.why
    else if (limit && kept.length < bars.length) this.cut = limit.why
    this.converted = { from: o.basis, actions: known.source }
    return kept.map((bar) => rebased(bar, { from: o.basis, to, since: adjustments.since(o.dateOf(bar)) }))
  }

  async #adjustments(
    actions: readonly CorporateAction[],
    o: { source: string; from: string; basis: Basis },
  ): Promise<Adjustments> {
    const acted = actions.filter((a) => a.exDate > o.from && a.exDate <= this.#today)
    const dividends = acted.filter((a) => a.kind === 'dividend').map((a) => a.exDate)
    const wantsCloses = dividends.length > 0 && (this.to === 'total' || o.basis === 'total')
    const closes = wantsCloses ? await this.#closes(o.source, dividends) : { basis: o.basis, at: new Map() }
    return adjustmentsOf({
      actions: acted,
      today: this.#today,
      currency: this.#deps.instrument.currency,
      closesBasis: closes.basis,
      closeBefore: (exDate) => closes.at.get(this.#sessionBefore(exDate)),
    })
  }

  /** By session date: the source's own days, or another's where it keeps none. */
  async #closes(
    source: string,
    exDates: readonly string[],
  ): Promise<{ basis: Basis; at: Map<string, number> }> {
    const { db, instrument, marketNow } = this.#deps
    const first = exDates.toSorted()[0]!
    const request = {
      instrumentId: instrument.id,
      timeframe: '1d' as const,
      from: midnightOf(addDays(first, -10)),
      to: marketNow + 1,
      venue: this.#venue,
      sourceOrder: houseOrder[instrument.assetClass],
      limit: DAYS_MAX,
    }
    const own = await readBars(db, { ...request, source })
    const series = own.bars.length > 0 ? own : await readBars(db, request)
    const at = new Map(series.bars.map((bar) => [dateOf(bar.ts), bar.close]))
    return { basis: series.basis ?? 'raw', at }
  }

  #sessionBefore(exDate: string): string {
    return sessionsBetween(this.#venue, addDays(exDate, -10), addDays(exDate, -1)).at(-1)?.date ?? ''
  }
}

const DAYS_MAX = 50_000
const midnightOf = (date: string): Micros => Date.parse(`${date}T00:00:00Z`) * 1_000
const dateOf = (ts: Micros): string => new Date(ts / 1_000).toISOString().slice(0, 10)
