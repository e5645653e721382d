import type { InstrumentPage, OptionsChainAnswer } from '@onetape/api/router'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { CircleAlert } from 'lucide-react'
import { useState } from 'react'
import { useQuote } from '../api/tape.ts'
import { lineOf, trpc } from '../api/trpc.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { ChainTable } from './ChainTable.tsx'
import { ExpiryPicker } from './ExpiryPicker.tsx'
import { KEPT } from './FundamentalsView.tsx'
import { useAtMarketTime } from './market-clock.ts'
import { NobodyHasIt } from './NobodyHasIt.tsx'
import { formatPrice, pricePlaces } from './number-format.ts'
import { openReceipt } from './receipt-desk.ts'
import { AnswerSourceChip, QuoteSourceChip } from './SourceChip.tsx'
import { formatSpan } from './time-format.ts'

interface Props {
  instrument: InstrumentPage
  last: number | null
}

/** The options chain of one expiry: calls on the left, puts on the right. */
export function OptionsView({ instrument, last }: Props) {
  const { key, symbol } = instrument
  const [expiry, setExpiry] = useState<string | null>(null)
  const answer = useQuery({
    ...trpc.optionsChain.queryOptions({ key, expiry: expiry ?? undefined }),
    ...KEPT,
    placeholderData: keepPreviousData,
  })
  const again = () => void answer.refetch()
  if (answer.data?.chain) {
    return (
      <Chain
        instrumentKey={key}
        answer={answer.data}
        chain={answer.data.chain}
        last={last}
        wanted={expiry}
        onExpiry={setExpiry}
        isAsking={answer.isFetching}
        error={answer.error ? lineOf(answer.error) : null}
        onAgain={again}
      />
    )
  }
  if (answer.data) {
    const { receipt } = answer.data
    return (
      <NobodyHasIt
        what={`options of ${symbol}`}
        receipt={receipt}
        onRetry={again}
        onReceipt={() => openReceipt({ what: 'options', key, expiry, receipt })}
      />
    )
  }
  if (answer.error) {
    return (
      <Notice
        icon={<CircleAlert size={28} aria-hidden />}
        title="The options could not be read"
        action={<Button onClick={again}>Try again</Button>}
      >
        {lineOf(answer.error)}
      </Notice>
    )
  }
  return <Loading />
}

interface ChainProps {
  instrumentKey: string
  answer: OptionsChainAnswer
  chain: NonNullable<OptionsChainAnswer['chain']>
  last: number | null
  /** The expiry that was asked for; the one shown lags behind it for a moment. */
  wanted: string | null
  onExpiry: (expiry: string) => void
  isAsking: boolean
  error: string | null
  onAgain: () => void
}

function Chain({
  instrumentKey,
  answer,
  chain,
  last,
  wanted,
  onExpiry,
  isAsking,
  error,
  onAgain,
}: ChainProps) {
  const { receipt } = answer
  const underlying = chain.underlyingLast ?? last
  // Where the vendor says no price of it, the tape's stands in, under its own name.
  const quote = useQuote(instrumentKey)
  const expiry = wanted ?? chain.expiry
  const age = useAtMarketTime((now) =>
    receipt.fetchedAt === null ? null : formatSpan(now - receipt.fetchedAt),
  )
  return (
    <>
      <div className="flex shrink-0 flex-col gap-2 border-b border-line px-3 py-2">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-xs text-muted">
          <span>
            Underlying{' '}
            <strong className="font-semibold text-ink tabular-nums">
              {formatPrice(underlying, pricePlaces(underlying ?? 0, 'equity'))}
            </strong>
          </span>
          {chain.underlyingLast === null && quote && <QuoteSourceChip row={quote} />}
          <span>
            Chain{' '}
            <AnswerSourceChip
              answer={receipt}
              subject={{ what: 'options', key: instrumentKey, expiry, receipt }}
            />
          </span>
          <span className="tabular-nums max-sm:hidden">{age && `asked ${age} ago`}</span>
          <span className="ml-auto flex items-center gap-3">
            {error && <span className="text-alarm">{error}</span>}
            <Button onClick={onAgain} disabled={isAsking} title="Spends a call">
              {isAsking ? 'Asking…' : 'Ask again'}
            </Button>
          </span>
        </div>
        <ExpiryPicker expirations={chain.expirations} value={expiry ?? ''} onChange={onExpiry} />
      </div>
      <ChainTable
        key={chain.expiry}
        contracts={chain.contracts}
        underlying={underlying}
        isHeld={isAsking && expiry !== chain.expiry}
      />
    </>
  )
}

const Loading = () => (
  <div role="status" aria-label="Asking the sources for options" className="flex flex-col gap-3 p-3">
    <p className="text-xs text-muted">Asking the sources…</p>
    <div className="flex gap-2">
      {Array.from({ length: 6 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: outlines without identity.
        <span key={index} className="skeleton h-8 w-16" />
      ))}
    </div>
    {Array.from({ length: 14 }, (_, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: rows without identity.
      <span key={index} className="skeleton h-3.5" />
    ))}
  </div>
)
