// Which instruments the account may see. They differ by the vendor's division, and one that is not offered makes the
// vendor refuse a whole list without saying which: then, and only then, the account's own list is asked.
import type { Clock, Micros } from '@onetape/market'
import type { CallOptions } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { textField } from '../wire-rows.ts'
import type { OandaClient } from './client.ts'
import { parseInstruments } from './payload.ts'

/** An instrument that is new at the vendor is asked for again after this. */
const KEPT_US: Micros = 3_600_000_000

export interface Offering {
  /**
   * Asks for what is offered: first for everything but what is known not to be, and once more without the rest.
   * @returns null when nothing of the list is offered.
   */
  ask<T>(
    instruments: readonly string[],
    send: (offered: readonly string[]) => Promise<T>,
    options?: CallOptions,
  ): Promise<{ answer: T; asked: readonly string[]; calls: number } | null>
}

export function createOffering(client: OandaClient, wallClock: Clock): Offering {
  let absent = new Set<string>()
  let readAt = 0
  return {
    async ask(instruments, send, options) {
      if (wallClock.now() - readAt > KEPT_US) absent = new Set()
      const asked = instruments.filter((name) => !absent.has(name))
      if (asked.length === 0) return null
      try {
        return { answer: await send(asked), asked, calls: 0 }
      } catch (error) {
        if (!(error instanceof ProviderError) || error.kind !== 'not_found') throw error
        const answer = await client.fetchInstruments(options)
        const offered = new Set(parseInstruments(answer.text).map((raw) => textField(raw, 'name')))
        absent = new Set([...absent, ...asked.filter((name) => !offered.has(name))])
        readAt = wallClock.now()
        const known = asked.filter((name) => offered.has(name))
        // The refused call and the listing were spent too.
        const calls = 1 + answer.calls
        if (known.length === asked.length) throw error
        return known.length === 0 ? null : { answer: await send(known), asked: known, calls }
      }
    },
  }
}
