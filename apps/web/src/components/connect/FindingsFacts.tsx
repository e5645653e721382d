import type { ProbeFindings } from '@onetape/api/router'
import type { ReactNode } from 'react'
import { formatCount } from '../number-format.ts'
import { formatWallDay } from '../time-format.ts'
import { limitWords } from './findings-words.ts'

/** What a probe found about the credential as a whole. */
export function FindingsFacts({ findings }: { findings: ProbeFindings }) {
  const { tierLabel, limits, symbols, expiresAt } = findings
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-1.5 text-xs">
      <Fact name="Plan">{tierLabel}</Fact>
      {limits.length > 0 && (
        <Fact name={limits.length === 1 ? 'Limit' : 'Limits'}>{limits.map(limitWords).join(' · ')}</Fact>
      )}
      {symbols !== null && <Fact name="Symbols">{formatCount(symbols)}</Fact>}
      {expiresAt !== null && <Fact name="Sign-in lasts until">{formatWallDay(expiresAt)}</Fact>}
    </dl>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="text-[11px] text-muted">{name}</dt>
    <dd className="font-medium tabular-nums">{children}</dd>
  </div>
)
