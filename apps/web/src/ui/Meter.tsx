import clsx from 'clsx'

interface Props {
  label: string
  /** 0 to 1. */
  share: number
  /** What the share is of, in words: read out, and shown on hover. */
  text: string
  tone?: 'plain' | 'warn' | 'alarm'
  /** Thin lines across it, 0 to 1. */
  marks?: readonly number[]
  className?: string
}

const FILLS = { plain: 'bg-accent', warn: 'bg-warn-fill', alarm: 'bg-down-fill' } as const

/** A thin bar that is full by a share. */
export function Meter({ label, share, text, tone = 'plain', marks = [], className }: Props) {
  const percent = Math.round(share * 1_000) / 10
  return (
    // biome-ignore lint/a11y/useSemanticElements: a native meter cannot be drawn this thin, nor marked.
    <span
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={text}
      title={text}
      className={clsx('relative block h-1.5 overflow-hidden rounded-full bg-line', className)}
    >
      <span
        className={clsx('absolute inset-y-0 left-0 rounded-full', FILLS[tone])}
        style={{ width: share > 0 ? `max(3px, ${percent}%)` : 0 }}
      />
      {marks.map((mark) => (
        <span
          key={mark}
          aria-hidden
          className="absolute inset-y-0 w-px bg-line-strong"
          style={{ left: `${mark * 100}%` }}
        />
      ))}
    </span>
  )
}
