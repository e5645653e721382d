interface Column {
  id: string | number
  /** 0 to 1; null where there is nothing to show. */
  share: number | null
  tone?: 'plain' | 'quiet' | 'good' | 'warn' | 'alarm'
  title: string
}

const FILLS = {
  plain: 'bg-accent',
  quiet: 'bg-line-strong',
  good: 'bg-up-fill',
  warn: 'bg-warn-fill',
  alarm: 'bg-down-fill',
} as const

interface Props {
  /** What they show together: read out. */
  label: string
  columns: readonly Column[]
  className?: string
}

/** Small columns side by side, each as high as its share. */
export function Columns({ label, columns, className }: Props) {
  return (
    <span role="img" aria-label={label} className={`flex items-end gap-px ${className ?? ''}`}>
      {columns.map(({ id, share, tone = 'plain', title }) => (
        <span
          key={id}
          title={title}
          className="relative h-full max-w-5 min-w-px flex-1 rounded-[1px] bg-line"
        >
          {share !== null && (
            <span
              className={`absolute inset-x-0 bottom-0 rounded-[1px] ${FILLS[tone]}`}
              style={{ height: `max(2px, ${share * 100}%)` }}
            />
          )}
        </span>
      ))}
    </span>
  )
}
