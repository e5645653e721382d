import type { DaemonOperations } from '@onetape/api/router'
import clsx from 'clsx'
import type { ReactNode } from 'react'
import { Chip } from '../ui/Chip.tsx'
import { NothingHere, Section } from '../ui/Section.tsx'
import { formatCount } from './number-format.ts'
import { formatMinute, formatSpan, NEW_YORK } from './time-format.ts'

/** Who is alive, and which of the shared work each holds. */
export function OperationsDaemons({ daemons, wallNow }: { daemons: DaemonOperations[]; wallNow: number }) {
  return (
    <Section title="Daemons" summary={daemons.length > 1 ? 'they share the slots and the work' : undefined}>
      {daemons.length === 0 ? (
        <NothingHere title="No daemon has run in the last hour.">
          Nothing brings prices. <code className="font-mono text-ink">npm start</code> runs everything.
        </NothingHere>
      ) : (
        <ul className="flex flex-col divide-y divide-line">
          {daemons.map((daemon) => (
            <Daemon key={daemon.instanceId} daemon={daemon} wallNow={wallNow} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function Daemon({ daemon, wallNow }: { daemon: DaemonOperations; wallNow: number }) {
  const { alive, lanes, leases, slots, streams, sweeping } = daemon
  return (
    <li className={clsx('py-2.5 first:pt-0 last:pb-0', !alive && 'text-muted')}>
      <div className="flex flex-wrap items-center gap-x-2.5 pb-1.5">
        <span aria-hidden className={clsx('size-2 rounded-full', alive ? 'bg-up-fill' : 'bg-down-fill')} />
        <span className="font-medium">
          {alive ? 'alive' : 'gone'}, pid {daemon.pid}
        </span>
        <span className="text-muted">
          {alive
            ? `up for ${formatSpan(wallNow - daemon.startedAt)}`
            : `last heard of ${formatSpan(daemon.beatAgeMs * 1_000)} ago`}
        </span>
        {daemon.busyWith && <Chip tone="hint">busy with {daemon.busyWith}</Chip>}
      </div>
      <dl className="grid grid-cols-[5rem_1fr] gap-x-3 gap-y-1">
        <Holds name="Sweeps" isThere={lanes.length > 0}>
          {lanes.join(', ')}
          {sweeping.length > 0 && <span className="text-muted"> (now {sweeping.join(', ')})</span>}
        </Holds>
        <Holds name="Slots" isThere={slots.length > 0}>
          <ul className="flex flex-wrap gap-x-3 gap-y-0.5">
            {slots.map((slot) => (
              <li key={`${slot.tier} ${slot.assetClass}`} className="whitespace-nowrap tabular-nums">
                {slot.tier} <span className="text-muted">{slot.assetClass}</span>{' '}
                {formatMinute(slot.slotAt, NEW_YORK)}
                {!slot.served && <span className="text-warn"> not served yet</span>}
              </li>
            ))}
          </ul>
        </Holds>
        <Holds name="Streams" isThere={streams.length > 0}>
          <ul className="flex flex-wrap gap-x-3 gap-y-0.5">
            {streams.map((stream) => (
              <li key={stream.source} className="whitespace-nowrap tabular-nums">
                {stream.source}{' '}
                <span className={stream.state === 'up' ? 'text-muted' : 'text-warn'}>{stream.state}</span>,{' '}
                {formatCount(stream.symbols)} symbols, {formatCount(stream.received)} prices
              </li>
            ))}
          </ul>
        </Holds>
        <Holds name="Also does" isThere={leases.length > 0}>
          {leases.join(', ')}
        </Holds>
      </dl>
    </li>
  )
}

const Holds = ({ name, isThere, children }: { name: string; isThere: boolean; children: ReactNode }) =>
  isThere && (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
