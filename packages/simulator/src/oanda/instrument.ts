// OANDA's spelling of a pair, `EUR_USD`, and what it tells about it.
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'

export const instrumentOf = (listing: Listing): string => listing.symbol.replace('-', '_')

export function listingOf(market: Market, instrument: string): Listing | null {
  if (!/^[A-Z]{3}_[A-Z]{3}$/.test(instrument)) return null
  const listing = market.find(instrument.replace('_', '-'))
  return listing?.kind === 'fx' ? listing : null
}

/** Prices are texts with all of their decimals. */
export const priceText = (listing: Listing, price: number): string => price.toFixed(decimalsOf(listing))

const decimalsOf = (listing: Listing): number => Math.round(Math.log10(listing.stepsPerDollar!))

export function instrumentRow(listing: Listing): Record<string, unknown> {
  const decimals = decimalsOf(listing)
  const pip = 10 ** (1 - decimals)
  return {
    name: instrumentOf(listing),
    type: 'CURRENCY',
    displayName: listing.symbol.replace('-', '/'),
    pipLocation: 1 - decimals,
    displayPrecision: decimals,
    tradeUnitsPrecision: 0,
    minimumTradeSize: '1',
    maximumTrailingStopDistance: (pip * 10_000).toFixed(decimals),
    minimumTrailingStopDistance: (pip * 5).toFixed(decimals),
    maximumPositionSize: '0',
    maximumOrderUnits: '100000000',
    marginRate: listing.symbol.includes('MXN') ? '0.08' : '0.02',
    guaranteedStopLossOrderMode: 'DISABLED',
    tags: [{ type: 'ASSET_CLASS', name: 'CURRENCY' }],
    financing: {
      longRate: '-0.0152',
      shortRate: '-0.0081',
      financingDaysOfWeek: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'].map((dayOfWeek) => ({
        dayOfWeek,
        daysCharged: dayOfWeek === 'WEDNESDAY' ? 3 : 1,
      })),
    },
  }
}
