// The one place that hears of changes: it opens the streams (in one tab of a browser) and merges what they say
// into the query cache. Rows are gathered and written once per frame, so that 8,000 changes cost one render.
import type { Health, MineChange, QuoteDelta, QuoteRow } from '@onetape/api/router'
import type { QueryClient } from '@tanstack/react-query'
import { type Connection, moveConnection } from './connection.ts'
import { changed, missedChanges, WATCHLISTS_SCOPE } from './mine.ts'
import { shareTabs, type TabMessage } from './tabs.ts'
import { connectionQuery, healthQuery, mergeRows, type Tape, tapeQuery } from './tape.ts'
import { client, retryDelayMs } from './trpc.ts'

export interface LiveSink {
  delta(id: string, delta: QuoteDelta): void
  health(health: Health, receivedAtMs: number): void
  connection(open: boolean): void
  mine(what: MineChange | 'missed'): void
}

/** The subscriptions, kept open until the returned function is called. `lastEventId` null asks for everything. */
export function openStreams(sink: LiveSink, lastEventId: string | null): () => void {
  let lastId = lastEventId
  const stopQuotes = keepOpen(({ opened, ended }) =>
    client.quotes.live.subscribe(lastId === null ? {} : { lastEventId: lastId }, {
      onData: ({ id, data }) => {
        lastId = id
        sink.delta(id, data)
      },
      onConnectionStateChange: ({ state, error }) => {
        sink.connection(state === 'pending')
        if (state === 'pending') opened()
        else if (error) ended()
      },
      onError: ended,
      onComplete: ended,
    }),
  )
  const stopHealth = keepOpen(({ opened, ended }) =>
    client.health.watch.subscribe(undefined, {
      onData: (health) => sink.health(health, Date.now()),
      onConnectionStateChange: ({ state, error }) => {
        if (state === 'pending') opened()
        else if (error) ended()
      },
      onError: ended,
      onComplete: ended,
    }),
  )
  let wasOpen = false
  const stopMine = keepOpen(({ opened, ended }) =>
    client.mine.changes.subscribe(undefined, {
      onData: ({ what }) => sink.mine(what),
      onConnectionStateChange: ({ state, error }) => {
        if (state === 'pending') {
          opened()
          if (wasOpen) sink.mine('missed')
          wasOpen = true
        } else if (error) ended()
      },
      onError: ended,
      onComplete: ended,
    }),
  )
  return () => {
    stopQuotes()
    stopHealth()
    stopMine()
  }
}

interface StreamEvents {
  opened: () => void
  ended: () => void
}

/**
 * Subscribes again whenever a stream ended. The link retries what failed to open; but an orderly end is an end, and
 * a connection that broke is left to the browser, which waits three seconds or more.
 */
function keepOpen(subscribe: (events: StreamEvents) => { unsubscribe(): void }): () => void {
  let stopped = false
  let attempt = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let current: { unsubscribe(): void } | undefined
  const open = () => {
    let over = false
    const ended = () => {
      if (stopped || over) return
      over = true
      timer = setTimeout(() => {
        current?.unsubscribe()
        open()
      }, retryDelayMs(++attempt))
    }
    const opened = () => {
      // The browser was quicker than our timer.
      clearTimeout(timer)
      over = false
      attempt = 0
    }
    current = subscribe({ opened, ended })
  }
  open()
  return () => {
    stopped = true
    clearTimeout(timer)
    current?.unsubscribe()
  }
}

/** Merges into `queryClient` whatever this tab or the leading one hears. Call once; returns the way to stop. */
export function startLive(queryClient: QueryClient): () => void {
  const cache = new LiveCache(queryClient)
  const tabs = shareTabs({
    lead: (post) => {
      const sink: LiveSink = {
        delta: (id, delta) => {
          cache.delta(id, delta)
          post({ kind: 'delta', id, delta })
        },
        health: (health, receivedAtMs) => {
          cache.health(health, receivedAtMs)
          post({ kind: 'health', health, receivedAtMs })
        },
        connection: (open) => {
          cache.connection(open)
          post({ kind: 'connection', open })
        },
        mine: (what) => {
          cache.mine(what)
          post({ kind: 'mine', what })
        },
      }
      return openStreams(sink, cache.lastEventId)
    },
    hear: (message) => cache.hear(message),
    tellAll: () => cache.all(),
  })
  return () => tabs.close()
}

const isOfWatchlists = ({ options }: { options: { scope?: { id: string } } }) =>
  options.scope?.id === WATCHLISTS_SCOPE

class LiveCache {
  lastEventId: string | null = null
  readonly #queryClient: QueryClient
  #rows = new Map<string, QuoteRow>()
  #pending: QuoteDelta[] = []
  #scheduled = false
  #version = 0
  #connection: Connection = { open: false, sinceMs: Date.now(), everOpen: false }

  constructor(queryClient: QueryClient) {
    this.#queryClient = queryClient
    queryClient.setQueryData(connectionQuery.queryKey, this.#connection)
  }

  hear(message: TabMessage): void {
    if (message.kind === 'delta') this.delta(message.id, message.delta)
    else if (message.kind === 'health') this.health(message.health, message.receivedAtMs)
    else if (message.kind === 'connection') this.connection(message.open)
    else if (message.kind === 'mine') this.mine(message.what)
  }

  /** What a tab that has just opened needs to be level with this one. */
  all(): TabMessage[] {
    this.#flush()
    const report = this.#queryClient.getQueryData(healthQuery.queryKey)
    const messages: TabMessage[] = [{ kind: 'connection', open: this.#connection.open }]
    if (report) messages.push({ kind: 'health', ...report })
    if (this.lastEventId !== null) {
      messages.push({
        kind: 'delta',
        id: this.lastEventId,
        delta: { rows: [...this.#rows.values()], full: true },
      })
    }
    return messages
  }

  delta(id: string, delta: QuoteDelta): void {
    this.lastEventId = id
    this.#pending = delta.full ? [delta] : [...this.#pending, delta]
    if (this.#scheduled) return
    this.#scheduled = true
    // A hidden tab gets no frames; it must neither stall nor pile up.
    if (document.hidden) setTimeout(() => this.#flush(), 250)
    else requestAnimationFrame(() => this.#flush())
  }

  health(health: Health, receivedAtMs: number): void {
    const was = this.#queryClient.getQueryData(healthQuery.queryKey)?.health
    this.#queryClient.setQueryData(healthQuery.queryKey, { health, receivedAtMs })
    // Another database on the same address: nothing that was fetched before belongs to it.
    if (was && was.environmentId !== health.environmentId) void this.#refetchAll()
  }

  mine(what: MineChange | 'missed'): void {
    // What is shown is ahead of what would be read, until the last of one's own changes is answered: then it is read.
    if (what === 'watchlists' && this.#queryClient.isMutating({ predicate: isOfWatchlists }) > 0) return
    void (what === 'missed' ? missedChanges(this.#queryClient) : changed(this.#queryClient, what))
  }

  connection(open: boolean): void {
    const was = this.#connection
    this.#connection = moveConnection(was, open, Date.now())
    if (this.#connection === was) return
    this.#queryClient.setQueryData(connectionQuery.queryKey, this.#connection)
    // Charts and pages missed what happened while we were away.
    if (open && was.everOpen) void this.#refetchAll()
  }

  #refetchAll(): Promise<void> {
    return this.#queryClient.invalidateQueries()
  }

  #flush(): void {
    this.#scheduled = false
    if (this.#pending.length === 0) return
    const deltas = this.#pending
    this.#pending = []
    for (const delta of deltas) this.#rows = mergeRows(this.#rows, delta)
    const tape: Tape = { rows: this.#rows, version: ++this.#version }
    this.#queryClient.setQueryData(tapeQuery.queryKey, tape)
  }
}
