import { Monitor, Moon, Sun } from 'lucide-react'
import { IconButton } from './IconButton.tsx'
import { setTheme, THEMES, type Theme, useTheme } from './theme.ts'

const ICONS = { system: Monitor, light: Sun, dark: Moon } satisfies Record<Theme, typeof Sun>

/** Walks through system, light and dark. */
export function ThemeToggle() {
  const theme = useTheme()
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!
  const Icon = ICONS[theme]
  return (
    <IconButton label={`Theme: ${theme}. Switch to ${next}`} onClick={() => setTheme(next)}>
      <Icon size={16} aria-hidden />
    </IconButton>
  )
}
