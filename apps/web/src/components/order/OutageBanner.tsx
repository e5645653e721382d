import { PowerOff } from 'lucide-react'
import { useEndOutage } from '../../api/mine.ts'
import { lineOf } from '../../api/trpc.ts'
import { Button } from '../../ui/Button.tsx'
import { useWallNow } from '../market-clock.ts'
import { formatSpanExact } from '../time-format.ts'
import { useActiveOutages } from './use-known-sources.ts'

/** On every page while a source is switched off for this person: what they see then is not what others see. */
export function OutageBanner() {
  const outages = useActiveOutages()
  const now = useWallNow()
  const end = useEndOutage()
  return (
    <section aria-label="Simulated outages" className="shrink-0 empty:hidden">
      {outages.length > 0 && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-warn-line bg-warn-wash px-3 py-1 text-warn">
          {outages.map(({ source, until }) => (
            <span key={source} className="inline-flex min-w-0 items-center gap-2">
              <PowerOff size={14} aria-hidden className="shrink-0" />
              <span className="tabular-nums">
                <strong className="font-semibold">{source} is off for you only</strong>
                {now !== null && `, for ${formatSpanExact(until - now)} more`}
              </span>
              <Button
                onClick={() => end.mutate({ source })}
                disabled={end.isPending}
                className="h-6! max-sm:h-8!"
              >
                End now<span className="sr-only">, the outage of {source}</span>
              </Button>
            </span>
          ))}
          {end.error && <span className="text-alarm">{lineOf(end.error)}</span>}
        </div>
      )}
    </section>
  )
}
