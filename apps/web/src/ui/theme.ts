// Light, dark, or as the system has it. public/theme-boot.js sets the stored one before the first paint.
import { useSyncExternalStore } from 'react'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'onetape.theme'
const listeners = new Set<() => void>()
const systemDark = matchMedia('(prefers-color-scheme: dark)')

const current = (): Theme => (document.documentElement.dataset.theme as Theme | undefined) ?? 'system'
const isDark = (): boolean => (current() === 'system' ? systemDark.matches : current() === 'dark')

export function setTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  try {
    if (theme === 'system') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, theme)
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  for (const tell of listeners) tell()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  systemDark.addEventListener('change', listener)
  return () => {
    listeners.delete(listener)
    systemDark.removeEventListener('change', listener)
  }
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, current)
/** Whether the page is dark now: for canvases, which CSS does not reach. */
export const useIsDark = (): boolean => useSyncExternalStore(subscribe, isDark)
