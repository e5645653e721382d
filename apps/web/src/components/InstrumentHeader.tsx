import type { BarSeries, InstrumentPage, QuoteRow, SeriesBar } from '@onetape/api/router'
import { Link } from '@tanstack/react-router'
import { ArrowLeft, ListPlus } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '../ui/IconButton.tsx'
import { DayRange } from './DayRange.tsx'
import { Direction, toneOf } from './Direction.tsx'
import {
  formatChange,
  formatPercent,
  formatPrice,
  formatVolume,
  pricePlaces,
  UNKNOWN,
} from './number-format.ts'
import { PriceFlash } from './PriceFlash.tsx'
import { QuoteSourceChip, SeriesSourceChip } from './SourceChip.tsx'
import { formatDate, UTC } from './time-format.ts'
import { openAddToList } from './watchlist/add-desk.ts'

interface Props {
  instrument: InstrumentPage
  quote: QuoteRow | undefined
  /** Stands in where nobody quotes it: the tape may hold history alone. */
  newestBar: SeriesBar | undefined
  series: BarSeries | undefined
}

/** What it is, what it costs now, and the day around that. */
export function InstrumentHeader({ instrument, quote, newestBar, series }: Props) {
  const places = pricePlaces(quote?.last ?? newestBar?.close ?? 0, instrument.assetClass)
  return (
    <section
      aria-label="Price and day"
      className="flex shrink-0 flex-wrap items-center gap-x-10 gap-y-3 border-b border-line bg-surface px-3 py-2.5"
    >
      <div className="flex min-w-0 items-center gap-2.5 max-sm:w-full">
        <Link
          to="/"
          aria-label="Back to the market"
          title="Back to the market (g)"
          className="rounded-md p-1.5 text-muted hover:bg-hover hover:text-ink"
        >
          <ArrowLeft size={17} aria-hidden />
        </Link>
        <div className="min-w-0 leading-tight">
          <h1 className="text-xl font-semibold tracking-[-0.01em]">{instrument.symbol}</h1>
          <p className="truncate text-muted">
            {instrument.name ?? instrument.assetClass}
            <code className="ml-2 font-mono text-[11px]">{instrument.key}</code>
          </p>
        </div>
        <IconButton label="Add to a list (a)" onClick={() => openAddToList(instrument)}>
          <ListPlus size={17} aria-hidden />
        </IconButton>
      </div>
      {quote ? (
        <LivePrice quote={quote} places={places} />
      ) : (
        <p className="text-muted">
          No quote on this tape.
          {newestBar && (
            <>
              {' '}
              Its newest bar closed at{' '}
              <strong className="font-semibold text-ink tabular-nums">
                {formatPrice(newestBar.close, places)}
              </strong>{' '}
              {instrument.currency} on {formatDate(newestBar.ts, UTC)}.{' '}
              {series && <SeriesSourceChip series={series} count={series.bars.length} newest={newestBar} />}
            </>
          )}
        </p>
      )}
      {quote && (
        <dl className="flex flex-wrap items-end gap-x-7 gap-y-2 text-[13px] tabular-nums max-sm:gap-x-5">
          <Fact name="Day range">
            <span className="flex items-center gap-2">
              {quote.dayLow === null && quote.dayHigh === null ? (
                UNKNOWN
              ) : (
                <>
                  {formatPrice(quote.dayLow, places)}
                  <DayRange row={quote} className="w-24 max-sm:w-16" />
                  {formatPrice(quote.dayHigh, places)}
                </>
              )}
            </span>
          </Fact>
          <Fact name="Open" className="max-sm:hidden">
            {formatPrice(quote.dayOpen, places)}
          </Fact>
          <Fact name="Previous close">{formatPrice(quote.previousClose, places)}</Fact>
          <Fact name="Volume">{formatVolume(quote.volume)}</Fact>
        </dl>
      )}
    </section>
  )
}

const LivePrice = ({ quote, places }: { quote: QuoteRow; places: number }) => (
  <div className="flex flex-wrap items-baseline gap-x-3 tabular-nums">
    <PriceFlash
      of={quote.key}
      price={quote.last}
      className="-mx-1 px-1 text-[28px] leading-9 font-semibold tracking-[-0.02em]"
    >
      {formatPrice(quote.last, places)}
    </PriceFlash>
    <span className="text-xs text-muted">{quote.currency}</span>
    <span className={`inline-flex items-center gap-1.5 text-[15px] font-medium ${toneOf(quote.change)}`}>
      <Direction value={quote.change} />
      {formatChange(quote.change, places)} ({formatPercent(quote.changePct)})
    </span>
    <span className="self-center">
      <QuoteSourceChip row={quote} />
    </span>
  </div>
)

const Fact = ({ name, children, className }: { name: string; children: ReactNode; className?: string }) => (
  <div className={className}>
    <dt className="text-[11px] text-muted">{name}</dt>
    <dd className="font-medium">{children}</dd>
  </div>
)
