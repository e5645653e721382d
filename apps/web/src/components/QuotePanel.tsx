import type { QuoteRow } from '@onetape/api/router'
import { MINUTE_US } from '@onetape/market'
import type { ReactNode } from 'react'
import { Chip } from '../ui/Chip.tsx'
import { Panel } from '../ui/Panel.tsx'
import { useAtMarketTime } from './market-clock.ts'
import { formatPercent, formatPrice, formatSize, pricePlaces, UNKNOWN } from './number-format.ts'
import { PinControl } from './order/PinControl.tsx'
import { RouteBeside } from './order/RouteBeside.tsx'
import { eventAge, freshnessOf } from './quote-freshness.ts'
import { QuoteSourceChip } from './SourceChip.tsx'
import { formatInstant, formatSpan, formatSpanExact, formatTradingDate, zoneOf } from './time-format.ts'

/** The newest quote and everything about where it comes from. */
export function QuotePanel({ quote }: { quote: QuoteRow | undefined }) {
  return <Panel title="Latest quote">{quote ? <Quote quote={quote} /> : <NoQuote />}</Panel>
}

const NoQuote = () => (
  <p className="text-muted">
    No quote yet. It appears with the next sweep of this instrument’s tier, if a connected source quotes it.
  </p>
)

function Quote({ quote }: { quote: QuoteRow }) {
  const zone = zoneOf(quote.assetClass)
  const places = pricePlaces(quote.last ?? quote.bid ?? 0, quote.assetClass)
  const age = useAtMarketTime((now) => formatSpanExact(eventAge(quote, now)))
  const receivedAge = useAtMarketTime((now) => formatSpan(now - quote.fetchedAt))
  return (
    <>
      <div className="grid grid-cols-2 gap-2 pb-3 tabular-nums">
        <Side name="Bid" price={formatPrice(quote.bid, places)} size={formatSize(quote.bidSize)} />
        <Side name="Ask" price={formatPrice(quote.ask, places)} size={formatSize(quote.askSize)} />
      </div>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
        <Fact name="Spread">{spreadOf(quote, places)}</Fact>
        <Fact name="Age">
          <strong className="font-semibold">{age ?? UNKNOWN}</strong> <FreshnessChip quote={quote} />
        </Fact>
        <Fact name="Source">
          <QuoteSourceChip row={quote} />
        </Fact>
        <RouteBeside quote={quote} />
        <Fact name="Pinned to">
          <PinControl subject={quote} />
        </Fact>
        <Fact name="Feed">{quote.feed}</Fact>
        <Fact name="Delay">
          {quote.delayedMinutes === 0 ? 'none' : `${quote.delayedMinutes} minutes behind the venue`}
        </Fact>
        <Fact name="Event time">{formatInstant(quote.ts, zone)}</Fact>
        <Fact name="Received">
          {formatInstant(quote.fetchedAt, zone)}
          {receivedAge && <span className="text-muted">, {receivedAge} ago</span>}
        </Fact>
        <Fact name="Time by">
          {quote.tsOrigin === 'vendor'
            ? 'the vendor’s event clock'
            : 'the answer’s own date: the vendor gave none'}
        </Fact>
        <Fact name="Session">{formatTradingDate(quote.sessionDate)}</Fact>
        <Fact name="Stale after">
          {quote.staleAfterUs === null
            ? 'nothing is owed outside the session'
            : formatSpan(quote.staleAfterUs)}
        </Fact>
        <Fact name="Batch">{quote.batchId}</Fact>
      </dl>
    </>
  )
}

function FreshnessChip({ quote }: { quote: QuoteRow }) {
  const freshness = useAtMarketTime((now) => freshnessOf(quote, now))
  if (freshness === 'stale') return <Chip tone="alarm">stale</Chip>
  if (freshness === 'delayed')
    return <Chip tone="warn">delayed {formatSpan(quote.delayedMinutes * MINUTE_US)}</Chip>
  return <Chip>live</Chip>
}

function spreadOf({ bid, ask }: QuoteRow, places: number): string {
  if (bid === null || ask === null || bid <= 0) return UNKNOWN
  const spread = ask - bid
  return `${formatPrice(spread, places)} (${formatPercent((spread / ((ask + bid) / 2)) * 100).replace('+', '')})`
}

const Side = ({ name, price, size }: { name: string; price: string; size: string }) => (
  <div className="rounded-md bg-sunken px-2.5 py-1.5">
    <div className="text-[11px] text-muted">{name}</div>
    <div className="text-[15px] font-semibold">{price}</div>
    <div className="text-[11px] text-muted">size {size}</div>
  </div>
)

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-muted">{name}</dt>
    <dd className="min-w-0 text-right break-words tabular-nums">{children}</dd>
  </>
)
