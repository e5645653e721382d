import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { useMe } from '../api/account.ts'
import { ThemeToggle } from '../ui/ThemeToggle.tsx'
import { ModeMark } from './ModeBadge.tsx'

interface Props {
  title: string
  lead: ReactNode
  children: ReactNode
  /** Under the card: the other ways. */
  footer?: ReactNode
}

const PROMISES = [
  ['Your sources', 'Connect what you pay for. Keys are encrypted, and never shown again.'],
  ['Your order', 'Say who is asked first, for each kind of data and each asset class.'],
  ['Proof of each price', 'Every number has a receipt: who answered, who was passed over, and why.'],
] as const

/** The pages at the door: nothing of the market, which is for those who are in. */
export function DoorFrame({ title, lead, children, footer }: Props) {
  const mode = useMe()?.mode
  useEffect(() => {
    document.title = `${title} · OneTape`
  }, [title])
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto bg-page">
      {mode === 'demo' && <div aria-hidden className="h-[3px] shrink-0 bg-demo" />}
      <header className="flex h-11 shrink-0 items-center gap-3 px-4">
        <Link
          to="/"
          className="flex items-center gap-2 rounded font-semibold"
          aria-label="OneTape, to the market"
        >
          <img src="/favicon.svg" alt="" width={22} height={22} />
          <span className="text-[15px] tracking-[-0.01em]">OneTape</span>
        </Link>
        {mode && <ModeMark mode={mode} />}
        <div className="ml-auto">
          <ThemeToggle />
        </div>
      </header>
      <main className="mx-auto grid w-full max-w-[58rem] flex-1 content-center gap-x-16 gap-y-8 px-4 py-8 md:grid-cols-[minmax(0,1fr)_24rem] md:items-center">
        <section className="order-2 md:order-1" aria-label="What OneTape does">
          <p className="text-xl font-semibold tracking-[-0.02em] max-md:sr-only md:text-2xl">
            One tape. Your sources, your order.
          </p>
          <dl className="flex flex-col gap-4 pt-6 max-md:hidden">
            {PROMISES.map(([name, words], index) => (
              <div key={name} className="grid grid-cols-[1.75rem_1fr] gap-x-3">
                <dt className="contents">
                  <span
                    aria-hidden
                    className="row-span-2 flex size-7 items-center justify-center rounded-full border border-line-strong text-xs font-semibold text-muted tabular-nums"
                  >
                    {index + 1}
                  </span>
                  <span className="font-semibold">{name}</span>
                </dt>
                <dd className="text-muted">{words}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section
          aria-label={title}
          className="order-1 w-full rounded-xl border border-line bg-surface p-6 shadow-sm max-sm:p-4 md:order-2"
        >
          <h1 className="text-lg font-semibold tracking-[-0.01em]">{title}</h1>
          <div className="pt-1 pb-5 text-[13px] text-muted">{lead}</div>
          {children}
          {footer && <div className="mt-5 border-t border-line pt-4 text-[13px] text-muted">{footer}</div>}
        </section>
      </main>
    </div>
  )
}

export const DOOR_LINK = 'rounded font-medium text-accent underline underline-offset-2'
