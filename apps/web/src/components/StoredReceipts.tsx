import type { StoredReceipt } from '@onetape/api/router'
import clsx from 'clsx'
import { useState } from 'react'
import { useStoredReceipts } from '../api/mine.ts'
import { lineOf } from '../api/trpc.ts'
import { priceText } from './ask-now.ts'
import { OrderUsedLine } from './DecisionList.tsx'
import { ReceiptView } from './ReceiptView.tsx'
import { attemptLine, outcomeWords } from './receipt-words.ts'
import { Waiting } from './StandingReceipt.tsx'
import { formatClock, formatDay, zoneOf } from './time-format.ts'

const RECEIPTS_MAX = 24

/** The receipts that the tape keeps of an instrument, and the way that the chosen one went. */
export function StoredReceipts({ instrumentKey }: { instrumentKey: string }) {
  const receipts = useStoredReceipts(instrumentKey, RECEIPTS_MAX)
  const [chosenId, setChosenId] = useState<number | null>(null)
  if (receipts.error) return <p className="text-xs text-alarm">{lineOf(receipts.error)}</p>
  if (!receipts.data) return <Waiting label="Reading the receipts" />
  const chosen = receipts.data.find((r) => r.batchId === chosenId) ?? receipts.data[0]
  if (!chosen) return <p className="text-xs text-muted">The tape holds no price of it yet.</p>
  return (
    <div className="@container">
      <div className="flex gap-4 @max-[560px]:flex-col @max-[560px]:gap-3">
        <ul
          aria-label="Stored receipts"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
          tabIndex={0}
          className="max-h-80 w-72 shrink-0 overflow-y-auto rounded-md border border-line text-xs @max-[560px]:max-h-44 @max-[560px]:w-full"
        >
          {receipts.data.map((stored) => (
            <Choice
              key={stored.batchId}
              stored={stored}
              isChosen={stored === chosen}
              onChoose={() => setChosenId(stored.batchId)}
            />
          ))}
        </ul>
        <div className="min-w-0 flex-1">
          <OrderUsedLine order={chosen.receipt.order} />
          <div className="pt-2">
            <ReceiptView title="As it came about" value={priceOf(chosen)} receipt={chosen.receipt} />
          </div>
        </div>
      </div>
    </div>
  )
}

const priceOf = ({ price, receipt }: StoredReceipt): string | null =>
  priceText(price, { assetClass: receipt.ref.assetClass, currency: receipt.currency ?? '' })

interface ChoiceProps {
  stored: StoredReceipt
  isChosen: boolean
  onChoose: () => void
}

function Choice({ stored, isChosen, onChoose }: ChoiceProps) {
  const { receipt } = stored
  const zone = zoneOf(receipt.ref.assetClass)
  const missed = receipt.attempts.filter((a) => a.outcome === 'failed')
  return (
    <li className="border-b border-line last:border-0">
      <button
        type="button"
        aria-pressed={isChosen}
        onClick={onChoose}
        className={clsx(
          'flex w-full flex-col px-2.5 py-1.5 text-left outline-offset-[-2px]',
          isChosen ? 'bg-active' : 'hover:bg-hover',
        )}
      >
        <span className="flex items-baseline gap-2 tabular-nums">
          <span className="text-muted">
            {receipt.ts === null ? '' : `${formatDay(receipt.ts, zone)} ${formatClock(receipt.ts, zone)}`}
          </span>
          <span className="ml-auto font-medium">{priceOf(stored)}</span>
        </span>
        <span className="flex min-w-0 gap-1.5">
          <span className="font-medium">{receipt.source ?? 'nobody'}</span>
          {receipt.feed && receipt.feed !== receipt.source && (
            <span className="text-muted">{receipt.feed}</span>
          )}
          {missed[0] && (
            <span className="truncate text-alarm">
              {missed[0].source}: {attemptLine(missed[0]) ?? outcomeWords(missed[0])}
            </span>
          )}
        </span>
      </button>
    </li>
  )
}
