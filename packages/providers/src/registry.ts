// Every provider, as data: a vendor's folder describes itself and is listed in vendors.ts with one line.
import type { IDataProvider, ProviderDefinition, ProviderDeps } from './contract.ts'
import { ProviderError } from './errors.ts'
import * as vendors from './vendors.ts'

/** Vendors that are gone, with the provider that took over: a person who still asks for one is told. */
const SUCCESSORS: Readonly<Record<string, { was: string; successor: string }>> = {
  td_ameritrade: { was: 'TD Ameritrade closed its API in May 2024', successor: 'schwab' },
  tdameritrade: { was: 'TD Ameritrade closed its API in May 2024', successor: 'schwab' },
}

export interface Registry {
  readonly names: readonly string[]
  readonly definitions: readonly ProviderDefinition[]
  /** @throws ProviderError `invalid_request` that lists the known names; `unsupported` for a vendor that is gone. */
  get(name: string): ProviderDefinition
  has(name: string): boolean
}

export function createRegistry(definitions: readonly ProviderDefinition[]): Registry {
  const byName = new Map<string, ProviderDefinition>()
  for (const definition of definitions) {
    if (byName.has(definition.name)) throw new Error(`two providers are called ${definition.name}`)
    byName.set(definition.name, definition)
  }
  const names = [...byName.keys()]
  return {
    names,
    definitions,
    has: (name) => byName.has(name),
    get(name) {
      const definition = byName.get(name)
      if (definition) return definition
      const gone = SUCCESSORS[name.toLowerCase()]
      if (gone) {
        const words = `${gone.was}; its successor is the provider ${gone.successor}`
        throw new ProviderError('unsupported', words, { provider: name })
      }
      const message = `there is no provider called ${JSON.stringify(name)}; known are ${names.join(', ')}`
      throw new ProviderError('invalid_request', message, { provider: name })
    },
  }
}

export const registry: Registry = createRegistry(Object.values(vendors))

/** A provider ready to ask; what it may touch is passed in. */
export const createProvider = (name: string, deps: ProviderDeps): IDataProvider =>
  registry.get(name).create(deps)
