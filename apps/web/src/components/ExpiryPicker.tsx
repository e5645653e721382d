import clsx from 'clsx'
import { useEffect, useRef } from 'react'
import { useMarketNow } from './market-clock.ts'
import { daysUntil } from './option-chain.ts'
import { formatDate, NEW_YORK } from './time-format.ts'

interface Props {
  expirations: readonly string[]
  value: string
  onChange: (expiry: string) => void
}

const dayMonth = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' })

/** The dates on which contracts end, and how far off they are. */
export function ExpiryPicker({ expirations, value, onChange }: Props) {
  const now = useMarketNow()
  const chosen = useRef<HTMLButtonElement>(null)
  const today = now === null ? null : new Date(`${formatDate(now, NEW_YORK)} UTC`).toISOString().slice(0, 10)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another date is another button.
  useEffect(() => {
    void chosen.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [value])
  return (
    <fieldset className="relative m-0 flex min-w-0 gap-1 overflow-x-auto pb-0.5">
      <legend className="sr-only">Expiry</legend>
      {expirations.map((expiry) => {
        const isChosen = expiry === value
        return (
          <button
            key={expiry}
            ref={isChosen ? chosen : undefined}
            type="button"
            aria-pressed={isChosen}
            onClick={() => onChange(expiry)}
            className={clsx(
              'flex shrink-0 flex-col items-start rounded-md border px-2 py-0.5 text-xs leading-tight outline-offset-[-2px] max-sm:py-1.5',
              isChosen
                ? 'border-accent bg-active text-ink'
                : 'border-line text-muted hover:bg-hover hover:text-ink',
            )}
          >
            <span className="font-medium whitespace-nowrap">
              {dayMonth.format(Date.parse(`${expiry}T00:00:00Z`))}
            </span>
            <span className="text-[11px] whitespace-nowrap text-muted">
              {today !== null && daysUntil(expiry, today) < 300
                ? `${daysUntil(expiry, today)} days`
                : expiry.slice(0, 4)}
            </span>
          </button>
        )
      })}
    </fieldset>
  )
}
