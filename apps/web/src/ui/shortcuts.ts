// Keys that work anywhere on a page, unless someone is typing or a dialog is open.
import { useEffect, useRef } from 'react'

/** `Mod` is Ctrl, or Cmd on a Mac: `{ '/': open, 'Mod+k': open, '1': first }`. */
export type Shortcuts = Record<string, (event: KeyboardEvent) => void>

export function shortcutOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
): string | null {
  if (event.altKey) return null
  return event.ctrlKey || event.metaKey ? `Mod+${event.key.toLowerCase()}` : event.key
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts)
  useEffect(() => {
    latest.current = shortcuts
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const name = shortcutOf(event)
      if (name === null || event.defaultPrevented) return
      const run = latest.current[name]
      if (!run) return
      // A combination with Ctrl is no text, so it works while typing too.
      if (!name.startsWith('Mod+') && isTyping(event.target)) return
      if (document.querySelector('dialog[open]')) return
      event.preventDefault()
      run(event)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}
