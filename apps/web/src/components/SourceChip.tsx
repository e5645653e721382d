import type { BarSeries, QuoteRow, Receipt, SeriesBar } from '@onetape/api/router'
import { type Basis, type Micros, parseInstrumentKey } from '@onetape/market'
import clsx from 'clsx'
import { CHIP_SHAPE, CHIP_TONES, ChipButton, type ChipTone } from '../ui/Chip.tsx'
import { belongsTo } from './bar-series.ts'
import { useAtMarketTime } from './market-clock.ts'
import { eventAge, type Freshness, freshnessOf, seriesFreshness } from './quote-freshness.ts'
import { openReceipt, type ReceiptSubject } from './receipt-desk.ts'
import { BASIS_WORDS } from './receipt-words.ts'
import { formatSpan } from './time-format.ts'

const TONES: Record<Freshness, ChipTone> = { fresh: 'plain', delayed: 'hint', stale: 'alarm' }

const SAYS: Record<Freshness, (chip: Pick<Props, 'delayedMinutes'>) => string> = {
  fresh: () => 'live',
  delayed: (chip) => `runs ${chip.delayedMinutes} minutes behind the venue`,
  stale: () => 'stale: older than its session allows',
}

interface Props {
  source: string
  feed: string | null
  delayedMinutes: number
  freshness: Freshness
  /** Of the event, in words; null where it is not known. */
  age: string | null
  /** How the price is adjusted; a quote is as it was traded. */
  basis: Basis | null
  /** The basis is said on the chip itself: what is drawn may stand on any. */
  showsBasis?: boolean
  /** Opened by the chip. */
  receipt: ReceiptSubject
  /** The source alone, where there is no room for more. */
  isShort?: boolean
  /** -1 inside a grid, whose own keys reach it. */
  tabIndex?: number
}

/** Vendor, feed, how late, how old, on which basis: the same words on every chip. */
export function chipTitle(chip: Omit<Props, 'receipt' | 'isShort' | 'tabIndex' | 'showsBasis'>): string {
  const { source, feed, freshness, age, basis } = chip
  const facts = [
    feed && feed !== source ? `feed ${feed}` : null,
    SAYS[freshness](chip),
    age === null ? null : `${age} old`,
    basis ? BASIS_WORDS[basis] : null,
  ]
  return `${source}: ${facts.filter(Boolean).join(', ')}. Opens the receipt.`
}

/** Who said it, on which feed, how old it is, and whether that is late. Opens the receipt. */
function SourceChip(props: Props) {
  const { source, feed, delayedMinutes, freshness, age, basis, receipt, isShort, tabIndex } = props
  const ownFeed = feed === source ? null : feed
  const symbol = parseInstrumentKey(receipt.key)?.symbol ?? receipt.key
  return (
    <ChipButton
      tone={TONES[freshness]}
      title={chipTitle(props)}
      aria-haspopup="dialog"
      tabIndex={tabIndex}
      onClick={() => openReceipt(receipt)}
    >
      <span className="shrink-0">{source}</span>{' '}
      {freshness === 'stale' ? (
        <strong className="font-semibold">stale</strong>
      ) : delayedMinutes > 0 ? (
        <span>{isShort ? `${delayedMinutes}m` : `delayed ${delayedMinutes}m`}</span>
      ) : (
        ownFeed && !isShort && <span className="min-w-0 truncate">{ownFeed}</span>
      )}
      {props.showsBasis && basis && <span>{BASIS_WORDS[basis]}</span>}
      {age !== null && !isShort && <span className="shrink-0 tabular-nums">{age}</span>}
      <span className="sr-only">, receipt of {symbol}</span>
    </ChipButton>
  )
}

/** Beside a price of the tape. */
export function QuoteSourceChip({ row, ...rest }: { row: QuoteRow } & Pick<Props, 'isShort' | 'tabIndex'>) {
  const late = row.delayedMinutes > 0 ? 'delayed' : 'fresh'
  const freshness = useAtMarketTime((now) => freshnessOf(row, now)) ?? late
  const age = useAtMarketTime((now) => formatSpan(eventAge(row, now)))
  const { source, feed, delayedMinutes } = row
  return (
    <SourceChip
      {...{ source, feed, delayedMinutes, freshness, age }}
      basis="raw"
      receipt={{ what: 'price', key: row.key }}
      {...rest}
    />
  )
}

interface RowChipProps {
  row: QuoteRow
  /** Market time; null until health was heard once. */
  now: Micros | null
  isShort?: boolean
}

/**
 * The same in a row of the grid, whose keys and clicks the grid handles: one element, told everything, because forty
 * of them are drawn anew while someone scrolls. On a phone it may be pressed a little beside itself.
 */
export function RowSourceChip({ row, now, isShort }: RowChipProps) {
  const { source, feed, delayedMinutes } = row
  const late = delayedMinutes > 0 ? 'delayed' : 'fresh'
  const freshness = now === null ? late : freshnessOf(row, now)
  const ownFeed = feed === source || isShort ? null : feed
  const detail =
    freshness === 'stale'
      ? 'stale'
      : delayedMinutes > 0
        ? `${isShort ? '' : 'delayed '}${delayedMinutes}m`
        : ownFeed
  const text = detail ? `${source} ${detail}` : source
  return (
    <button
      type="button"
      data-receipt
      tabIndex={-1}
      aria-haspopup="dialog"
      aria-label={`${text}, receipt of ${row.symbol}`}
      title={chipTitle({
        ...{ source, feed, delayedMinutes, freshness },
        age: now === null ? null : formatSpan(eventAge(row, now)),
        basis: 'raw',
      })}
      className={clsx(
        CHIP_SHAPE,
        CHIP_TONES[TONES[freshness]],
        'hover:border-accent hover:text-ink max-[700px]:relative max-[700px]:after:absolute max-[700px]:after:-inset-y-1.5 max-[700px]:after:inset-x-0',
        freshness === 'stale' && 'font-semibold',
      )}
    >
      {text}
    </button>
  )
}

/** Beside what the sources themselves answered. */
export function AnswerSourceChip({ answer, subject }: { answer: Receipt; subject: ReceiptSubject }) {
  const delayedMinutes = answer.delayedMinutes ?? 0
  const isBad = answer.freshness === 'stale' || answer.source === null
  const freshness = isBad ? 'stale' : delayedMinutes > 0 ? 'delayed' : 'fresh'
  const { ts } = answer
  const age = useAtMarketTime((now) => (ts === null ? null : formatSpan(now - ts)))
  return (
    <SourceChip
      source={answer.source ?? 'nobody'}
      feed={answer.feed}
      {...{ delayedMinutes, freshness, age }}
      basis={answer.basis ?? (answer.kind === 'quotes' ? 'raw' : null)}
      receipt={subject}
    />
  )
}

interface SeriesChipProps {
  series: BarSeries
  count: number
  /** The bar that the numbers are of; without one the newest of the series. */
  newest?: Pick<SeriesBar, 'ts'>
  /** The tape's latest quote: where the series is moved by it, both are as old as each other. */
  quote?: QuoteRow | null
  /** The basis stands beside it already. */
  isBasisSaid?: boolean
}

/** Beside bars of the tape. */
export function SeriesSourceChip({ series, count, newest, quote, isBasisSaid }: SeriesChipProps) {
  const bar = newest ?? series.bars.at(-1) ?? null
  const mover = quote && belongsTo(quote, series) ? quote : null
  const freshness = useAtMarketTime((now) => seriesFreshness({ series, bar, mover }, now)) ?? 'fresh'
  const age = useAtMarketTime((now) =>
    mover
      ? formatSpan(eventAge(mover, now))
      : bar && series.resolution.lengthUs !== null
        ? formatSpan(now - bar.ts)
        : null,
  )
  return (
    <SourceChip
      source={series.source ?? 'the tape'}
      feed={series.feed}
      delayedMinutes={mover?.delayedMinutes ?? 0}
      {...{ freshness, age }}
      basis={series.basis}
      showsBasis={!isBasisSaid}
      receipt={{ what: 'series', key: series.key, series, count }}
    />
  )
}
