import type { Receipt } from '@onetape/api/router'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Chip } from '../ui/Chip.tsx'
import { AttemptList } from './AttemptList.tsx'
import { useAtMarketTime } from './market-clock.ts'
import { UNKNOWN } from './number-format.ts'
import { closeReceipt } from './receipt-desk.ts'
import { BASIS_WORDS, freshnessView, ORDER_WORDS } from './receipt-words.ts'
import { formatLatency } from './source-health.ts'
import { formatInstant, formatSpan, formatSpanExact, zoneOf } from './time-format.ts'

interface Props {
  title: string
  /** What was answered, in a word: a price. */
  value: string | null
  receipt: Receipt
  note?: ReactNode
}

/** Who answered, when and how late, and everything that was tried on the way. */
export function ReceiptView({ title, value, receipt, note }: Props) {
  const zone = zoneOf(receipt.ref.assetClass)
  const { tone, word } = freshnessView(receipt)
  const { ts, fetchedAt, basis, converted } = receipt
  const age = useAtMarketTime((now) => (ts === null ? null : formatSpanExact(now - ts)))
  const received = useAtMarketTime((now) => (fetchedAt === null ? null : formatSpan(now - fetchedAt)))
  return (
    <section aria-label={title} className="text-xs">
      <div className="flex items-baseline gap-2.5 pb-2">
        <h3 className="text-[13px] font-semibold">{title}</h3>
        <Chip tone={tone}>{word}</Chip>
        {value && <strong className="ml-auto text-[17px] font-semibold tabular-nums">{value}</strong>}
      </div>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 pt-1">
        <Fact name="Source">
          {receipt.source === null ? (
            'nobody could answer'
          ) : receipt.source === 'tape' ? (
            'the tape'
          ) : (
            <SourceLink source={receipt.source} />
          )}
        </Fact>
        <Fact name="Feed">{receipt.feed ?? UNKNOWN}</Fact>
        <Fact name="Delay">{delayWords(receipt.delayedMinutes)}</Fact>
        <Fact name="Event time">
          {ts === null ? UNKNOWN : formatInstant(ts, zone)}
          {receipt.tsOrigin === 'response' && <span className="text-muted">, the answer’s own date</span>}
        </Fact>
        <Fact name="Received">
          {fetchedAt === null ? UNKNOWN : formatInstant(fetchedAt, zone)}
          {received !== null && <span className="text-muted">, {received} ago</span>}
        </Fact>
        <Fact name="Age">
          <strong className="font-semibold">{age ?? UNKNOWN}</strong>
        </Fact>
        {basis && <Fact name="Basis">{BASIS_WORDS[basis]}</Fact>}
        {converted && (
          <Fact name="Converted">
            from {BASIS_WORDS[converted.from]}, by the corporate actions of {converted.actionsSource}
          </Fact>
        )}
        <Fact name="Currency">{receipt.currency ?? UNKNOWN}</Fact>
        <Fact name="Order followed">{ORDER_WORDS[receipt.order]}</Fact>
        {receipt.tookMs > 0 && <Fact name="Routing took">{formatLatency(receipt.tookMs)}</Fact>}
      </dl>
      {note}
      <h4 className="pt-4 pb-2 font-semibold">Attempts</h4>
      <AttemptList attempts={receipt.attempts} />
    </section>
  )
}

const delayWords = (minutes: number | null): string =>
  minutes === null ? UNKNOWN : minutes === 0 ? 'none' : `${minutes} minutes behind the venue`

/** To what is known of the source. */
export const SourceLink = ({ source }: { source: string }) => (
  <Link
    to="/sources"
    search={{ source }}
    onClick={closeReceipt}
    className="rounded font-medium underline decoration-line-strong underline-offset-2 hover:decoration-ink"
  >
    {source}
  </Link>
)

export const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-muted">{name}</dt>
    <dd className="min-w-0 text-right break-words tabular-nums">{children}</dd>
  </>
)
