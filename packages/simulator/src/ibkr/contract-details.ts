// CONTRACT_DATA: everything about a contract, in the field order of server version 193.
import { addDays, type Micros, type Session, sessionOn } from '@onetape/market'
import { venueOfListing } from '../market/calendar.ts'
import { type Contract, homeContract, OPTION_VENUES, US_VENUES } from './contract.ts'
import { message } from './frames.ts'
import { dateText, timeText } from './time-text.ts'

const DAYS_TOLD = 6
/** Industry, category and subcategory. */
const SECTORS = {
  STK: ['Simulated', 'Simulated', 'Simulated'],
  IND: ['Indices', 'Broad Range Equity Index', '*'],
  other: ['', '', ''],
}
const ORDER_TYPES = 'ACTIVETIM,ADJUST,ALERT,ALGO,DAY,GTC,LMT,MKT,MOC,STP,TRAIL'

export function contractMessage(
  reqId: string,
  contract: Contract,
  { exchange, now }: { exchange: string; now: Micros },
): string {
  const { listing, secType, option } = contract
  const expiry = option ? option.expiry.replaceAll('-', '') : ''
  const venues = venuesOf(contract)
  const hours = hoursOf(contract, now)
  const under = option ? homeContract(listing) : null
  return message(
    10,
    reqId,
    contract.symbol,
    secType,
    expiry,
    expiry,
    option?.strike ?? 0,
    option ? option.right[0]!.toUpperCase() : '',
    exchange === '' ? venues[0]! : exchange,
    contract.currency,
    contract.localSymbol,
    contract.tradingClass,
    contract.tradingClass,
    contract.conId,
    minTick(contract),
    option ? 100 : '',
    ORDER_TYPES,
    venues.join(','),
    1,
    under?.conId ?? 0,
    listing.name,
    contract.primaryExch,
    expiry.slice(0, 6),
    ...SECTORS[secType === 'STK' || secType === 'IND' ? secType : 'other'],
    'US/Eastern',
    hours.trading,
    hours.liquid,
    '',
    0,
    0,
    secType === 'STK' ? 1 : secType === 'OPT' ? 2 : 4,
    under?.symbol ?? '',
    under ? 'STK' : '',
    venues.map(() => 26).join(','),
    expiry,
    secType === 'STK'
      ? { CS: 'COMMON', ETF: 'ETF', ADRC: 'ADR' }[listing.type as 'CS' | 'ETF' | 'ADRC']!
      : '',
    ...sizes(contract),
    0,
  )
}

export const contractEnd = (reqId: string): string => message(52, 1, reqId)

export function minTick({ listing, secType }: Contract): string {
  if (secType === 'STK' || secType === 'OPT' || secType === 'IND') return '0.01'
  return decimal(1 / listing.stepsPerDollar!)
}

/** Without an exponent and without trailing zeros. */
const decimal = (value: number): string => value.toFixed(10).replace(/\.?0+$/, '')

function venuesOf({ secType, abroad, primaryExch }: Contract): string[] {
  if (abroad) return ['SMART', primaryExch]
  return secType === 'STK' ? US_VENUES : secType === 'OPT' ? OPTION_VENUES : [primaryExch]
}

/** Least size, step of sizes, suggested step. */
function sizes({ secType }: Contract): string[] {
  if (secType === 'STK') return ['0.0001', '0.0001', '100']
  return secType === 'CRYPTO' ? ['0.00000001', '0.00000001', '0.00000001'] : ['1', '1', '1']
}

/** `20261120:0400-20261120:2000;20261121:CLOSED;...` */
function hoursOf({ listing, secType }: Contract, now: Micros): { trading: string; liquid: string } {
  const today = dateText(now)
  const days = Array.from({ length: DAYS_TOLD }, (_, i) => addDays(today, i))
  const text = (from: (s: Session) => Micros, to: (s: Session) => Micros) =>
    days
      .map((date) => {
        const session = sessionOn(venueOfListing(listing), date)
        const span = session && [from(session), to(session)].map((ts) => stamp(ts)).join('-')
        return span ?? `${date.replaceAll('-', '')}:CLOSED`
      })
      .join(';')
  const liquid = text(
    (s) => s.open,
    (s) => s.close,
  )
  if (secType === 'IND') return { trading: liquid, liquid }
  const trading = text(
    (s) => s.preOpen,
    (s) => s.postClose,
  )
  return { trading, liquid }
}

const stamp = (ts: Micros): string =>
  `${dateText(ts).replaceAll('-', '')}:${timeText(ts).replaceAll(':', '').slice(0, 4)}`
