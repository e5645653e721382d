import type { QuoteRow } from '@onetape/api/router'
import { useState } from 'react'
import { useMySources, useOrders, usePins } from '../../api/mine.ts'
import { useHealth } from '../../api/tape.ts'
import { Button } from '../../ui/Button.tsx'
import { priceText } from '../ask-now.ts'
import { AnswerSourceChip } from '../SourceChip.tsx'
import { lastOf, useYourRoute } from './your-route.ts'

/** Beside the tape's price what one's own order, pin or source answers, where there is any. */
export function RouteBeside({ quote }: { quote: QuoteRow }) {
  const hasOrder = useOrders().data?.rows.some((row) => row.order !== null && row.kind === 'quotes')
  const hasPin = usePins().data?.some((pin) => pin.key === quote.key && pin.kind === 'quotes')
  const hasSource = (useMySources().data ?? []).length > 0
  if (!hasOrder && !hasPin && !hasSource) return null
  return <Beside quote={quote} />
}

function Beside({ quote }: { quote: QuoteRow }) {
  const isDemo = useHealth()?.mode === 'demo'
  const [wish, setWish] = useState<boolean | null>(null)
  const isOn = wish ?? isDemo
  const answer = useYourRoute([quote.key], isOn)
  const row = answer.data?.rows[0]
  const last = row ? lastOf(row) : null
  return (
    <>
      <dt className="text-muted">Your route</dt>
      <dd className="flex min-w-0 flex-wrap items-center justify-end gap-x-2 gap-y-1 tabular-nums">
        {!isOn ? (
          <Button onClick={() => setWish(true)} title="Spends a call every 2 seconds" className="h-6!">
            Watch
          </Button>
        ) : row ? (
          <>
            <strong className="font-semibold">
              {priceText(last, { ...quote, currency: '' }) ?? 'no answer'}
            </strong>
            <AnswerSourceChip
              answer={row.receipt}
              subject={{ what: 'route', key: row.key, receipt: row.receipt, value: last }}
            />
          </>
        ) : answer.error ? (
          <span className="text-muted">not to be had now</span>
        ) : (
          <span className="skeleton h-3 w-24" />
        )}
      </dd>
    </>
  )
}
