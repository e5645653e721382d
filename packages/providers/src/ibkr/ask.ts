// One request on the TWS socket: paid for before, listened to until it ends, told of afterwards, tried once more where
// the other end stumbled.

import type { CallOptions } from '../call.ts'
import type { Metered, ProviderDeps } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { pause } from '../http/retry.ts'
import { DELAYED_SHOWN, errorOfCode, isInformation, isNoData, NAME, TwsHiccup, unavailable } from './codes.ts'
import type { Link } from './link.ts'
import type { TwsEvent, TwsSession } from './tws.ts'

/** `nearly`: what matters is there; a moment of silence then is the end. */
export type Progress = 'more' | 'nearly' | 'done'

export interface Ask {
  what: string
  meters: readonly Metered[]
  send(session: TwsSession, id: number): void
  /** Told to the vendor when we stop listening before it has ended. */
  cancel?(session: TwsSession, id: number): void
  /** Forgets what came: the request is sent again. */
  begin(): void
  onEvent(event: TwsEvent): Progress
  withinMs: number
  /** True when what came is an answer although the vendor did not end it: asked when nobody waits any longer. */
  isEnough?(): boolean
}

const RETRY_MS = 300
const SETTLED_MS = 400
/** A vendor that refuses without saying for how long is left alone for this. */
const BLOCKED_MS = 1_000

export const createAsk =
  (deps: ProviderDeps, link: Link) =>
  async (o: Ask, options: CallOptions = {}): Promise<void> => {
    const signal = options.signal ?? AbortSignal.timeout(2 * o.withinMs)
    for (let tries = 0; ; tries++) {
      try {
        o.begin()
        return await askOnce(deps, link, o, options)
      } catch (error) {
        if (!(error instanceof TwsHiccup) || tries > 0 || signal.aborted) throw error
        await pause(RETRY_MS * (0.75 + 0.5 * deps.random()), signal).catch(() => Promise.reject(error))
      }
    }
  }

async function askOnce(deps: ProviderDeps, link: Link, o: Ask, options: CallOptions): Promise<void> {
  const session = await link.ready()
  const releases = await pay(deps, o.meters, options)
  const { scope } = o.meters.at(-1)!
  const sentAt = deps.wallClock.now()
  const told = (outcome: 'ok' | ProviderError['kind']) => {
    const latencyMs = (deps.wallClock.now() - sentAt) / 1000
    options.onCall?.({ at: sentAt, what: o.what, scope, outcome, status: null, latencyMs })
  }
  try {
    await answered(link, session, o, options.signal)
    told('ok')
  } catch (error) {
    const { kind, retryAfterMs } = error as ProviderError
    told(kind)
    if (kind === 'rate_limited') deps.budget?.learn({ scope, blockedForMs: retryAfterMs ?? BLOCKED_MS })
    throw error
  } finally {
    for (const release of releases) release()
  }
}

/** @throws ProviderError of our own budget; what was granted until then is given back. */
export async function pay(
  deps: ProviderDeps,
  meters: readonly Metered[],
  { priority = 'live', signal }: CallOptions,
): Promise<(() => void)[]> {
  const releases: (() => void)[] = []
  for (const meter of meters) {
    const grant = await deps.budget?.take({ ...meter, priority, signal })
    if (!grant) continue
    if (grant.granted) {
      releases.push(() => grant.release())
      continue
    }
    for (const release of releases) release()
    throw new ProviderError('rate_limited', `the budget of ${NAME} is spent (${grant.limit})`, {
      provider: NAME,
      retryAfterMs: grant.retryAfterMs,
      origin: 'budget',
    })
  }
  return releases
}

/** Resolves when the request has ended well. */
async function answered(link: Link, session: TwsSession, o: Ask, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let isEnded = false
  let settling: NodeJS.Timeout | undefined
  const end = (error?: ProviderError) => {
    isEnded = true
    if (error) reject(error)
    else resolve()
  }
  const id = link.listen((event) => {
    clearTimeout(settling)
    if (event.type === 'gone') end(event.error)
    else if (event.type === 'end') end()
    else if (event.type === 'error') {
      if (event.code === DELAYED_SHOWN) o.onEvent({ type: 'dataType', value: 3 })
      if (isInformation(event.code)) return
      end(isNoData(event.code, event.message) ? undefined : errorOfCode(event.code, event.message))
    } else {
      const progress = o.onEvent(event)
      if (progress === 'done') resolve()
      if (progress === 'nearly') settling = setTimeout(resolve, SETTLED_MS)
    }
  })
  const giveUp = (words: string) => (o.isEnough?.() ? resolve() : reject(unavailable(words)))
  const onAbort = () => giveUp('was not waited for: the call was cancelled')
  const onLate = () => giveUp(`did not answer ${o.what} within ${o.withinMs} ms`)
  const timer = setTimeout(onLate, o.withinMs)
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    if (!signal?.aborted) o.send(session, id)
    await promise
  } finally {
    clearTimeout(timer)
    clearTimeout(settling)
    signal?.removeEventListener('abort', onAbort)
    link.forget(id)
    if (!isEnded) o.cancel?.(session, id)
  }
}

/** The caller's options with a count of the requests that really went out. */
export function counted(options: CallOptions): { options: CallOptions; calls(): number } {
  let calls = 0
  const onCall: CallOptions['onCall'] = (call) => {
    calls += 1
    options.onCall?.(call)
  }
  return { options: { ...options, onCall }, calls: () => calls }
}
