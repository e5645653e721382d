import type { OutageReport } from '@onetape/api/router'
import clsx from 'clsx'
import { useState } from 'react'
import { useEndOutage, useSimulateOutage } from '../../api/mine.ts'
import { lineOf } from '../../api/trpc.ts'
import { Panel } from '../../ui/Panel.tsx'
import { useWallNow } from '../market-clock.ts'
import { formatSpanExact } from '../time-format.ts'
import type { KnownSource } from './source-standing.ts'

const MINUTES = [1, 5, 15, 60] as const

/** Switches a source off for this person alone: the rest of the team and the tape go on asking it. */
export function OutagePanel({ known }: { known: ReadonlyMap<string, KnownSource> }) {
  const [minutes, setMinutes] = useState<number>(5)
  const simulate = useSimulateOutage()
  const end = useEndOutage()
  const error = simulate.error ?? end.error
  const sources = [...known.values()].filter(({ source, outage }) => source.state === 'connected' || outage)
  return (
    <Panel title="Simulate an outage">
      <p className="pb-2 text-muted">
        Off for you only, to see who stands in. The tape and everybody else go on as they are.
      </p>
      <label className="flex items-center gap-2 pb-2">
        For
        <select
          value={minutes}
          onChange={(event) => setMinutes(Number(event.target.value))}
          className="h-6 rounded border border-line-strong bg-surface px-1 max-sm:h-9"
        >
          {MINUTES.map((m) => (
            <option key={m} value={m}>
              {m === 1 ? '1 minute' : `${m} minutes`}
            </option>
          ))}
        </select>
      </label>
      <ul aria-label="Switch sources off" className="grid grid-cols-2 gap-x-3 gap-y-1">
        {sources.map(({ source, outage }) => (
          <li key={source.name}>
            <Switch
              name={source.name}
              outage={outage}
              isBusy={simulate.isPending || end.isPending}
              onSwitch={() =>
                outage
                  ? end.mutate({ source: source.name })
                  : simulate.mutate({ source: source.name, minutes })
              }
            />
          </li>
        ))}
      </ul>
      {sources.length === 0 && <p className="text-muted">No source is connected.</p>}
      {error && (
        <p role="alert" className="pt-2 text-alarm">
          {lineOf(error)}
        </p>
      )}
    </Panel>
  )
}

interface SwitchProps {
  name: string
  outage: OutageReport | undefined
  isBusy: boolean
  onSwitch: () => void
}

function Switch({ name, outage, isBusy, onSwitch }: SwitchProps) {
  const now = useWallNow()
  const isOff = outage !== undefined
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOff}
      disabled={isBusy}
      onClick={onSwitch}
      className={clsx(
        'flex h-7 w-full items-center gap-2 rounded px-1 text-left hover:bg-hover max-sm:h-10',
        isOff && 'text-alarm',
      )}
    >
      <span
        aria-hidden
        className={clsx(
          'relative h-3.5 w-6 shrink-0 rounded-full border',
          isOff ? 'border-down-fill bg-down-fill' : 'border-line-strong bg-sunken',
        )}
      >
        <span
          className={clsx(
            'absolute top-px size-2.5 rounded-full transition-[left] motion-reduce:transition-none',
            isOff ? 'left-[11px] bg-surface' : 'left-px bg-line-strong',
          )}
        />
      </span>
      <span className="min-w-0 flex-1 truncate font-medium">
        {name}
        <span className="sr-only"> off for me only</span>
      </span>
      <span aria-hidden className="shrink-0 text-[11px] tabular-nums">
        {isOff ? (
          now === null ? (
            'off'
          ) : (
            `off ${formatSpanExact(outage.until - now)}`
          )
        ) : (
          <span className="text-muted">on</span>
        )}
      </span>
    </button>
  )
}
