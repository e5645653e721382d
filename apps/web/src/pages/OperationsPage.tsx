import type { OperationsReport } from '@onetape/api/router'
import { CircleAlert, LockKeyhole } from 'lucide-react'
import { useEffect } from 'react'
import { useOperations } from '../api/operations.ts'
import { isOld } from '../api/sources.ts'
import { errorCodeOf, lineOf } from '../api/trpc.ts'
import { OperationsCalls } from '../components/OperationsCalls.tsx'
import { OperationsDaemons } from '../components/OperationsDaemons.tsx'
import { OperationsGaps } from '../components/OperationsGaps.tsx'
import { OperationsLedger } from '../components/OperationsLedger.tsx'
import { OperationsStorage } from '../components/OperationsStorage.tsx'
import { OperationsTiers } from '../components/OperationsTiers.tsx'
import { OperationsVitals } from '../components/OperationsVitals.tsx'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { useEverySecond } from '../ui/ticker.ts'

/** Whether the tape keeps its promises: cadence, gaps, followers, daemons, storage, calls. */
export function OperationsPage() {
  const operations = useOperations()
  useEffect(() => {
    document.title = 'Operations · OneTape'
  }, [])
  return (
    <main className="flex min-h-0 flex-1 flex-col bg-page">
      <h1 className="sr-only">Operations</h1>
      {operations.data ? (
        <Known report={operations.data} answeredAtMs={operations.dataUpdatedAt} />
      ) : errorCodeOf(operations.error) === 'FORBIDDEN' ? (
        <Notice icon={<LockKeyhole size={28} aria-hidden />} title="For operators">
          How the tape runs is shown to who runs it. An operator of this OneTape can make you one, on their
          account’s page.
        </Notice>
      ) : operations.error ? (
        <Notice
          icon={<CircleAlert size={28} aria-hidden />}
          title="How the tape runs could not be read"
          action={<Button onClick={() => void operations.refetch()}>Try again</Button>}
        >
          {lineOf(operations.error)} This page goes on by itself as soon as it does.
        </Notice>
      ) : (
        <Outline />
      )}
    </main>
  )
}

function Known({ report, answeredAtMs }: { report: OperationsReport; answeredAtMs: number }) {
  const isHeld = useEverySecond((nowMs) => isOld(answeredAtMs, nowMs))
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
      tabIndex={0}
      aria-label="How the tape runs"
      className="min-h-0 flex-1 overflow-y-auto p-3 outline-offset-[-2px]"
    >
      <div className="mx-auto flex max-w-400 flex-col gap-3">
        <p role="status" className="font-semibold text-warn empty:hidden">
          {isHeld &&
            `The API does not answer. As of ${new Date(answeredAtMs).toLocaleTimeString('en-GB')} by your clock.`}
        </p>
        <OperationsVitals report={report} />
        <OperationsTiers tiers={report.tiers} missed={report.missed} now={report.marketNow} />
        <div className="grid grid-cols-2 items-start gap-3 max-lg:grid-cols-1">
          <div className="flex min-w-0 flex-col gap-3">
            <OperationsGaps gaps={report.gaps} />
            <OperationsLedger ledger={report.ledger} />
            <OperationsStorage tables={report.tables} />
          </div>
          <div className="flex min-w-0 flex-col gap-3">
            <OperationsDaemons daemons={report.daemons} wallNow={report.wallNow} />
            <OperationsCalls calls={report.calls} />
          </div>
        </div>
      </div>
    </section>
  )
}

const Outline = () => (
  <div
    role="status"
    aria-label="Loading how the tape runs"
    className="flex flex-col gap-3 overflow-hidden p-3"
  >
    {['h-20', 'h-64', 'h-44', 'h-44'].map((height, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: blocks without identity.
      <div key={index} className={`${height} rounded-lg border border-line bg-surface p-4`}>
        <span className="skeleton block h-4 w-40" />
        <span className="skeleton mt-4 block h-3 w-full max-w-200" />
      </div>
    ))}
  </div>
)
