import type { Micros } from '@onetape/market'
import clsx from 'clsx'
import { useWallNow } from '../market-clock.ts'
import { formatWallDay } from '../time-format.ts'
import { expiryView } from './expiry.ts'

const INKS = { plain: 'text-ink', warn: 'font-medium text-warn', alarm: 'font-medium text-alarm' } as const

/** Counts down to when a person has to sign in again. */
export function ExpiryCountdown({ expiresAt }: { expiresAt: Micros }) {
  const now = useWallNow()
  if (now === null) return null
  const { tone, words } = expiryView(expiresAt, now)
  return (
    <span
      role="timer"
      data-tone={tone}
      title={`Until ${formatWallDay(expiresAt)}`}
      className={clsx('tabular-nums', INKS[tone])}
    >
      {words}
    </span>
  )
}
