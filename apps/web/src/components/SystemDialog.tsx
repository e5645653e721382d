import type { Health } from '@onetape/api/router'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Chip, type ChipTone } from '../ui/Chip.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { formatCount, UNKNOWN } from './number-format.ts'
import { formatClock, formatSpan, NEW_YORK } from './time-format.ts'

/** What the operator asks first: is it alive, which tiers are late, which vendors answer. */
export function SystemDialog({ health, onClose }: { health: Health; onClose: () => void }) {
  const { daemon, database, tape } = health
  return (
    <Dialog label="System" onClose={onClose} className="flex w-[min(46rem,calc(100vw-1.5rem))] flex-col">
      <div className="flex items-center justify-between border-b border-line px-4 py-2.5">
        <h2 className="text-[15px] font-semibold">System</h2>
        <IconButton label="Close" onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it. */}
      <section tabIndex={0} aria-label="System details" className="overflow-y-auto p-4 text-xs">
        <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1 pb-4">
          <Fact name="Daemon">
            {daemon.alive ? 'alive' : 'silent'}
            {daemon.beatAgeMs !== null &&
              `, last beat ${formatSpan(daemon.beatAgeMs * 1_000)} before this report`}
            {daemon.startedAt !== null && `, up for ${formatSpan(health.wallNow - daemon.startedAt)}`}
            {typeof daemon.detail?.busyWith === 'string' && `, busy with ${daemon.detail.busyWith}`}
          </Fact>
          <Fact name="Database">{database.ok ? `PostgreSQL ${database.version}` : 'does not answer'}</Fact>
          <Fact name="Tape">
            {formatCount(tape.quoted)} of {formatCount(tape.instruments)} instruments quoted, batch{' '}
            {formatCount(tape.batchId)}
            {tape.lastBatchAt !== null && ` at ${formatClock(tape.lastBatchAt, NEW_YORK)}`}
          </Fact>
          <Fact name="Environment">
            {health.mode}, {health.environmentId}
          </Fact>
        </dl>
        <Heading>Tiers</Heading>
        <table className="w-full text-left">
          <thead className="text-muted">
            <tr>
              {['Tier', 'Every', 'Members', 'Last sync', 'Next', 'Status'].map((name) => (
                <th key={name} className="py-1 pr-3 font-medium">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {health.tiers.map((tier) => (
              <tr key={tier.name} className="border-t border-line">
                <td className="py-1 pr-3 font-medium">{tier.name}</td>
                <td className="pr-3">{formatSpan(tier.frequencyS * 1e6)}</td>
                <td className="pr-3">{formatCount(tier.members)}</td>
                <td className="pr-3">
                  {tier.lastSync === null ? UNKNOWN : formatClock(tier.lastSync, NEW_YORK)}
                </td>
                <td className="pr-3">
                  {tier.nextSync === null ? UNKNOWN : formatClock(tier.nextSync, NEW_YORK)}
                </td>
                <td>
                  {tier.status ?? UNKNOWN}
                  {tier.secondsBehind ? `, ${formatSpan(tier.secondsBehind * 1e6)} behind` : ''}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <Heading>Sources</Heading>
        {health.sources.length === 0 && <p className="text-muted">None has been asked yet.</p>}
        <ul className="flex flex-col gap-1.5">
          {health.sources.map((source) => (
            <li key={source.name} className="flex items-center gap-2">
              <span className="w-20 font-medium">{source.name}</span>
              <Chip tone={SOURCE_TONES[source.status]}>{source.status}</Chip>
              <span className="text-muted">{source.message}</span>
            </li>
          ))}
        </ul>
      </section>
    </Dialog>
  )
}

const SOURCE_TONES: Record<Health['sources'][number]['status'], ChipTone> = {
  ok: 'plain',
  unconfigured: 'plain',
  failing: 'warn',
  unreachable: 'alarm',
}

const Heading = ({ children }: { children: ReactNode }) => (
  <h3 className="pt-4 pb-1.5 text-[13px] font-semibold">{children}</h3>
)

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-muted">{name}</dt>
    <dd>{children}</dd>
  </>
)
