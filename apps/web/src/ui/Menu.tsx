import clsx from 'clsx'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'

interface Item {
  id: string
  label: string
  icon?: ReactNode
  onSelect: () => void
  tone?: 'plain' | 'danger'
  disabled?: boolean
}

interface Props {
  label: string
  /** What the button shows. */
  button: ReactNode
  buttonClass: string
  /** Above the items: whose menu it is. */
  heading?: ReactNode
  items: readonly (Item | 'line')[]
}

/** A button with a list of things to do. Arrows move, a letter jumps, Escape closes and gives the focus back. */
export function Menu({ label, button, buttonClass, heading, items }: Props) {
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const trigger = useRef<HTMLButtonElement>(null)
  const entries = () => [
    ...(root.current?.querySelectorAll<HTMLButtonElement>('[role=menuitem]:not(:disabled)') ?? []),
  ]
  const close = (giveBack: boolean) => {
    setOpen(false)
    if (giveBack) trigger.current?.focus()
  }
  useEffect(() => {
    if (!isOpen) return
    root.current?.querySelector<HTMLButtonElement>('[role=menuitem]:not(:disabled)')?.focus()
    const onPointerDown = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false)
    }
    document.addEventListener('pointerdown', onPointerDown)
    return () => document.removeEventListener('pointerdown', onPointerDown)
  }, [isOpen])

  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) {
      if (event.key !== 'ArrowDown' || event.target !== trigger.current) return
      event.preventDefault()
      setOpen(true)
      return
    }
    if (event.key === 'Tab') return close(false)
    const all = entries()
    const at = all.indexOf(document.activeElement as HTMLButtonElement)
    const step = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key]
    const byLetter =
      event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey
        ? all.find((e) => e.textContent?.trim().toLowerCase().startsWith(event.key.toLowerCase()))
        : undefined
    if (step === undefined && event.key !== 'Escape' && event.key.length !== 1) return
    if (event.key === ' ') return
    event.preventDefault()
    event.stopPropagation()
    if (event.key === 'Escape') close(true)
    else if (byLetter) byLetter.focus()
    else if (step !== undefined) all[(step + all.length) % all.length]?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the menu inside, which has the roles.
    <div ref={root} onKeyDown={onKeyDown} className="relative">
      <button
        ref={trigger}
        type="button"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
        className={buttonClass}
      >
        {button}
      </button>
      {isOpen && (
        <div className="absolute top-full right-0 z-40 mt-1 w-max max-w-72 min-w-44 overflow-hidden rounded-lg border border-line-strong bg-raised shadow-(--shadow)">
          {heading}
          <div id={id} role="menu" aria-label={label} className="p-1">
            {items.map((item, index) =>
              item === 'line' ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity.
                <hr key={index} className="my-1 border-line" />
              ) : (
                <button
                  key={item.id}
                  type="button"
                  role="menuitem"
                  tabIndex={-1}
                  disabled={item.disabled}
                  onClick={() => {
                    close(true)
                    item.onSelect()
                  }}
                  className={clsx(
                    'flex h-8 w-full items-center gap-2 rounded-md px-2.5 text-left text-[13px] hover:bg-hover focus-visible:bg-hover disabled:opacity-50 max-sm:h-10',
                    item.tone === 'danger' && 'text-alarm',
                  )}
                >
                  {item.icon && <span className="shrink-0 text-muted">{item.icon}</span>}
                  {item.label}
                </button>
              ),
            )}
          </div>
        </div>
      )}
    </div>
  )
}
