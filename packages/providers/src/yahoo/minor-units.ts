/**
 * Yahoo prices some exchanges in a hundredth of their currency: London in pence (`GBp`), Tel Aviv in agorot (`ILA`),
 * Johannesburg in cents (`ZAc`), Kuwait in fils (`KWF`, a thousandth). The house knows currencies only: such prices are
 * divided here, once, and carry the currency's own code from then on.
 */
export interface PriceUnit {
  /** ISO code of the currency that prices are in after `inCurrency`. */
  currency: string
  /** What the vendor's prices are divided by: 1 where it speaks of whole units. */
  dividedBy: number
}

const MINOR: Readonly<Record<string, PriceUnit>> = {
  GBp: { currency: 'GBP', dividedBy: 100 },
  ILA: { currency: 'ILS', dividedBy: 100 },
  ZAc: { currency: 'ZAR', dividedBy: 100 },
  KWF: { currency: 'KWD', dividedBy: 1000 },
}

export const unitOf = (said: string): PriceUnit => MINOR[said] ?? { currency: said, dividedBy: 1 }

/** A price of the vendor in whole units of the currency; decimals stay what they were, digit for digit. */
export const inCurrency = (price: number, { dividedBy }: PriceUnit): number =>
  dividedBy === 1 ? price : Number((price / dividedBy).toPrecision(15))
