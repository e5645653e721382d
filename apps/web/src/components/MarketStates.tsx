import clsx from 'clsx'
import { formatCount } from './number-format.ts'
import { QUOTE_STATES, type QuoteState, type StateCounts } from './quote-freshness.ts'

interface Props {
  counts: StateCounts
  chosen: QuoteState | undefined
  onChoose: (state: QuoteState | undefined) => void
}

const LOOKS: Record<QuoteState, { fill: string; says: string }> = {
  live: { fill: 'bg-up-fill', says: 'in session, and heard of within two of its tier’s cadences' },
  delayed: { fill: 'bg-warn-fill', says: 'in session, from a feed that runs behind the venue' },
  stale: { fill: 'bg-down-fill', says: 'in session, and not heard of for two of its tier’s cadences' },
  closed: { fill: 'bg-line-strong', says: 'its venue is outside its regular session: nothing is owed' },
}

/** How many quotes are live, delayed, stale or of a closed venue. Each shows its rows when pressed. */
export function MarketStates({ counts, chosen, onChoose }: Props) {
  const all = Math.max(
    1,
    QUOTE_STATES.reduce((sum, state) => sum + counts[state], 0),
  )
  return (
    <fieldset className="m-0 flex flex-wrap items-center gap-x-1 gap-y-1">
      <legend className="sr-only">State of the quotes</legend>
      <span
        aria-hidden
        className="mr-1.5 flex h-2 w-24 gap-px overflow-hidden rounded-full bg-line max-sm:hidden"
      >
        {QUOTE_STATES.map((state) => (
          <span
            key={state}
            className={LOOKS[state].fill}
            style={{ width: counts[state] > 0 ? `max(2px, ${(counts[state] / all) * 100}%)` : 0 }}
          />
        ))}
      </span>
      {QUOTE_STATES.filter((state) => counts[state] > 0 || state === chosen || state === 'live').map(
        (state) => (
          <button
            key={state}
            type="button"
            aria-pressed={state === chosen}
            title={`${state}: ${LOOKS[state].says}`}
            onClick={() => onChoose(state === chosen ? undefined : state)}
            className={clsx(
              'inline-flex h-6 items-center gap-1.5 rounded-md px-1.5 text-xs whitespace-nowrap tabular-nums max-sm:h-8',
              state === chosen
                ? 'bg-active text-ink ring-1 ring-line-strong'
                : 'text-muted hover:bg-hover hover:text-ink',
            )}
          >
            <span aria-hidden className={clsx('size-2 rounded-full', LOOKS[state].fill)} />
            <span
              className={clsx(
                'font-medium',
                state === 'stale' && counts.stale > 0 ? 'text-alarm' : 'text-ink',
              )}
            >
              {formatCount(counts[state])}
            </span>
            {state}
          </button>
        ),
      )}
    </fieldset>
  )
}
