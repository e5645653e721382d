import type { ClassCadence, MissedRun, TierOperations } from '@onetape/api/router'
import { Columns } from '../ui/Columns.tsx'
import { Meter } from '../ui/Meter.tsx'
import { NothingHere, Section } from '../ui/Section.tsx'
import { useAtMarketTime } from './market-clock.ts'
import { formatCount, UNKNOWN } from './number-format.ts'
import {
  cadenceReading,
  formatSeconds,
  lastHours,
  missedWhy,
  servedShare,
  servedTone,
  spanText,
} from './operations-words.ts'
import { formatMinute, formatSpan, NEW_YORK } from './time-format.ts'

const HEADS = ['Tier', 'Instruments', 'Cadence', 'Slots by hour', 'Missed', 'On the tape after', 'Next']

interface Props {
  tiers: TierOperations[]
  missed: MissedRun[]
  /** Market time of the report. */
  now: number
}

/** How often each tier is wanted and how often it really was swept, over the last day of market time. */
export function OperationsTiers({ tiers, missed, now }: Props) {
  const rows = tiers.flatMap((tier) => tier.classes.map((cadence) => ({ tier, cadence })))
  const empty = tiers.filter((tier) => tier.classes.length === 0)
  return (
    <Section title="Tiers" summary="wanted and achieved over the last 24 hours of market time">
      {rows.length === 0 ? (
        <NothingHere title="No tier has members yet.">
          Import them with <code className="font-mono text-ink">onetape universe import</code>.
        </NothingHere>
      ) : (
        <table className="w-full text-left max-md:block">
          <thead className="text-muted max-md:sr-only">
            <tr>
              {HEADS.map((head) => (
                <th key={head} scope="col" className="pr-4 pb-1.5 text-[11px] font-medium last:pr-0">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="max-md:block">
            {rows.map(({ tier, cadence }) => (
              <TierRow key={`${tier.name} ${cadence.assetClass}`} tier={tier} cadence={cadence} now={now} />
            ))}
          </tbody>
        </table>
      )}
      {rows.length > 0 && empty.length > 0 && (
        <p className="pt-2 text-muted">Without members: {empty.map((tier) => tier.name).join(', ')}.</p>
      )}
      <MissedRuns runs={missed} />
    </Section>
  )
}

const CELL = 'py-2 pr-4 align-middle last:pr-0 max-md:block max-md:p-0'

function TierRow({ tier, cadence, now }: { tier: TierOperations; cadence: ClassCadence; now: number }) {
  const share = servedShare(cadence)
  return (
    <tr className="border-t border-line max-md:grid max-md:grid-cols-2 max-md:gap-x-4 max-md:gap-y-1.5 max-md:py-2.5">
      <th scope="row" className={`${CELL} font-normal`}>
        <span className="font-medium">{tier.name}</span>{' '}
        <span className="text-muted">{cadence.assetClass}</span>
        {!tier.enabled && <span className="text-warn"> off</span>}
      </th>
      <td className={`${CELL} tabular-nums max-md:text-right`}>
        {formatCount(cadence.members)}
        <span className="text-muted md:hidden"> instruments</span>
      </td>
      <td className={CELL}>
        <CadenceMeter tier={tier} cadence={cadence} />
      </td>
      <td className={CELL}>
        <Hours cadence={cadence} now={now} />
      </td>
      <td className={`${CELL} tabular-nums`}>
        <span className={{ plain: '', warn: 'text-warn', alarm: 'text-alarm' }[servedTone(share)]}>
          {cadence.due === 0 ? UNKNOWN : `${formatCount(cadence.missed)} of ${formatCount(cadence.due)}`}
        </span>
        <span className="text-muted md:hidden"> missed</span>
        {cadence.partial > 0 && <span className="text-muted">, {formatCount(cadence.partial)} in part</span>}
      </td>
      <td className={`${CELL} tabular-nums max-md:hidden`}>
        {cadence.lateMedianMs === null ? UNKNOWN : formatSeconds(cadence.lateMedianMs)}
      </td>
      <td className={`${CELL} tabular-nums max-md:text-right`}>
        <NextSweep at={tier.nextSync} />
      </td>
    </tr>
  )
}

/** What was wanted is the line in the middle: a bar that passes it is a tier that lags. */
function CadenceMeter({ tier, cadence }: { tier: TierOperations; cadence: ClassCadence }) {
  const reading = cadenceReading(tier.frequencyS, cadence)
  return (
    <span className="flex items-center gap-2.5 whitespace-nowrap tabular-nums">
      <Meter
        label={`Cadence of ${tier.name}, ${cadence.assetClass}`}
        share={reading?.share ?? 0}
        text={reading?.text ?? `wanted every ${formatSpan(tier.frequencyS * 1e6)}; not swept twice yet`}
        tone={reading?.tone ?? 'plain'}
        marks={[0.5]}
        className="w-28 max-md:flex-1"
      />
      <span>
        {cadence.intervalMedianMs === null ? UNKNOWN : formatSeconds(cadence.intervalMedianMs)}{' '}
        <span className="text-muted">of {formatSpan(tier.frequencyS * 1e6)}</span>
      </span>
    </span>
  )
}

function Hours({ cadence, now }: { cadence: ClassCadence; now: number }) {
  const { hours } = cadence
  if (hours.length === 0) return <span className="text-muted">no slot was due</span>
  const whole = hours.filter((hour) => hour.served === hour.due).length
  const byHour = new Map(hours.map((hour) => [hour.at, hour]))
  return (
    <Columns
      label={`${whole} of ${hours.length} hours with every slot served`}
      className="h-5 w-56 max-xl:w-40 max-md:w-full"
      columns={lastHours(now).map((at) => {
        const hour = byHour.get(at) ?? { due: 0, served: 0 }
        const share = servedShare(hour)
        const tone = servedTone(share)
        const said = share === null ? 'nothing was due' : `${hour.served} of ${hour.due} slots served`
        return {
          id: at,
          share,
          tone: tone === 'plain' ? 'good' : tone,
          title: `${formatMinute(at, NEW_YORK)} New York: ${said}`,
        }
      })}
    />
  )
}

function NextSweep({ at }: { at: number | null }) {
  const text = useAtMarketTime((now) =>
    at === null ? null : at > now ? `in ${formatSpan(at - now)}` : at > now - 5e6 ? 'now' : 'overdue',
  )
  return <>{text ?? UNKNOWN}</>
}

function MissedRuns({ runs }: { runs: MissedRun[] }) {
  if (runs.length === 0) return null
  return (
    <details className="border-t border-line pt-2.5 pb-0.5">
      <summary className="cursor-pointer font-medium">
        {runs.length === 1 ? 'One run of slots was missed' : `${runs.length} runs of slots were missed`}
      </summary>
      <ul className="flex flex-col gap-1 pt-2">
        {runs.map((run) => (
          <li key={`${run.tier} ${run.assetClass} ${run.fromAt}`} className="flex flex-wrap gap-x-3">
            <span className="w-40 font-medium">
              {run.tier} <span className="font-normal text-muted">{run.assetClass}</span>
            </span>
            <span className="w-64 tabular-nums">{spanText(run.fromAt, run.toAt + run.frequencyS * 1e6)}</span>
            <span className="w-20 text-right tabular-nums">{formatCount(run.slots)} slots</span>
            <span className="text-muted">{missedWhy(run.reason)}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
