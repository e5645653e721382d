/**
 * The one connection to TWS or IB Gateway, held open between calls.
 *
 *   closed ── ready() ──> opening ── first valid id ──> open ── socket ends ──> closed
 *                            │ refused, late, client id and the next seven taken: that call fails
 *
 * While open the gateway may lose its own link to the vendor (1100) and find it again, with subscriptions (1102) or
 * without them (1101). Every request of a connection that ends hears that it ended; the next call opens another one.
 */
import { type Clock, type Micros, SECOND_US } from '@onetape/market'
import { ProviderError } from '../errors.ts'
import {
  CANNOT_CONNECT,
  CLIENT_ID_TAKEN,
  LINK_BACK_WITH_DATA,
  LINK_BACK_WITHOUT_DATA,
  LINK_LOST,
  NAME,
  TwsHiccup,
  unavailable,
} from './codes.ts'
import type { OpenTws, TwsAddress, TwsEvent, TwsNotice, TwsSession } from './tws.ts'

/** An event of the request, or why there will be no more of them. */
export type Listener = (event: TwsEvent | { type: 'gone'; error: ProviderError }) => void

export type LinkChange = 'lost' | 'back' | 'back_without_data' | 'alive'

export interface Link {
  /** The open session; opens one where there is none. @throws ProviderError `unavailable` */
  ready(): Promise<TwsSession>
  /** A fresh request id whose events go to `listener` until `forget`. */
  listen(listener: Listener): number
  forget(id: number): void
  onChange(hear: (change: LinkChange) => void): () => void
  /** Asks the other end for a sign of life; one that gives none is left by the next `ready`. */
  ping(): void
  close(): void
}

/** Ids of orders start at 1; ours stay out of their way. */
const FIRST_ID = 10_000_000

/** Programs of one house share the setting of the id: those that start side by side take the next ones. */
const IDS_TRIED_MAX = 8

class ClientIdTaken extends Error {}

export interface LinkOptions {
  open: OpenTws
  address: TwsAddress
  connectMs: number
  wallClock: Clock
}

/** A gateway that froze keeps its socket open: it is given up when it says nothing for this long after a ping. */
const SILENT_MAX_US = 8 * SECOND_US

export function createLink(o: LinkOptions): Link {
  const listeners = new Map<number, Listener>()
  const hearers = new Set<(change: LinkChange) => void>()
  let nextId = FIRST_ID
  let session: TwsSession | null = null
  let opening: Promise<TwsSession> | null = null
  let giveUp = () => {}
  let isLost = false
  /** When the ping was sent after which nothing has come. */
  let unansweredSince: Micros | null = null

  const tell = (change: LinkChange) => {
    if (change !== 'alive') isLost = change === 'lost'
    for (const hear of hearers) hear(change)
  }
  const end = (error: ProviderError) => {
    session = null
    isLost = false
    unansweredSince = null
    const told = [...listeners.values()]
    listeners.clear()
    for (const listener of told) listener({ type: 'gone', error })
  }
  const onInfo = (code: number) => {
    if (code === LINK_LOST) tell('lost')
    else if (code === LINK_BACK_WITH_DATA) tell('back')
    else if (code === LINK_BACK_WITHOUT_DATA) tell('back_without_data')
  }

  async function openAny(): Promise<TwsSession> {
    for (let clientId = o.address.clientId; ; clientId++) {
      try {
        return await openSession({ ...o.address, clientId })
      } catch (error) {
        if (!(error instanceof ClientIdTaken)) throw error
        if (clientId - o.address.clientId >= IDS_TRIED_MAX - 1) {
          throw unavailable(
            `has other clients with the ids ${o.address.clientId} to ${clientId}: choose another clientId`,
          )
        }
      }
    }
  }

  function openSession(address: TwsAddress): Promise<TwsSession> {
    const { promise, resolve, reject } = Promise.withResolvers<TwsSession>()
    const fail = (error: ProviderError | ClientIdTaken) => {
      clearTimeout(timer)
      reject(error)
      opened.close()
    }
    const onNotice = (notice: TwsNotice) => {
      if (session === opened) unansweredSince = null
      if (notice.type === 'ready') {
        clearTimeout(timer)
        session = opened
        resolve(opened)
      } else if (notice.type === 'closed') {
        fail(unavailable('closed the connection while it was opened'))
        if (session === opened) end(new TwsHiccup('closed the connection'))
      } else if (notice.type === 'malformed') {
        const error = new ProviderError('malformed', 'TWS sent a frame that cannot be read', {
          provider: NAME,
        })
        if (session === opened) end(error)
        fail(error)
      } else if (notice.type === 'alive') tell('alive')
      else if (session === opened) onInfo(notice.code)
      else if (notice.code === CLIENT_ID_TAKEN) fail(new ClientIdTaken())
      else if (notice.code === CANNOT_CONNECT) {
        fail(unavailable('cannot be reached: is it running, with its API switched on?'))
      }
    }
    const opened = o.open(address, {
      onEvent: (id, event) => {
        if (session === opened) unansweredSince = null
        listeners.get(id)?.(event)
      },
      onNotice,
    })
    const timer = setTimeout(
      () => fail(unavailable(`did not open a session within ${o.connectMs} ms`)),
      o.connectMs,
    )
    giveUp = () => fail(unavailable('is not asked any more: the provider was closed'))
    return promise
  }

  return {
    async ready() {
      const isFrozen = unansweredSince !== null && o.wallClock.now() - unansweredSince > SILENT_MAX_US
      if (session && isFrozen) {
        const frozen = session
        end(unavailable('went silent'))
        frozen.close()
      }
      if (session) {
        if (isLost) throw unavailable('has lost its link to Interactive Brokers (1100)')
        return session
      }
      opening ??= openAny().finally(() => {
        opening = null
      })
      return opening
    },
    listen(listener) {
      listeners.set(nextId, listener)
      return nextId++
    },
    forget: (id) => void listeners.delete(id),
    ping() {
      if (!session) return
      unansweredSince ??= o.wallClock.now()
      session.requestTime()
    },
    onChange(hear) {
      hearers.add(hear)
      return () => hearers.delete(hear)
    },
    close() {
      const open = session
      giveUp()
      end(unavailable('is not asked any more: the provider was closed'))
      open?.close()
    },
  }
}
