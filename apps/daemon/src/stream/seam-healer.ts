/**
 * Heals the seams of one source's stream, one after the other: what the stream may have missed is asked by REST and
 * handed to the same writer. Bounded: seams that wait are joined when there are many. What cannot be healed now is
 * tried again, as soon as a spent budget allows it; what cannot be healed at all is left to the minutes' own job and to backfill, and counted.
 */
import { type Clock, DAY_US, type Micros, SECOND_US, type SymbolRef } from '@onetape/market'
import { type Healed, healSeam, type SeamSpan } from '@onetape/providers'
import { askSource, type House, type Source } from '../ingest/ask-source.ts'
import { createAttemptTrail, type KeptAttempt } from '../ingest/attempt-trail.ts'

export interface SeamHealerDeps {
  house: House
  source: Source
  market: Clock
  signal: AbortSignal
  /** Bars and prices that were missed. */
  onHealed(healed: Healed, attempts: readonly KeptAttempt[]): void
  onProblem(error: unknown): void
}

export interface SeamHealer {
  add(seam: SeamSpan): void
  /** Works on what is due; called often. */
  run(): Promise<void>
  counts(): { open: number; healed: number; unhealed: number }
}

interface Waiting extends SeamSpan {
  /** Market time before which it need not be looked at. */
  notBefore: Micros
  tries: number
}

const WAITING_MAX = 50
const TRIES_MAX = 3
const RETRY_US = 60 * SECOND_US
/** Longer holes are a backfill's. */
const SPAN_MAX_US = DAY_US

export function createSeamHealer(deps: SeamHealerDeps): SeamHealer {
  let waiting: Waiting[] = []
  let healed = 0
  let unhealed = 0
  let running: Promise<void> | null = null

  const heal = async (seam: Waiting): Promise<void> => {
    const { house, source, market, signal } = deps
    const trail = createAttemptTrail(house.wall)
    const result = await askSource(house, source, {
      kind: 'charts',
      assetClass: seam.refs[0]!.assetClass,
      priority: 'repair',
      signal,
      call: async (options) => {
        const found = await healSeam(source.provider, seam, { ...options, marketClock: market })
        const isDead = found.failed.length >= seam.refs.length
        return { ...found, ...(isDead ? { failure: found.failed[0]!.error } : {}) }
      },
      noted: {
        trail,
        asked: seam.refs.length,
        served: ({ failed }) => seam.refs.length - uniqueRefs(failed.map(({ ref }) => ref)).length,
      },
    })
    const failed = result ? uniqueRefs(result.failed.map(({ ref }) => ref)) : seam.refs
    const limited = result?.failed.find(({ error }) => error.kind === 'rate_limited')?.error
    if (result) deps.onHealed(result, trail.until(source.name))
    if (result?.rest) waiting.push({ ...result.rest, notBefore: result.rest.healAt, tries: 0 })
    if (failed.length === 0) {
      healed += 1
      return
    }
    const isPatient = limited?.origin === 'budget' && market.now() - seam.to < SPAN_MAX_US
    const tries = isPatient ? seam.tries : seam.tries + 1
    const waitUs = limited ? Math.max(SECOND_US, (limited.retryAfterMs ?? 0) * 1000) : RETRY_US
    if (tries >= TRIES_MAX) unhealed += 1
    else waiting.push({ ...seam, refs: failed, notBefore: market.now() + waitUs, tries })
  }
  const work = async () => {
    for (;;) {
      const now = deps.market.now()
      const index = waiting.findIndex((seam) => seam.notBefore <= now)
      if (index < 0 || deps.signal.aborted) return
      const [seam] = waiting.splice(index, 1)
      try {
        await heal(seam!)
      } catch (error) {
        if (deps.signal.aborted) return
        unhealed += 1
        deps.onProblem(error)
      }
    }
  }
  return {
    add({ refs, from, to }) {
      if (refs.length === 0) return
      waiting.push({ refs, from: Math.max(from, to - SPAN_MAX_US), to, notBefore: 0, tries: 0 })
      if (waiting.length > WAITING_MAX) waiting = joined(waiting)
    },
    run() {
      running ??= work().finally(() => {
        running = null
      })
      return running
    },
    counts: () => ({ open: waiting.length + (running ? 1 : 0), healed, unhealed }),
  }
}

/** One seam over all that wait: more is asked than was lost, but nothing is forgotten. */
const joined = (seams: readonly Waiting[]): Waiting[] =>
  [...Map.groupBy(seams, (seam) => seam.refs[0]!.assetClass).values()].map((alike) => ({
    refs: uniqueRefs(alike.flatMap((seam) => seam.refs)),
    from: Math.min(...alike.map((seam) => seam.from)),
    to: Math.max(...alike.map((seam) => seam.to)),
    notBefore: Math.max(...alike.map((seam) => seam.notBefore)),
    tries: 0,
  }))

const uniqueRefs = (refs: readonly SymbolRef[]): SymbolRef[] => [
  ...new Map(refs.map((ref) => [`${ref.assetClass}:${ref.symbol}`, ref])).values(),
]
