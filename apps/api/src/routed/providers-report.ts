// Everything that is known of the sources, put together for the Sources page.
import { type BudgetBook, type Db, readCalls, readLiveDaemons, readSourceHealth } from '@onetape/db'
import type { Clock } from '@onetape/market'
import { ASSET_CLASSES, type AssetClass } from '@onetape/market'
import { healthKeyOf, houseOrder, type Registry, type RoutedSource } from '@onetape/providers'
import { z } from 'zod'
import { callReport } from '../mine/source-reports.ts'
import { matrixOf } from './matrix.ts'
import type { ProvidersReport, SourceReport, StreamReport } from './reports.ts'

export interface ProvidersDeps {
  db: Db
  registry: Registry
  /** Of whoever asks: the house's, and a user's own with them. */
  sources: readonly RoutedSource[]
  /** Whose own sources are among them; null: nobody's. */
  userId: string | null
  budgets: BudgetBook
  wallClock: Clock
  marketClock: Clock
}

const LAST_CALLS = 12

export async function providersReport(deps: ProvidersDeps): Promise<ProvidersReport> {
  const { db, sources, budgets } = deps
  const [health, , daemons, calls] = await Promise.all([
    readSourceHealth(db),
    budgets.refresh(),
    readLiveDaemons(db, deps.wallClock.now()),
    Promise.all(sources.map((source) => callsOf(deps, source))),
  ])
  // Several daemons may run: each streams some of the sources. Of two that tell of one, the last to have beaten counts.
  const streams = new Map(daemons.toReversed().flatMap(({ detail }) => [...streamsIn(detail)]))
  const byKey = new Map(health.map((h) => [h.source, h]))
  return {
    wallNow: deps.wallClock.now(),
    marketNow: deps.marketClock.now(),
    order: Object.fromEntries(ASSET_CLASSES.map((c) => [c, orderOf(c, sources)])) as ProvidersReport['order'],
    sources: sources.map((source, i): SourceReport => {
      const { label, capabilities } = deps.registry.get(source.providerName)
      const known = byKey.get(healthKeyOf(source))
      return {
        name: source.name,
        provider: source.providerName,
        label: source.label ?? label,
        owner: source.owner,
        state: source.state,
        message: source.message,
        tier: source.tier,
        authExpiresAt: source.provider?.authExpiresAt?.() ?? null,
        ...matrixOf(capabilities, source.tier),
        health: known ? healthOf(known) : null,
        budgets: budgets
          .usage()
          .filter((u) => u.credential === source.credentialId)
          .map(({ credential: _, ...usage }) => usage),
        lastCalls: calls[i]!.map(callReport),
        // The daemon streams the house's alone.
        stream: (source.owner === 'house' && streams.get(source.name)) || null,
      }
    }),
  }
}

/** A user's own stand in the books under that user; the house's under nobody. */
const callsOf = ({ db, userId }: ProvidersDeps, { name, owner }: RoutedSource) =>
  readCalls(db, { source: name, limit: LAST_CALLS, userId: owner === 'user' ? userId : null })

const healthOf = ({
  source: _,
  openedAt: __,
  ...health
}: Awaited<ReturnType<typeof readSourceHealth>>[number]) => health

/** Who of the sources is asked for an asset class, in the house's order. */
const orderOf = (assetClass: AssetClass, sources: readonly RoutedSource[]): string[] => {
  const ranking = houseOrder[assetClass]
  return ranking.filter((name) => sources.some((s) => s.owner === 'house' && s.providerName === name))
}

const streamSchema = z.looseObject({
  state: z.string(),
  symbols: z.number().default(0),
  connects: z.number().default(0),
  received: z.number().default(0),
  conflated: z.number().default(0),
  dropped: z.number().default(0),
  lastEventAt: z.number().nullish(),
})
const detailSchema = z.looseObject({
  streams: z.array(streamSchema.extend({ source: z.string() })).optional(),
})

function streamsIn(detail: unknown): Map<string, StreamReport> {
  const parsed = detailSchema.safeParse(detail)
  const streams = parsed.success ? (parsed.data.streams ?? []) : []
  return new Map(
    streams.map(({ source, state, symbols, connects, received, conflated, dropped, lastEventAt }) => [
      source,
      {
        up: state === 'up',
        symbols,
        connects,
        received,
        conflated,
        dropped,
        lastEventAt: lastEventAt ?? null,
      },
    ]),
  )
}
