import type { Decision, QuoteRow } from '@onetape/api/router'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useQuote } from '../api/tape.ts'
import { lineOf, trpc } from '../api/trpc.ts'
import { Button } from '../ui/Button.tsx'
import { priceText } from './ask-now.ts'
import { DecisionList } from './DecisionList.tsx'
import { ReceiptView } from './ReceiptView.tsx'
import type { ReceiptSubject } from './receipt-desk.ts'
import { decisionLine } from './receipt-words.ts'
import { SeriesFacts } from './SeriesFacts.tsx'

/** What the page shows, as it came about. */
export function StandingReceipt({ subject }: { subject: ReceiptSubject }) {
  return (
    <div className="min-w-0 p-4">
      {subject.what === 'price' ? (
        <TapePrice instrumentKey={subject.key} />
      ) : subject.what === 'series' ? (
        <TapeSeries subject={subject} />
      ) : (
        <ReceiptView title="As shown" value={shownValue(subject)} receipt={subject.receipt} />
      )}
    </div>
  )
}

const shownValue = (subject: Exclude<ReceiptSubject, { what: 'price' | 'series' }>): string | null => {
  if (subject.what !== 'route') return null
  const { ref, currency } = subject.receipt
  return priceText(subject.value, { assetClass: ref.assetClass, currency: currency ?? '' })
}

function TapePrice({ instrumentKey }: { instrumentKey: string }) {
  const row = useQuote(instrumentKey)
  const receipt = useQuery({
    ...trpc.receipt.queryOptions({ key: instrumentKey }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  // The price that this receipt is of; the tape may have moved on since.
  const [priced, setPriced] = useState<QuoteRow | null>(null)
  const isOf = (r: QuoteRow | null | undefined) =>
    r?.ts === receipt.data?.ts && r?.source === receipt.data?.source
  if (row && receipt.data && row !== priced && !isOf(priced) && isOf(row)) setPriced(row)
  if (receipt.error) return <p className="text-alarm">{lineOf(receipt.error)}</p>
  if (!receipt.data) return <Waiting label="Reading the receipt" />
  const isOlder = row !== undefined && receipt.data.ts !== null && row.ts > receipt.data.ts
  return (
    <ReceiptView
      title="On the tape"
      value={priced && isOf(priced) ? priceText(priced.last, priced) : null}
      receipt={receipt.data}
      note={
        <div className="mt-2.5 flex h-8 items-center justify-between gap-3 rounded-md bg-sunken px-2.5 text-xs text-muted">
          {isOlder ? 'A newer price has come in since.' : 'This is the newest price.'}
          {isOlder && <Button onClick={() => void receipt.refetch()}>Show its receipt</Button>}
        </div>
      }
    />
  )
}

function TapeSeries({ subject }: { subject: ReceiptSubject & { what: 'series' } }) {
  const { key, series, count } = subject
  const decision = useQuery(
    trpc.explain.queryOptions({
      key,
      kind: 'charts',
      timeframe: series.timeframe,
      basis: series.basis ?? undefined,
    }),
  )
  return (
    <>
      <SeriesFacts series={series} count={count} />
      <h4 className="pt-4 pb-1.5 text-xs font-semibold">Asked now, who would serve</h4>
      {decision.data ? (
        <SeriesDecision decision={decision.data} />
      ) : decision.error ? (
        <p className="text-xs text-alarm">{lineOf(decision.error)}</p>
      ) : (
        <Waiting label="Reading who would serve" />
      )}
    </>
  )
}

const SeriesDecision = ({ decision }: { decision: Decision }) => (
  <>
    <p className="pb-2 text-xs text-muted">{decisionLine(decision)} No call was spent to say so.</p>
    <DecisionList decision={decision} />
  </>
)

export const Waiting = ({ label }: { label: string }) => (
  <div role="status" aria-label={label} className="flex flex-col gap-2.5">
    <span className="skeleton h-5 w-32" />
    {[80, 64, 72, 56].map((width) => (
      <span key={width} className="skeleton h-3" style={{ width: `${width}%` }} />
    ))}
  </div>
)
