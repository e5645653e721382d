import { useHealth } from '../api/tape.ts'

/** Simulated or real: said on every page, so that nobody trades on the wrong one. */
export function ModeBadge() {
  const mode = useHealth()?.mode
  return mode ? <ModeMark mode={mode} /> : <span className="skeleton h-5.5 w-14" />
}

export function ModeMark({ mode }: { mode: 'demo' | 'live' }) {
  if (mode === 'demo') {
    return (
      <strong
        title="Simulated market: every price on this page is generated"
        className="inline-flex h-5.5 items-center rounded bg-demo px-2 text-xs font-bold tracking-[0.08em] text-on-demo"
      >
        DEMO
      </strong>
    )
  }
  return (
    <strong
      title="Real prices from real vendors"
      className="inline-flex h-5.5 items-center gap-1.5 rounded border border-up px-2 text-xs font-bold tracking-[0.08em] text-up"
    >
      LIVE
    </strong>
  )
}
