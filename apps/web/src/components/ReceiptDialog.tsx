// One answer's receipt, and beside it that of the same question asked of the sources now.
import type { Decision, QuoteRow, Receipt } from '@onetape/api/router'
import { parseInstrumentKey } from '@onetape/market'
import { useMutation, useQuery } from '@tanstack/react-query'
import clsx from 'clsx'
import { Send, X } from 'lucide-react'
import { useState } from 'react'
import { useQuote } from '../api/tape.ts'
import { client, lineOf, trpc } from '../api/trpc.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { DecisionList } from './DecisionList.tsx'
import { formatPrice, pricePlaces } from './number-format.ts'
import { ReceiptView } from './ReceiptView.tsx'
import { closeReceipt, type ReceiptSubject, useOpenReceipt } from './receipt-desk.ts'
import { decisionLine } from './receipt-words.ts'
import { SeriesFacts } from './SeriesFacts.tsx'

/** Stands once on every page. */
export function ReceiptDesk() {
  const subject = useOpenReceipt()
  return subject && <ReceiptDialog key={`${subject.what} ${subject.key}`} subject={subject} />
}

const WHAT: Record<ReceiptSubject['what'], string> = {
  price: 'latest price',
  series: 'bars',
  fundamentals: 'fundamentals',
  options: 'options chain',
}

interface FreshAnswer {
  receipt: Receipt
  value: string | null
}

function ReceiptDialog({ subject }: { subject: ReceiptSubject }) {
  const ref = parseInstrumentKey(subject.key)
  const fresh = useMutation({ mutationFn: () => askNow(subject) })
  const isWide = fresh.status !== 'idle'
  return (
    <Dialog
      label="Receipt"
      onClose={closeReceipt}
      className={clsx(
        'mt-[6vh]! max-h-[88vh]! flex-col',
        isWide ? 'w-[min(62rem,calc(100vw-1.5rem))]!' : 'w-[min(34rem,calc(100vw-1.5rem))]!',
      )}
    >
      <div className="flex max-h-[inherit] flex-col">
        <div className="flex shrink-0 items-center justify-between border-b border-line py-2 pr-2 pl-4">
          <h2 className="text-[15px] font-semibold">
            Receipt{' '}
            <span className="font-normal text-muted">
              {ref?.symbol ?? subject.key}, {WHAT[subject.what]}
            </span>
          </h2>
          <IconButton label="Close" onClick={closeReceipt}>
            <X size={16} aria-hidden />
          </IconButton>
        </div>
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
          tabIndex={0}
          aria-label="Receipt in full"
          className={clsx(
            'relative grid min-h-0 overflow-y-auto outline-offset-[-2px] max-md:grid-cols-1',
            isWide ? 'grid-cols-2 divide-x divide-line max-md:divide-x-0' : 'grid-cols-1',
          )}
        >
          <Standing subject={subject} />
          {isWide && (
            <div className="min-w-0 p-4 max-md:order-first max-md:border-b max-md:border-line">
              {fresh.data ? (
                <ReceiptView title="Asked now" value={fresh.data.value} receipt={fresh.data.receipt} />
              ) : fresh.error ? (
                <p className="text-alarm">{lineOf(fresh.error)}</p>
              ) : (
                <Waiting label="Asking the sources" />
              )}
            </div>
          )}
        </section>
        <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-t border-line bg-sunken px-4 py-2">
          <p className="min-w-0 flex-1 text-xs text-muted">
            Asking now spends a call of the source that answers; the tape is left as it is.
          </p>
          <Button onClick={() => fresh.mutate()} disabled={fresh.isPending} aria-busy={fresh.isPending}>
            <Send size={13} aria-hidden />
            {fresh.isPending ? 'Asking…' : isWide ? 'Ask again' : 'Ask now'}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

/** What the page shows, as it came about. */
function Standing({ subject }: { subject: ReceiptSubject }) {
  return (
    <div className="min-w-0 p-4">
      {subject.what === 'price' ? (
        <TapePrice instrumentKey={subject.key} />
      ) : subject.what === 'series' ? (
        <TapeSeries subject={subject} />
      ) : (
        <ReceiptView title="As shown" value={null} receipt={subject.receipt} />
      )}
    </div>
  )
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

const Waiting = ({ label }: { label: string }) => (
  <div role="status" aria-label={label} className="flex flex-col gap-2.5">
    <span className="skeleton h-5 w-32" />
    {[80, 64, 72, 56].map((width) => (
      <span key={width} className="skeleton h-3" style={{ width: `${width}%` }} />
    ))}
  </div>
)

async function askNow(subject: ReceiptSubject): Promise<FreshAnswer> {
  const { key } = subject
  if (subject.what === 'price') {
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
const priceText = (price: number | null, { assetClass, currency }: Priced): string | null =>
  price === null ? null : `${formatPrice(price, pricePlaces(price, assetClass))} ${currency}`
