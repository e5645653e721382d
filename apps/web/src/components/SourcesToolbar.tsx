import { Segmented } from '../ui/Segmented.tsx'
import { CLASS_CHOICES, CLASS_LABELS, type ClassChoice } from './source-matrix.ts'

interface Props {
  assetClass: ClassChoice
  onAssetClass: (choice: ClassChoice) => void
  summary: string
  /** Browser time of the last answer, once the API has been silent for a while. */
  heldSinceMs: number | null
}

const OPTIONS = CLASS_CHOICES.map((value) => ({
  value,
  label: CLASS_LABELS[value],
  title: value === 'all' ? 'The best of all asset classes' : undefined,
}))

export function SourcesToolbar({ assetClass, onAssetClass, summary, heldSinceMs }: Props) {
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1.5 border-b border-line px-3 py-2">
      <div className="max-w-full overflow-x-auto">
        <Segmented label="Asset class" options={OPTIONS} value={assetClass} onChange={onAssetClass} />
      </div>
      <Legend />
      <p role="status" className="ml-auto text-xs text-muted max-sm:ml-0">
        {heldSinceMs === null ? (
          summary
        ) : (
          <strong className="font-semibold text-warn">
            The API does not answer. As of {new Date(heldSinceMs).toLocaleTimeString('en-GB')} by your clock.
          </strong>
        )}
      </p>
    </div>
  )
}

const Legend = () => (
  <ul aria-label="Legend" className="flex items-center gap-3 text-[11px] text-muted max-lg:hidden">
    {(
      [
        ['live', 'live'],
        ['delayed', 'delayed'],
        ['not_entitled', 'not in the plan'],
        ['none', 'none'],
      ] as const
    ).map(([state, word]) => (
      <li key={state} className="inline-flex items-center gap-1.5">
        <StateMark state={state} />
        {word}
      </li>
    ))}
  </ul>
)

/** A shape for each state, so that it reads without its colour. */
export function StateMark({ state }: { state: 'live' | 'delayed' | 'not_entitled' | 'none' }) {
  return (
    <svg viewBox="0 0 10 10" aria-hidden className="size-2.5 shrink-0">
      {state === 'live' && <circle cx="5" cy="5" r="4.5" className="fill-up-fill" />}
      {state === 'delayed' && (
        <>
          <circle cx="5" cy="5" r="4" className="fill-none stroke-warn-fill" strokeWidth="1.2" />
          <path d="M5 1a4 4 0 0 1 0 8z" className="fill-warn-fill" />
        </>
      )}
      {state === 'not_entitled' && (
        <g className="fill-none stroke-muted" strokeWidth="1.2">
          <circle cx="5" cy="5" r="4" />
          <path d="M2.2 7.8 7.8 2.2" />
        </g>
      )}
      {state === 'none' && <path d="M2.5 5h5" className="stroke-line-strong" strokeWidth="1.2" />}
    </svg>
  )
}
