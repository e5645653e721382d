import type { MySource, ProblemReport } from '@onetape/api/router'
import { useProblems } from '../../api/mine.ts'
import { useAtWallTime } from '../market-clock.ts'
import { formatSpan } from '../time-format.ts'

/** What went wrong lately, each kind once, with what to do about it. */
export function ProblemList({ source }: { source: MySource }) {
  const problems = useProblems(source.id).data
  if (!problems || problems.length === 0) return null
  return (
    <ul aria-label={`Problems of ${source.label}`} className="flex flex-col gap-1.5">
      {problems.map((problem) => (
        <Problem key={problem.kind} problem={problem} />
      ))}
    </ul>
  )
}

function Problem({ problem }: { problem: ProblemReport }) {
  const age = useAtWallTime((now) => formatSpan(now - problem.lastAt))
  return (
    <li className="rounded-md border border-line bg-sunken px-2.5 py-1.5">
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="min-w-0 flex-1 font-medium break-words">{problem.words}</span>
        <span className="text-[11px] whitespace-nowrap text-muted tabular-nums">
          {problem.count === 1 ? 'once' : `${problem.count} times`}
          {age !== null && `, ${age} ago`}
        </span>
      </p>
      <p className="break-words text-muted">{problem.fix}</p>
    </li>
  )
}
