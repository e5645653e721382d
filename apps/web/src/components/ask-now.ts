// The question behind a receipt, asked of the sources now. Spends a call.
import type { Receipt } from '@onetape/api/router'
import { client } from '../api/trpc.ts'
import { formatPrice, pricePlaces } from './number-format.ts'
import type { ReceiptSubject } from './receipt-desk.ts'

export interface FreshAnswer {
  receipt: Receipt
  /** What was answered, in a word; null when nothing was. */
  value: string | null
}

export async function askNow(subject: ReceiptSubject): Promise<FreshAnswer> {
  const { key } = subject
  if (subject.what === 'price' || subject.what === 'route') {
    const { quote, receipt } = await client.quote.query({ key })
    return { receipt, value: quote && priceText(quote.last, quote) }
  }
  if (subject.what === 'series') {
    const { timeframe, basis } = subject.series
    const { bars, receipt } = await client.bars.query({
      key,
      timeframe,
      basis: basis ?? undefined,
      limit: 200,
    })
    return { receipt, value: `${bars.length} bars` }
  }
  if (subject.what === 'fundamentals') {
    const { fundamentals, receipt } = await client.fundamentals.query({ key })
    return { receipt, value: fundamentals && `${fundamentals.periods.length} periods` }
  }
  const { chain, receipt } = await client.optionsChain.query({ key, expiry: subject.expiry ?? undefined })
  return { receipt, value: chain && `${chain.contracts.length} contracts` }
}

type Priced = { assetClass: Parameters<typeof pricePlaces>[1]; currency: string }
export const priceText = (price: number | null, { assetClass, currency }: Priced): string | null =>
  price === null ? null : `${formatPrice(price, pricePlaces(price, assetClass))} ${currency}`.trimEnd()
