import type { CallsOperations } from '@onetape/api/router'
import { Meter } from '../ui/Meter.tsx'
import { NothingHere, Section } from '../ui/Section.tsx'
import { formatCount } from './number-format.ts'

/** What the tiers cost in calls on a trading day, and what really went out. */
export function OperationsCalls({ calls }: { calls: CallsOperations }) {
  const { plan, lastDay } = calls
  const most = Math.max(1, ...lastDay.map((source) => source.calls))
  return (
    <Section title="Calls a day" summary={`US equities in a regular session, asked of ${plan.source}`}>
      {plan.tiers.length === 0 ? (
        <NothingHere title="The tiers hold no US equities." />
      ) : (
        <>
          <dl className="grid grid-cols-[6rem_1fr_5rem] items-center gap-x-3 gap-y-2">
            <Bar name="In bulk" calls={plan.inBulk} of={plan.oneByOne} />
            <Bar name="One by one" calls={plan.oneByOne} of={plan.oneByOne} />
          </dl>
          <table className="mt-3 w-full text-left">
            <thead className="text-[11px] text-muted">
              <tr>
                <th scope="col" className="pb-1 font-medium">
                  Tier
                </th>
                {['Symbols', 'Slots', 'One by one'].map((head) => (
                  <th key={head} scope="col" className="pb-1 text-right font-medium">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="tabular-nums">
              {plan.tiers.map((tier) => (
                <tr key={tier.tier} className="border-t border-line">
                  <th scope="row" className="py-1 font-medium">
                    {tier.tier}
                  </th>
                  {[tier.symbols, tier.slots, tier.oneByOne].map((value, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a column of the table.
                    <td key={index} className="py-1 text-right">
                      {formatCount(value)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      <h3 className="pt-4 pb-1.5 font-semibold">Sent in the last 24 hours</h3>
      {lastDay.length === 0 ? (
        <p className="text-muted">None: no source was asked.</p>
      ) : (
        <ul className="flex flex-col gap-2">
          {lastDay.map(({ source, calls: sent, failed }) => (
            <li key={source} className="grid grid-cols-[6rem_1fr_auto] items-center gap-3">
              <span className="font-medium">{source}</span>
              <Meter
                label={`Calls to ${source}`}
                share={sent / most}
                text={`${formatCount(sent)} calls, ${formatCount(failed)} failed`}
                tone={failed > sent / 10 ? 'warn' : 'plain'}
              />
              <span className="min-w-20 text-right tabular-nums">
                {formatCount(sent)}
                {failed > 0 && <span className="text-warn">, {formatCount(failed)} failed</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

const Bar = ({ name, calls, of }: { name: string; calls: number; of: number }) => (
  <>
    <dt className="font-medium">{name}</dt>
    <dd className="contents">
      <Meter
        label={`Calls ${name.toLowerCase()}`}
        share={calls / Math.max(1, of)}
        text={`${formatCount(calls)} calls`}
      />
      <span className="text-right font-medium tabular-nums">{formatCount(calls)}</span>
    </dd>
  </>
)
