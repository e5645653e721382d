// The rows that a streamer connection is sent: whole images, then deltas, and minutes when they are over.
import { DAY_US, MINUTE_US, type Micros } from '@onetape/market'
import type { Candle } from '../market/candle.ts'
import type { Listing } from '../market/listing.ts'
import { createPump, type Pump, type StreamTick } from '../pump.ts'
import type { SimSocket } from '../sim-socket.ts'
import type { Simulation } from '../simulation.ts'
import { type Asset, assetOf, priced } from './assets.ts'
import { deltaRow, type Fields, levelOneFields, wholeRow } from './level-one.ts'
import type { Service, Subscriptions } from './subscriptions.ts'

const LOOK_MS = 250
/** Minutes sent after a jump of the clock. */
const MINUTES_MAX = 5
const PATH = '/ws'

export interface StreamRowsOptions {
  socket: SimSocket
  simulation: Simulation
  subscriptions: Subscriptions
  /** How much later than the market the user sees it. */
  delayUs: number
}

export class StreamRows {
  readonly #o: StreamRowsOptions
  readonly #pump: Pump
  readonly #sent = new Map<string, Fields>()
  readonly #stops: (() => void)[]
  #minute: number
  #sequence = 0

  constructor(o: StreamRowsOptions) {
    this.#o = o
    const { market, faults, wall, pump } = o.simulation
    this.#pump =
      o.delayUs === 0 ? pump : createPump({ market, now: () => this.#now(), faults, wall }, 'schwab')
    this.#minute = Math.floor(this.#now() / MINUTE_US)
    this.#stops = [
      this.#pump.follow({
        path: PATH,
        listings: () => this.#listings('LEVELONE_EQUITIES'),
        onTicks: (ticks) => this.#deltas(ticks),
      }),
      wall.every(LOOK_MS, () => this.#minutes()),
    ]
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop()
  }

  /** Symbols that have just been subscribed are shown whole. */
  begin(service: Service, symbols: readonly string[]): void {
    if (service !== 'LEVELONE_EQUITIES') return
    const { subscriptions, delayUs } = this.#o
    const wanted = subscriptions.fields(service)
    for (const symbol of [...this.#sent.keys()])
      if (!subscriptions.keys(service).has(symbol)) this.#sent.delete(symbol)
    for (const asset of this.#assets(symbols)) {
      const tick = this.#pump.last(asset.listing, PATH)
      const fields = tick && levelOneFields(this.#o.simulation.market, asset, tick)
      if (!fields) continue
      this.#sent.set(asset.symbol, fields)
      this.#send(service, asset, wholeRow(asset, fields, { wanted, delayed: delayUs > 0 }))
    }
  }

  /** One row a symbol and look: what lies between was never seen. */
  #deltas(ticks: readonly StreamTick[]): void {
    const newest = new Map<Listing, StreamTick>()
    for (const tick of ticks) newest.set(tick.listing, tick)
    const service = 'LEVELONE_EQUITIES'
    const wanted = this.#o.subscriptions.fields(service)
    for (const asset of this.#assets(this.#o.subscriptions.keys(service))) {
      const tick = newest.get(asset.listing)
      const after = tick && levelOneFields(this.#o.simulation.market, asset, tick)
      if (!after) continue
      const before = this.#sent.get(asset.symbol) ?? new Map()
      this.#sent.set(asset.symbol, after)
      const row = deltaRow(asset, { before, after, wanted })
      if (row) this.#send(service, asset, row)
    }
  }

  #minutes(): void {
    const current = Math.floor(this.#now() / MINUTE_US)
    const from = Math.max(this.#minute, current - MINUTES_MAX) * MINUTE_US
    if (current <= this.#minute) {
      this.#minute = current
      return
    }
    this.#minute = current
    const { market } = this.#o.simulation
    for (const asset of this.#assets(this.#o.subscriptions.keys('CHART_EQUITY'))) {
      for (const candle of market.minutes(asset.listing, from, current * MINUTE_US, this.#now())) {
        this.#send('CHART_EQUITY', asset, minuteRow(asset, candle, this.#sequence++))
      }
    }
  }

  #send(service: Service, asset: Asset, row: object): void {
    const timestamp = Math.floor(this.#o.simulation.clock.now() / 1000)
    const frame = { data: [{ service, timestamp, command: 'SUBS', content: [row] }] }
    const spoiled = () =>
      JSON.stringify({ data: [{ ...frame.data[0], content: [{ ...row, key: null, 3: 'n/a' }] }] })
    this.#o.socket.send(JSON.stringify(frame), { symbol: asset.listing.symbol, spoiled })
  }

  #now(): Micros {
    return this.#o.simulation.clock.now() - this.#o.delayUs
  }

  *#assets(symbols: Iterable<string>): Generator<Asset> {
    for (const symbol of symbols) {
      const asset = assetOf(this.#o.simulation.market, symbol)
      if (asset) yield asset
    }
  }

  *#listings(service: Service): Generator<Listing> {
    for (const asset of this.#assets(this.#o.subscriptions.keys(service))) yield asset.listing
  }
}

/** Field 1 numbers the minute of the day, 2 to 6 are its prices and volume. (The vendor's document counts otherwise.) */
function minuteRow(asset: Asset, c: Candle, seq: number): Record<string, unknown> {
  const p = (price: number) => priced(asset, price)
  const fields = [
    (c.start - c.session.preOpen) / MINUTE_US,
    p(c.open),
    p(c.high),
    p(c.low),
    p(c.close),
    asset.kind === 'INDEX' ? 0 : c.volume,
    c.start / 1000,
    Math.floor(c.start / DAY_US),
  ]
  const numbered = Object.fromEntries(fields.map((value, i) => [i + 1, value]))
  return { ...numbered, seq, key: asset.symbol }
}
