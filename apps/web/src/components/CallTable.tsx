import type { SourceReport } from '@onetape/api/router'
import { CallAge, CallOutcome } from './LastCall.tsx'
import { formatLatency, pathOf } from './source-health.ts'

/** The newest requests that went out, newest first, by whichever process. */
export function CallTable({ calls }: { calls: SourceReport['lastCalls'] }) {
  if (calls.length === 0) return <p className="text-muted">None yet.</p>
  return (
    <table className="w-full table-fixed text-left text-[11px]">
      <colgroup>
        <col className="w-9" />
        <col className="w-13" />
        <col />
        <col className="w-20" />
        <col className="w-13" />
      </colgroup>
      <thead className="text-muted">
        <tr>
          <th className="pb-1 font-medium">Ago</th>
          <th className="pb-1 font-medium">For</th>
          <th className="pb-1 font-medium">Asked</th>
          <th className="pb-1 font-medium">Outcome</th>
          <th className="pb-1 text-right font-medium">Took</th>
        </tr>
      </thead>
      <tbody>
        {calls.map((call, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: several calls may have gone out in one microsecond.
          <tr key={`${call.at} ${index}`} className="border-t border-line align-baseline">
            <td className="py-1 text-muted">
              <CallAge at={call.at} />
            </td>
            <td className="truncate text-muted">{call.priority}</td>
            <td className="pr-2">
              {/* The end of a path tells more than its beginning. */}
              <code title={call.what} dir="rtl" className="block truncate text-left font-mono">
                <bdi>{pathOf(call.what)}</bdi>
              </code>
            </td>
            <td className="truncate">
              <CallOutcome call={call} /> <span className="text-muted">{call.status}</span>
            </td>
            <td className="text-right tabular-nums">{formatLatency(call.latencyMs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
