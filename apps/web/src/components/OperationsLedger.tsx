import type { LedgerOperations } from '@onetape/api/router'
import { Meter } from '../ui/Meter.tsx'
import { NothingHere, Section } from '../ui/Section.tsx'
import { formatCount } from './number-format.ts'
import { followerText, followerTone } from './operations-words.ts'

/** As many batches as the track is long. */
const TRACK = 50

/** The end of the ledger, and how far each of those who follow it has come. */
export function OperationsLedger({ ledger }: { ledger: LedgerOperations }) {
  const summary = ledger.batchId === 0 ? undefined : `ends at batch ${formatCount(ledger.batchId)}`
  return (
    <Section title="Ledger" summary={summary}>
      {ledger.batchId === 0 ? (
        <NothingHere title="No batch has been written yet.">The first sweep writes the first.</NothingHere>
      ) : (
        <>
          <ul className="flex flex-col gap-2.5">
            {ledger.followers.map((follower) => (
              <li key={follower.name} className="grid grid-cols-[7rem_1fr_auto] items-center gap-3">
                <span className="font-medium">{follower.name}</span>
                <Meter
                  label={`Progress of ${follower.name}`}
                  share={Math.max(0, 1 - follower.behind / TRACK)}
                  text={followerText(follower)}
                  tone={followerTone(follower)}
                />
                <span className="min-w-24 text-right tabular-nums">{followerText(follower)}</span>
              </li>
            ))}
          </ul>
          <p className="pt-2 text-[11px] text-muted">
            The right end is the end of the ledger; the track is {TRACK} batches long.
          </p>
        </>
      )}
    </Section>
  )
}
