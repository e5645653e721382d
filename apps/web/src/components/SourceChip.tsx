import type { BarSeries, QuoteRow, Receipt } from '@onetape/api/router'
import { type Micros, parseInstrumentKey } from '@onetape/market'
import clsx from 'clsx'
import { CHIP_SHAPE, CHIP_TONES, ChipButton, type ChipTone } from '../ui/Chip.tsx'
import { useAtMarketTime } from './market-clock.ts'
import { type Freshness, freshnessOf } from './quote-freshness.ts'
import { openReceipt, type ReceiptSubject } from './receipt-desk.ts'

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
  /** Opened by the chip. */
  receipt: ReceiptSubject
  /** The source alone, where there is no room for more. */
  isShort?: boolean
  /** -1 inside a grid, whose own keys reach it. */
  tabIndex?: number
}

/** Who said it, on which feed, and whether that is late. Opens the receipt. */
function SourceChip({ source, feed, delayedMinutes, freshness, receipt, isShort, tabIndex }: Props) {
  const ownFeed = feed === source ? null : feed
  const symbol = parseInstrumentKey(receipt.key)?.symbol ?? receipt.key
  return (
    <ChipButton
      tone={TONES[freshness]}
      title={`${source}${ownFeed ? `, feed ${ownFeed}` : ''}: ${SAYS[freshness]({ delayedMinutes })}. Opens the receipt.`}
      aria-haspopup="dialog"
      tabIndex={tabIndex}
      onClick={() => openReceipt(receipt)}
    >
      <span className="truncate">{source}</span>{' '}
      {freshness === 'stale' ? (
        <strong className="font-semibold">stale</strong>
      ) : delayedMinutes > 0 ? (
        <span>{isShort ? `${delayedMinutes}m` : `delayed ${delayedMinutes}m`}</span>
      ) : (
        ownFeed && !isShort && <span>{ownFeed}</span>
      )}
      <span className="sr-only">, receipt of {symbol}</span>
    </ChipButton>
  )
}

/** Beside a price of the tape. */
export function QuoteSourceChip({ row, ...rest }: { row: QuoteRow } & Pick<Props, 'isShort' | 'tabIndex'>) {
  const late = row.delayedMinutes > 0 ? 'delayed' : 'fresh'
  const freshness = useAtMarketTime((now) => freshnessOf(row, now)) ?? late
  const { source, feed, delayedMinutes } = row
  return (
    <SourceChip
      {...{ source, feed, delayedMinutes, freshness }}
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
      title={SAYS[freshness](row)}
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
  const freshness = answer.freshness === 'stale' ? 'stale' : delayedMinutes > 0 ? 'delayed' : 'fresh'
  return (
    <SourceChip
      source={answer.source ?? 'nobody'}
      feed={answer.feed}
      {...{ delayedMinutes, freshness }}
      receipt={subject}
    />
  )
}

/** Beside bars of the tape. */
export const SeriesSourceChip = ({ series, count }: { series: BarSeries; count: number }) => (
  <SourceChip
    source={series.source ?? 'the tape'}
    feed={series.feed}
    delayedMinutes={0}
    freshness="fresh"
    receipt={{ what: 'series', key: series.key, series, count }}
  />
)
