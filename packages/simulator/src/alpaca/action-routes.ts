// /v1/corporate-actions: splits and cash dividends in lists by type, in the order of the day on which they are booked:
// a split on its ex-date, a dividend when it is paid.
import { addDays, dateInZone } from '@onetape/market'
import type { FastifyInstance } from 'fastify'
import { dividendsOf, payDateOf } from '../market/actions.ts'
import { hexText } from '../market/hash.ts'
import type { Listing } from '../market/listing.ts'
import { NEW_YORK } from '../new-york.ts'
import { queryText, type Simulation, type VendorRequest } from '../simulation.ts'
import { BadParameter } from './answers.ts'
import { answering, sendPage } from './price-routes.ts'
import { limitAsked, listingsAsked, sortAsked } from './queries.ts'

/** How far ahead of the ex-date an action is known. */
const ANNOUNCED_DAYS = 21
const TYPES: Record<string, 'forward_splits' | 'reverse_splits' | 'cash_dividends' | null> = {
  forward_split: 'forward_splits',
  reverse_split: 'reverse_splits',
  cash_dividend: 'cash_dividends',
  // Named by the vendor, and never happening in this market.
  unit_split: null,
  stock_dividend: null,
  spin_off: null,
  cash_merger: null,
  stock_merger: null,
  stock_and_cash_merger: null,
  redemption: null,
  name_change: null,
  worthless_removal: null,
  rights_distribution: null,
}

interface Action {
  list: string
  processDate: string
  row: { id: string; symbol: string }
}

export function actionRoutes(app: FastifyInstance, simulation: Simulation): void {
  app.get(
    '/v1/corporate-actions',
    answering((request, reply) => {
      const today = dateInZone(simulation.clock.now(), NEW_YORK)
      const limit = limitAsked(request, { standard: 100, max: 1000 })
      const offset = offsetOf(request)
      const all = request.rowFault === 'empty' ? [] : wholeList(request, simulation, today)
      const page = all.slice(offset, offset + limit)
      const rows: Record<string, unknown[]> = {}
      for (const { list, row } of page) {
        rows[list] ??= []
        rows[list].push({ ...row })
      }
      const next = offset + limit < all.length ? Buffer.from(`o|${offset + limit}`).toString('base64') : null
      return sendPage(request, reply, { name: 'corporate_actions', rows, nextPageToken: next })
    }),
  )
}

/** The list asked for last, so that its pages do not each build it anew. */
const lists = new WeakMap<Simulation, { key: string; actions: Action[] }>()

function wholeList(request: VendorRequest, simulation: Simulation, today: string): Action[] {
  const start = dateAsked(request, 'start', today)
  const end = dateAsked(request, 'end', today)
  const wanted = typesAsked(request)
  const sort = sortAsked(request)
  const symbols = queryText(request, 'symbols')
  const listings =
    symbols === undefined
      ? request.market.universe.equities
      : [...listingsAsked(request, request.market, 'equity').values()]
  const key = JSON.stringify([today, start, end, [...wanted], sort, listings.length, symbols])
  const known = lists.get(simulation)
  if (known?.key === key && request.market === simulation.market) return known.actions
  const announced = addDays(today, ANNOUNCED_DAYS)
  const actions = listings
    .flatMap((listing) => actionsOf(listing, { start, end, announced }))
    .filter(({ list }) => wanted.has(list))
    .sort((a, b) => compare(a.processDate, b.processDate) || compare(a.row.symbol, b.row.symbol))
  if (sort === 'desc') actions.reverse()
  lists.set(simulation, { key, actions })
  return actions
}

function actionsOf(
  listing: Listing,
  { start, end, announced }: { start: string; end: string; announced: string },
): Action[] {
  const { symbol } = listing
  const splits = listing.splits
    .filter((s) => s.date >= start && s.date <= end && s.date <= announced && s.date > listing.listed)
    .map((s): Action => {
      const forward = s.to > s.from
      const cusips = forward
        ? { cusip: cusipOf(listing) }
        : { old_cusip: cusipOf(listing), new_cusip: cusipOf(listing, 'new') }
      const row = {
        id: idOf(`${symbol} split ${s.date}`),
        ...cusips,
        ex_date: s.date,
        new_rate: s.to,
        old_rate: s.from,
        process_date: s.date,
        ...(forward ? { payable_date: addDays(s.date, -3) } : {}),
        record_date: addDays(s.date, -6),
        symbol,
      }
      return { list: forward ? 'forward_splits' : 'reverse_splits', processDate: s.date, row }
    })
  // Paid two weeks after the ex-date.
  const exUntil = end < announced ? end : announced
  const dividends = dividendsOf(listing, addDays(start, -20), exUntil)
    .map((d): Action => {
      const payDate = payDateOf(d)
      const row = {
        id: idOf(`${symbol} dividend ${d.date}`),
        cusip: cusipOf(listing),
        ex_date: d.date,
        foreign: listing.type === 'ADRC',
        payable_date: payDate,
        process_date: payDate,
        rate: d.amount,
        record_date: d.date,
        special: false,
        symbol,
      }
      return { list: 'cash_dividends', processDate: payDate, row }
    })
    .filter(({ processDate }) => processDate >= start && processDate <= end)
  return [...splits, ...dividends]
}

/** @throws BadParameter */
function typesAsked(request: VendorRequest): Set<string> {
  const asked = queryText(request, 'types')?.split(',') ?? Object.keys(TYPES)
  const wrong = asked.find((type) => !(type in TYPES))
  if (wrong !== undefined) throw new BadParameter(`invalid types: ${wrong}`)
  return new Set(asked.map((type) => TYPES[type]).filter((list) => list !== null && list !== undefined))
}

/** @throws BadParameter */
function dateAsked(request: VendorRequest, name: string, standard: string): string {
  const text = queryText(request, name) ?? standard
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new BadParameter(`invalid ${name}: ${text}, YYYY-MM-DD is expected`)
  }
  return text
}

/** @throws BadParameter */
function offsetOf(request: VendorRequest): number {
  const token = queryText(request, 'page_token')
  const match = /^o\|(\d{1,9})$/.exec(token === undefined ? 'o|0' : Buffer.from(token, 'base64').toString())
  if (!match) throw new BadParameter('invalid page_token')
  return Number(match[1])
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const cusipOf = (listing: Listing, salt = ''): string => hexText(`${listing.symbol}${salt}`, 9).toUpperCase()

function idOf(text: string): string {
  const hex = hexText(text, 32)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
