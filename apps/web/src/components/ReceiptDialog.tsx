// One answer's receipt, and beside it that of the same question asked of the sources now.
import { parseInstrumentKey } from '@onetape/market'
import { useMutation } from '@tanstack/react-query'
import clsx from 'clsx'
import { Send, X } from 'lucide-react'
import { lineOf } from '../api/trpc.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { askNow } from './ask-now.ts'
import { ReceiptView } from './ReceiptView.tsx'
import { closeReceipt, type ReceiptSubject, useOpenReceipt } from './receipt-desk.ts'
import { StandingReceipt, Waiting } from './StandingReceipt.tsx'

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
  route: 'your route',
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
          <StandingReceipt subject={subject} />
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
