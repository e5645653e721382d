import { useId } from 'react'

interface Props {
  label: string
  hint?: string
  value: string
  options: readonly { value: string; label: string }[]
  onChange: (value: string) => void
}

export function SelectField({ label, hint, value, options, onChange }: Props) {
  const id = useId()
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium">
        {label}
      </label>
      <select
        id={id}
        value={value}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.target.value)}
        className="h-8.5 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2 text-[13px] text-ink max-sm:h-11 max-sm:text-base"
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {hint && (
        <p id={`${id}-hint`} className="text-[11px] text-muted">
          {hint}
        </p>
      )}
    </div>
  )
}
