// Which contracts a description means.
import type { Micros } from '@onetape/market'
import { begunSession } from '../market/calendar.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { expiriesOf, optionChain } from '../market/options.ts'
import {
  type Contract,
  CRYPTO_VENUE,
  contractAbroad,
  FX_VENUE,
  homeContract,
  OPTION_VENUES,
  optionContractOf,
  termsOf,
  US_VENUES,
} from './contract.ts'
import { indexContracts } from './index-contract.ts'
import type { ContractAsk } from './requests.ts'

export class ContractBook {
  readonly #market: Market
  readonly #byId = new Map<number, Contract>()
  readonly #indices: readonly Contract[]

  constructor(market: Market) {
    this.#market = market
    for (const listing of market.universe.bySymbol.values()) {
      for (const one of [homeContract(listing), contractAbroad(listing)]) if (one) this.#register(one)
    }
    this.#indices = indexContracts(market).map((one) => this.#register(one))
  }

  /** All that fit, as `view` shows them: a fault may lead to another listing. Options are those listed at `now`. */
  find(ask: ContractAsk, view: Market, now: Micros): Contract[] {
    return this.#fitting(ask, now).map((found) => this.#seen(found, view))
  }

  /** Contracts of the same number are the same object. */
  #register(contract: Contract): Contract {
    let one = contract
    for (;;) {
      const known = this.#byId.get(one.conId)
      if (!known) {
        this.#byId.set(one.conId, one)
        return one
      }
      if (sameContract(known, one)) return known
      one = { ...one, conId: one.conId + 1 }
    }
  }

  #fitting(ask: ContractAsk, now: Micros): Contract[] {
    if (ask.conId > 0) {
      const known = this.#byId.get(ask.conId)
      return known ? [known] : []
    }
    switch (ask.secType) {
      case 'STK':
        return this.#stocks(ask)
      case 'CASH':
      case 'CRYPTO':
        return this.#pairs(ask)
      case 'IND':
        return this.#indices.filter(
          (c) =>
            (ask.symbol || ask.localSymbol) === c.symbol &&
            (ask.currency === '' || ask.currency === c.currency) &&
            (ask.exchange === '' || asHome(ask.exchange) === c.primaryExch),
        )
      case 'OPT':
        return this.#options(ask, now)
      default:
        return []
    }
  }

  #stocks(ask: ContractAsk): Contract[] {
    const listing = this.#equity(ask.symbol || ask.localSymbol)
    if (!listing) return []
    return [homeContract(listing), contractAbroad(listing)]
      .filter((c) => c !== null)
      .map((c) => this.#register(c))
      .filter((c) => {
        const venues = c.abroad ? ['SMART', c.primaryExch] : US_VENUES
        return (
          (ask.currency === '' || ask.currency === c.currency) &&
          (ask.exchange === '' || venues.includes(ask.exchange)) &&
          (ask.primaryExch === '' || asHome(ask.primaryExch) === c.primaryExch)
        )
      })
  }

  #pairs(ask: ContractAsk): Contract[] {
    const { fx, crypto } = this.#market.universe
    const venue = ask.secType === 'CASH' ? FX_VENUE : CRYPTO_VENUE
    if (ask.exchange !== '' && ask.exchange !== venue) return []
    return (ask.secType === 'CASH' ? fx : crypto)
      .map(homeContract)
      .filter((c) => c !== null)
      .filter((c) =>
        ask.symbol === ''
          ? c.localSymbol === ask.localSymbol
          : c.symbol === ask.symbol && (ask.currency === '' || ask.currency === c.currency),
      )
      .map((c) => this.#register(c))
  }

  #options(ask: ContractAsk, now: Micros): Contract[] {
    const named = termsOf(ask.localSymbol)
    const listing = this.#equity(named?.symbol ?? ask.symbol)
    if (!listing || (ask.exchange !== '' && !OPTION_VENUES.includes(ask.exchange))) return []
    const wanted = ({ strike, right }: { strike: number; right: string }) =>
      named
        ? named.strike === strike && named.right === right
        : (ask.strike === 0 || ask.strike === strike) &&
          (!'CP'.includes(ask.right || '?') || ask.right === right[0]!.toUpperCase())
    const day = named?.expiry.replaceAll('-', '') ?? ask.expiry
    return expiriesOf(listing, begunSession(listing, now).date)
      .filter((expiry) => expiry.date.replaceAll('-', '').startsWith(day))
      .flatMap((expiry) => optionChain(this.#market, listing, expiry, now))
      .filter(wanted)
      .map(({ expiry, strike, right }) =>
        this.#register(optionContractOf(listing, { expiry: expiry.date, strike, right })),
      )
  }

  #equity(symbol: string): Listing | null {
    const listing = this.#market.find(symbol.replace(' ', '.'))
    return listing?.kind === 'equity' ? listing : null
  }

  #seen(contract: Contract, view: Market): Contract {
    const shown = view.find(contract.listing.symbol)
    if (!shown || shown === contract.listing) return contract
    const home = contract.option ? optionContractOf(shown, contract.option) : homeContract(shown)
    return home ? this.#register(home) : contract
  }
}

const sameContract = (a: Contract, b: Contract): boolean =>
  a.secType === b.secType &&
  a.localSymbol === b.localSymbol &&
  a.primaryExch === b.primaryExch &&
  a.currency === b.currency

/** NASDAQ has an older name. */
const asHome = (exchange: string): string => (exchange === 'ISLAND' ? 'NASDAQ' : exchange)
