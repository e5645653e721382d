import { CLASS_LABELS, ordinal, type Rank } from './source-matrix.ts'

/** Place in the house's order: `1st`, and for which asset classes where it is one of all. */
export function RankMark({ rank, withClasses }: { rank: Rank | null; withClasses: boolean }) {
  if (!rank) {
    return (
      <span title="The house's order does not name it" className="text-muted">
        –
      </span>
    )
  }
  const classes = rank.classes.map((c) => CLASS_LABELS[c].toLowerCase())
  return (
    <span
      title={`Asked ${ordinal(rank.place)} for ${classes.join(', ')}`}
      className="flex flex-col leading-[1.25]"
    >
      <span className={rank.place === 1 ? 'font-semibold' : undefined}>{ordinal(rank.place)}</span>
      {withClasses && <span className="max-w-28 truncate text-[11px] text-muted">{classes.join(', ')}</span>}
    </span>
  )
}
