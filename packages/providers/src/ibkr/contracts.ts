// Which contract a house symbol stands for: asked once, kept while the provider lives. Ids are the vendor's own key.
import type { SymbolRef } from '@onetape/market'
import type { CallOptions } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import type { TwsClient } from './client.ts'
import { NAME } from './codes.ts'
import { contractFromRef, contractMeant } from './symbols.ts'
import type { TwsContract } from './tws.ts'

export interface Contracts {
  /** @throws ProviderError `not_found` */
  resolve(ref: SymbolRef, options?: CallOptions): Promise<TwsContract>
}

const KEPT_MAX = 20_000

export function createContracts(client: TwsClient): Contracts {
  const known = new Map<string, TwsContract>()
  const asking = new Map<string, Promise<TwsContract>>()

  async function ask(ref: SymbolRef, options?: CallOptions): Promise<TwsContract> {
    const wanted = contractFromRef(ref)
    if (!wanted) throw unknown(ref)
    const meant = contractMeant(ref, await client.askContracts(wanted, options))
    if (!meant?.conId) throw unknown(ref)
    // The id decides; the venue is where we want its prices from.
    return { ...wanted, conId: meant.conId, primaryExchange: meant.primaryExchange }
  }

  return {
    async resolve(ref, options) {
      const key = `${ref.assetClass}:${ref.symbol}`
      const contract = known.get(key)
      if (contract) return contract
      const underway = asking.get(key)
      if (underway) return underway
      const asked = ask(ref, options).finally(() => asking.delete(key))
      asking.set(key, asked)
      const found = await asked
      if (known.size >= KEPT_MAX) known.clear()
      known.set(key, found)
      return found
    },
  }
}

const unknown = (ref: SymbolRef): ProviderError =>
  new ProviderError('not_found', `Interactive Brokers has no contract for ${ref.assetClass} ${ref.symbol}`, {
    provider: NAME,
  })
