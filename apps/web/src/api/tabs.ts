// One tab of a browser leads: it holds the streams and passes on what it hears. Without this, three open tabs would
// use up the six connections that a browser allows per host, and the fourth would never load.
//
//   following   waits for the lock; asks the leader for everything once; hears the rest
//   leading     holds the lock and the streams, until the tab goes or another one takes the lock
//
// Followers answer the leader's beats. A leader whom nobody answers passes nothing on: to copy 2,000 rows a second for
// nobody is a good part of what it costs to draw them.
//
// A leader that went quiet (a frozen tab) is deposed by a visible follower. Where the browser has no locks (a page
// over plain http on another machine), every tab leads for itself.
import type { Health, MineChange, QuoteDelta } from '@onetape/api/router'

export type TabMessage =
  | { kind: 'delta'; id: string; delta: QuoteDelta }
  | { kind: 'health'; health: Health; receivedAtMs: number }
  | { kind: 'connection'; open: boolean }
  /** Something of the signed-in person's own; `missed`: nobody listened for a while. */
  | { kind: 'mine'; what: MineChange | 'missed' }

type Envelope =
  | { kind: 'beat' }
  | { kind: 'hello'; from: string }
  | { kind: 'here'; from: string }
  | { kind: 'bye'; from: string }
  | { kind: 'news'; to: string | null; news: TabMessage }

/** A follower that was frozen is given up, and told everything once it answers again. */
const UNANSWERED_MAX = 3

export interface TabRoles {
  /** Opens the streams; `post` passes a message on to the other tabs. Returns the way to close them. */
  lead(post: (message: TabMessage) => void): () => void
  hear(message: TabMessage): void
  tellAll(): TabMessage[]
}

export interface TabsOptions {
  name?: string
  beatMs?: number
  silentMs?: number
  /** Null where the browser has none. */
  locks?: LockManager | null
  isVisible?: () => boolean
}

export function shareTabs(roles: TabRoles, options: TabsOptions = {}): { close(): void } {
  const {
    name = 'onetape.live',
    beatMs = 5_000,
    silentMs = 20_000,
    locks = navigator.locks,
    isVisible = () => document.visibilityState === 'visible',
  } = options
  if (!locks || typeof BroadcastChannel === 'undefined') return { close: roles.lead(() => {}) }

  const me = crypto.randomUUID()
  const channel = new BroadcastChannel(name)
  const closed = new AbortController()
  let leading = false
  let heardAt = performance.now()
  /** How many beats each has left without an answer. */
  const followers = new Map<string, number>()
  let beats = 0
  /** Who has just come to lead does not know them yet, and tells whoever listens. */
  const isNew = () => beats === 0
  const send = (envelope: Envelope) => channel.postMessage(envelope)

  channel.onmessage = ({ data }: MessageEvent<Envelope>) => {
    if (data.kind === 'hello' || data.kind === 'here') {
      if (!leading) return
      // One that was given up has missed what came meanwhile.
      const isBehind = data.kind === 'hello' || !(followers.has(data.from) || isNew())
      followers.set(data.from, 0)
      if (isBehind) for (const news of roles.tellAll()) send({ kind: 'news', to: data.from, news })
      return
    }
    if (data.kind === 'bye') {
      followers.delete(data.from)
      return
    }
    heardAt = performance.now()
    if (!leading && data.kind === 'beat') send({ kind: 'here', from: me })
    if (!leading && data.kind === 'news' && (data.to === null || data.to === me)) roles.hear(data.news)
  }

  /** Runs while the lock is ours; `signal` ends it. */
  const rule = (): Promise<void> => {
    leading = true
    beats = 0
    followers.clear()
    send({ kind: 'beat' })
    const stop = roles.lead((news) => {
      if (leading && (followers.size > 0 || isNew())) send({ kind: 'news', to: null, news })
    })
    return new Promise<void>((resolve) => {
      abdicate = () => {
        leading = false
        stop()
        resolve()
      }
      closed.signal.addEventListener('abort', abdicate, { once: true })
    })
  }
  let abdicate = () => {}

  const queue = (steal: boolean) => {
    locks
      .request(name, steal ? { steal: true } : { signal: closed.signal }, rule)
      .catch(() => {})
      .then(() => {
        // Deposed or closed. Who is deposed goes back to the end of the line.
        if (leading) abdicate()
        if (!closed.signal.aborted && !steal) queue(false)
      })
  }
  queue(false)
  if (!leading) send({ kind: 'hello', from: me })

  const beat = setInterval(() => {
    if (leading) {
      beats++
      for (const [id, unanswered] of followers) {
        if (unanswered >= UNANSWERED_MAX) followers.delete(id)
        else followers.set(id, unanswered + 1)
      }
      send({ kind: 'beat' })
    } else if (isVisible() && performance.now() - heardAt > silentMs) {
      heardAt = performance.now()
      queue(true)
    }
  }, beatMs)

  return {
    close() {
      if (closed.signal.aborted) return
      clearInterval(beat)
      if (!leading) send({ kind: 'bye', from: me })
      closed.abort()
      channel.close()
    },
  }
}
