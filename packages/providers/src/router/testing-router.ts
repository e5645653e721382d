// For tests: a router over scripted sources, in virtual time, with whatever tape and preferences a test writes down.
import { microsFromIso, type SymbolRef } from '@onetape/market'
import { createHealthBoard } from './health-board.ts'
import type { BudgetPort, HealthPort, PreferencesPort, TapePort } from './ports.ts'
import { createRouter, type RouterOptions } from './router.ts'
import type { ScriptedOptions, ScriptedSource } from './testing-source.ts'
import { scriptedSource } from './testing-source.ts'
import { virtualTime } from './testing-time.ts'

/** A Friday afternoon in New York. */
export const NOW = microsFromIso('2026-11-20T15:00:00-05:00')!

export const equity = (symbol: string): SymbolRef => ({ assetClass: 'equity', symbol })
export const AAPL = equity('AAPL')
export const MSFT = equity('MSFT')

export interface StageOptions extends Partial<Omit<RouterOptions, 'sources' | 'preferences' | 'health'>> {
  order?: Awaited<ReturnType<PreferencesPort['order']>>
  /** Names of sources by symbol. */
  pins?: Readonly<Record<string, string>>
  tape?: TapePort
  budget?: BudgetPort
}

/** Health kept in memory: one process. */
export const memoryHealth: () => HealthPort = () => ({
  read: async () => [],
  write: async () => {},
  claimProbe: async () => true,
})

export function routerStage(
  sources: Readonly<Record<string, Omit<ScriptedOptions, 'time'>>>,
  { order = null, pins, ...options }: StageOptions = {},
) {
  const time = virtualTime(NOW)
  const scripted = Object.fromEntries(
    Object.entries(sources).map(([name, o]) => [name, scriptedSource(name, { ...o, time })]),
  ) as Record<string, ScriptedSource>
  const health = createHealthBoard({ port: memoryHealth(), wallClock: time.clock })
  const defects: unknown[] = []
  const router = createRouter({
    sources: { forUser: () => Object.values(scripted).map((s) => s.source) },
    preferences: {
      order: () => order,
      ...(pins ? { pin: (_user, _kind, { symbol }) => pins[symbol] ?? null } : {}),
    },
    health,
    marketClock: time.clock,
    wallClock: time.clock,
    timers: time,
    onDefect: (error) => defects.push(error),
    ...options,
  })
  return { router, health, time, scripted, defects }
}

/** `polygon failed unavailable`, one for each attempt. */
export const story = (
  attempts: readonly { source: string; outcome: string; reason: string | null }[],
): string[] =>
  attempts.map(({ source, outcome, reason }) => [source, outcome, reason].filter(Boolean).join(' '))
