import type { Decision } from '@onetape/api/router'
import clsx from 'clsx'
import { ListOrdered, Pin, Warehouse } from 'lucide-react'
import { AskedAgain, RouteStep, type StepMark } from './RouteStep.tsx'
import { BASIS_WORDS, type OrderUsed, withoutName } from './receipt-words.ts'

type Explained = Decision['sources'][number]

/** A question's way from the order that is followed down to the tape: who is asked, and why each other one is not. */
export function DecisionList({ decision }: { decision: Decision }) {
  const { sources, serves, notInOrder } = decision
  return (
    <div className="flex flex-col gap-2 text-xs">
      <OrderUsedLine order={decision.order} pin={decision.pin} />
      <ol aria-label="Sources in the order of asking" className="flex flex-col">
        {sources.map((source, index) => (
          <RouteStep
            key={source.source}
            mark={MARKS[source.verdict]}
            isLast={index === sources.length - 1 && serves !== 'tape'}
          >
            <Line source={source} />
            <AskedAgain at={source.retryAt} />
          </RouteStep>
        ))}
        {serves === 'tape' && (
          <RouteStep mark="served" isLast>
            <strong className="font-semibold">the tape</strong> answers with what it holds, and says its age
          </RouteStep>
        )}
      </ol>
      {notInOrder.length > 0 && <p className="text-muted">Not in the order: {notInOrder.join(', ')}</p>}
    </div>
  )
}

const ROOTS: Record<OrderUsed, { Icon: typeof Pin; words: string }> = {
  pin: { Icon: Pin, words: 'Pinned' },
  user: { Icon: ListOrdered, words: 'Your order' },
  house: { Icon: Warehouse, words: 'House order' },
}

/** The root of the tree: whose order was followed. */
export function OrderUsedLine({ order, pin = null }: { order: OrderUsed; pin?: string | null }) {
  const { Icon, words } = ROOTS[order]
  return (
    <p className="inline-flex items-center gap-1.5 self-start rounded-full border border-line-strong bg-sunken py-0.5 pr-2.5 pl-1.5 text-[11px]">
      <Icon size={12} aria-hidden className="shrink-0 text-muted" />
      <span>
        <strong className="font-semibold">{words}</strong>{' '}
        {order === 'pin' ? `${pin === null ? '' : `to ${pin}, `}then the order` : 'is followed'}
      </span>
    </p>
  )
}

const MARKS: Record<Explained['verdict'], StepMark> = {
  serves: 'served',
  stands_in: 'standsIn',
  skipped: 'skipped',
}

const VERDICTS: Record<Explained['verdict'], string> = {
  serves: 'serves',
  stands_in: 'stands in',
  skipped: 'skipped',
}

function Line({ source }: { source: Explained }) {
  const { verdict } = source
  const isSkipped = verdict === 'skipped'
  return (
    <p className={clsx('flex min-w-0 flex-wrap gap-x-2', isSkipped && 'text-muted')}>
      <span className={clsx('min-w-18 shrink-0', isSkipped ? 'font-medium' : 'font-semibold')}>
        {source.source}
      </span>
      <span className="w-15 shrink-0">{VERDICTS[verdict]}</span>
      <span className="min-w-0 flex-1 basis-44 text-muted">
        {isSkipped ? withoutName(source.source, source.message) : accessWords(source)}
      </span>
    </p>
  )
}

function accessWords({ feed, delayedMinutes, basis, message }: Explained): string {
  const facts = [
    feed && `feed ${feed}`,
    delayedMinutes ? `${delayedMinutes} minutes late` : 'live',
    basis && `${BASIS_WORDS[basis]}`,
  ]
  // After a semicolon the router says what is special: one call will see whether it is back.
  const special = message.indexOf(';')
  return facts.filter(Boolean).join(', ') + (special < 0 ? '' : message.slice(special))
}
