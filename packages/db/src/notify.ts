// One dedicated connection that listens. States: connecting -> listening -> (connection lost) waiting -> connecting;
// closed from any. A notification is a hint, not a fact: what was sent while nobody listened is gone, therefore
// `onReconnect` runs after every connect and the follower reads the ledger from its own cursor.
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, escapeIdentifier } from 'pg'

/** Payload: a ledger id. */
export const BATCH_CHANNEL = 'onetape_batch'
/** Payload: the market clock's new shift in microseconds. */
export const CLOCK_CHANNEL = 'onetape_clock'
/** Payload: the source whose breaker changed. */
export const HEALTH_CHANNEL = 'onetape_health'
/** Payload: the tier whose row or members changed. */
export const UNIVERSE_CHANNEL = 'onetape_universe'

export interface ListenOptions {
  url: string
  channels: readonly string[]
  onMessage(channel: string, payload: string): void
  /** After every connect, the first included. */
  onReconnect(): void
  applicationName?: string
}

export interface Listener extends AsyncDisposable {
  close(): Promise<void>
}

const BACKOFF_FIRST_MS = 100
const BACKOFF_MAX_MS = 2_000
/** A connection that a dead network swallowed raises no error; only a question shows it. */
const PROBE_EVERY_MS = 10_000
const PROBE_TIMEOUT_MS = 5_000

export function listen(o: ListenOptions): Listener {
  const stop = new AbortController()
  const running = keepListening(o, stop.signal)
  const close = async () => {
    stop.abort()
    await running
  }
  return { close, [Symbol.asyncDispose]: close }
}

async function keepListening(o: ListenOptions, stop: AbortSignal): Promise<void> {
  let delayMs = BACKOFF_FIRST_MS
  while (!stop.aborted) {
    const connected = await listenOnce(o, stop)
    delayMs = connected ? BACKOFF_FIRST_MS : Math.min(delayMs * 2, BACKOFF_MAX_MS)
    await sleep(delayMs, undefined, { signal: stop }).catch(() => {})
  }
}

/** Until the connection is lost or the listener closed. @returns whether it had been listening. */
async function listenOnce(o: ListenOptions, stop: AbortSignal): Promise<boolean> {
  const client = new Client({
    connectionString: o.url,
    application_name: o.applicationName ?? 'onetape listen',
    connectionTimeoutMillis: 5_000,
    query_timeout: PROBE_TIMEOUT_MS,
    keepAlive: true,
  })
  const { promise: lost, resolve: lose } = Promise.withResolvers<void>()
  const onStop = () => lose()
  client.on('error', onStop)
  client.on('end', onStop)
  stop.addEventListener('abort', onStop)
  const probe = setInterval(() => client.query('select 1').catch(onStop), PROBE_EVERY_MS)
  let listening = false
  try {
    await Promise.race([client.connect(), lost])
    client.on('notification', ({ channel, payload }) => o.onMessage(channel, payload ?? ''))
    for (const channel of o.channels) await client.query(`listen ${escapeIdentifier(channel)}`)
    listening = true
    o.onReconnect()
    await lost
  } catch {
    // Whatever it was, the answer is the same: connect anew.
  }
  clearInterval(probe)
  stop.removeEventListener('abort', onStop)
  await Promise.race([client.end().catch(() => {}), sleep(1_000, undefined, { ref: false })])
  return listening
}
