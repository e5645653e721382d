// `onetape sources`: health, budgets and last calls of every source of the house.
import { type BudgetUsage, readBudgets, readCalls, readSourceHealth } from '@onetape/db'
import { isoFromMicros, type Micros } from '@onetape/market'
import { openHouse, registry } from '@onetape/providers'
import type { Command } from 'commander'
import { wallClock } from '../clock/wall-clock.ts'
import { type Console, count, json, table } from './console.ts'
import { envOf, type ModeOption, type OpenTape, openTape } from './open-tape.ts'
import { withVendorUrls } from './running.ts'

const LAST_CALLS = 5

export function addSources(program: Command, to: Console): void {
  program
    .command('sources')
    .description('Every source: plan, health, budgets left, last calls.')
    .option('--live', 'of the live database')
    .option('--json', 'report as JSON on stdout')
    .action(async (options: ModeOption & { json?: boolean }) => {
      await using open = await openTape(envOf(options))
      const sources = await readSources(open)
      to.out(options.json ? json({ sources }) : describe(sources))
    })
}

type SourceView = Awaited<ReturnType<typeof readSources>>[number]

async function readSources({ env, tape, marketClock }: OpenTape) {
  const { db } = tape
  const settings = ((await withVendorUrls(env)) ?? env).vendors
  const routed = openHouse({
    definitions: registry.definitions,
    settings,
    mode: env.ONETAPE_MODE,
    deps: { fetch, marketClock, wallClock, random: Math.random, timeoutMs: 1_000 },
  })
  const [health, budgets] = await Promise.all([readSourceHealth(db), readBudgets(db)])
  return await Promise.all(
    routed.map(async ({ name, tier, state, message, provider, credentialId }) => {
      const known = health.find((h) => h.source === name)
      const calls = await readCalls(db, { source: name, limit: LAST_CALLS })
      await provider?.close?.()
      return {
        name,
        tier,
        state,
        message,
        breaker: known?.state ?? null,
        failures: known?.failures ?? 0,
        retryAt: isoOrNull(known?.retryAt),
        lastOkAt: isoOrNull(known?.lastOkAt),
        lastError: known?.lastErrorMessage ?? null,
        latencyMs: known?.latencyMs ?? null,
        budgets: budgets
          .filter((b) => b.credential === credentialId)
          .map(({ credential: _, ...b }) => ({
            ...b,
            blockedUntil: isoOrNull(b.blockedUntil),
            freesAt: isoOrNull(b.freesAt),
          })),
        lastCalls: calls.map(({ id: _, source: __, at, ...call }) => ({ at: isoFromMicros(at), ...call })),
      }
    }),
  )
}

const isoOrNull = (at: Micros | null | undefined): string | null => (at == null ? null : isoFromMicros(at))

const limitOf = (b: Pick<BudgetUsage, 'scope' | 'kind' | 'calls' | 'windowMs' | 'used'>): string =>
  b.kind === 'concurrent'
    ? `${b.scope} ${count(b.used)} of ${count(b.calls)} at a time`
    : `${b.scope} ${count(b.used)} of ${count(b.calls)} per ${spanOf(b.windowMs)}`

const spanOf = (ms: number): string =>
  ms % 86_400_000 === 0 ? `${ms / 86_400_000} d` : ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1000} s`

const healthOf = (s: SourceView): string => {
  if (s.state !== 'connected') return s.message ?? s.state.replace('_', ' ')
  if (s.breaker === null) return 'not asked yet'
  if (s.breaker === 'closed')
    return s.latencyMs === null ? 'answers' : `answers in ${Math.round(s.latencyMs)} ms`
  return `left alone until ${s.retryAt?.slice(11, 19) ?? 'a probe'}: ${s.lastError ?? 'it failed'}`
}

const describe = (sources: readonly SourceView[]): string =>
  table([
    ['source', 'plan', 'health', 'budgets'],
    ...sources.map((s) => [s.name, s.tier, healthOf(s), s.budgets.map(limitOf).join('; ')]),
  ])
