import type { QuoteRow } from '@onetape/api/router'
import { Chip, type ChipTone } from '../ui/Chip.tsx'
import { useAtMarketTime } from './market-clock.ts'
import { type Freshness, freshnessOf } from './quote-freshness.ts'

const TONES: Record<Freshness, ChipTone> = { fresh: 'plain', delayed: 'hint', stale: 'alarm' }

const SAYS: Record<Freshness, (row: QuoteRow) => string> = {
  fresh: () => 'live',
  delayed: (row) => `runs ${row.delayedMinutes} minutes behind the venue`,
  stale: () => 'stale: older than twice its tier’s cadence',
}

/** Who said it, on which feed, and whether that is late. */
export function SourceChip({ row }: { row: QuoteRow }) {
  const freshness =
    useAtMarketTime((now) => freshnessOf(row, now)) ?? (row.delayedMinutes > 0 ? 'delayed' : 'fresh')
  const feed = row.feed === row.source ? null : row.feed
  return (
    <Chip
      tone={TONES[freshness]}
      title={`${row.source}${feed ? `, feed ${feed}` : ''}: ${SAYS[freshness](row)}`}
    >
      <span className="truncate">{row.source}</span>
      {freshness === 'stale' ? (
        <strong className="font-semibold">stale</strong>
      ) : row.delayedMinutes > 0 ? (
        <span>delayed {row.delayedMinutes}m</span>
      ) : (
        feed && <span>{feed}</span>
      )}
    </Chip>
  )
}
