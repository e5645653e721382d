import clsx from 'clsx'
import type { KeyboardEvent } from 'react'

interface Props<T extends string> {
  label: string
  /** The element that shows what is chosen. */
  panelId: string
  options: readonly { value: T; label: string; title?: string }[]
  value: T
  onChange: (value: T) => void
}

export const tabId = (panelId: string, value: string): string => `${panelId}-tab-${value}`

/** Several views of one thing. Left and right move between them, as in any tab list. */
export function Tabs<T extends string>({ label, panelId, options, value, onChange }: Props<T>) {
  const at = options.findIndex((option) => option.value === value)
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    const next =
      step !== undefined
        ? options[(at + step + options.length) % options.length]
        : event.key === 'Home'
          ? options[0]
          : event.key === 'End'
            ? options.at(-1)
            : undefined
    if (!next) return
    event.preventDefault()
    onChange(next.value)
    document.getElementById(tabId(panelId, next.value))?.focus()
  }
  return (
    <div role="tablist" aria-label={label} onKeyDown={onKeyDown} className="flex shrink-0 gap-1">
      {options.map((option) => {
        const isChosen = option.value === value
        return (
          <button
            key={option.value}
            id={tabId(panelId, option.value)}
            type="button"
            role="tab"
            aria-selected={isChosen}
            aria-controls={panelId}
            tabIndex={isChosen ? 0 : -1}
            title={option.title}
            onClick={() => onChange(option.value)}
            className={clsx(
              'relative h-7 rounded-md px-2.5 text-[13px] font-medium max-sm:h-9',
              isChosen
                ? 'text-ink after:absolute after:inset-x-2 after:-bottom-1.5 after:h-0.5 after:rounded-full after:bg-accent'
                : 'text-muted hover:bg-hover hover:text-ink',
            )}
          >
            {option.label}
          </button>
        )
      })}
    </div>
  )
}
