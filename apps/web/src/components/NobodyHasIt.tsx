import type { Receipt } from '@onetape/api/router'
import { CircleSlash } from 'lucide-react'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { whyNobody } from './receipt-words.ts'

interface Props {
  what: string
  receipt: Receipt
  onRetry: () => void
  onReceipt: () => void
}

/** Stands where an answer would be that no source gave: each of them, and why. */
export function NobodyHasIt({ what, receipt, onRetry, onReceipt }: Props) {
  return (
    <Notice
      icon={<CircleSlash size={28} aria-hidden />}
      title={`No source of yours has ${what}`}
      action={
        <>
          <Button onClick={onRetry}>Ask again</Button>
          <Button onClick={onReceipt} aria-haspopup="dialog">
            Receipt
          </Button>
        </>
      }
    >
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 pt-1 text-left text-xs">
        {whyNobody(receipt).map(({ source, why }) => (
          <div key={source} className="contents">
            <dt className="font-medium text-ink">{source}</dt>
            <dd className="min-w-0 break-words">{why}</dd>
          </div>
        ))}
      </dl>
    </Notice>
  )
}
