// The house's sources: each registered provider with the house's credentials, addresses and clock. What a provider
// wants is declared by its own folder; which setting that is stands here, as data.
import type { Clock } from '@onetape/market'
import type { ProviderDefinition } from '@onetape/providers'
import type { Env } from './env.ts'
import { createAbsentSymbols } from './ingest/absent-symbols.ts'
import type { House, Source } from './ingest/ask-house.ts'
import { createSourceBoard, type SourceBoardOptions } from './ingest/source-board.ts'

interface ProviderSettings {
  /** Setting by credential field. */
  credentials: Readonly<Record<string, keyof Env>>
  /** Setting by endpoint name. */
  baseUrls: Readonly<Record<string, keyof Env>>
}

const SETTINGS: Readonly<Record<string, ProviderSettings>> = {
  polygon: { credentials: { apiKey: 'POLYGON_API_KEY' }, baseUrls: { rest: 'POLYGON_BASE_URL' } },
  yahoo: { credentials: {}, baseUrls: { query: 'YAHOO_BASE_URL', cookie: 'YAHOO_CONSENT_URL' } },
  coinbase: { credentials: {}, baseUrls: { rest: 'COINBASE_BASE_URL' } },
}

const REQUEST_TIMEOUT_MS = 15_000

export interface HouseOptions {
  env: Env
  definitions: readonly ProviderDefinition[]
  wall: Clock
  market: Clock
  fetch: typeof fetch
  onChange: SourceBoardOptions['onChange']
}

export function createHouse(o: HouseOptions): House {
  const sources = new Map<string, Source>()
  const board: { name: string; missing: readonly string[] }[] = []
  for (const definition of o.definitions) {
    const { name } = definition
    const credentials = pick(o.env, SETTINGS[name]?.credentials)
    const baseUrls = pick(o.env, SETTINGS[name]?.baseUrls)
    const missing = [
      ...absent(definition.capabilities.credentials, credentials, SETTINGS[name]?.credentials),
      // Real prices never enter a demo tape: demo asks only addresses that it was given.
      ...(o.env.ONETAPE_MODE === 'demo'
        ? absent(Object.keys(definition.baseUrls), baseUrls, SETTINGS[name]?.baseUrls)
        : []),
    ]
    board.push({ name, missing })
    if (missing.length > 0) continue
    const provider = definition.create({
      fetch: o.fetch,
      marketClock: o.market,
      wallClock: o.wall,
      random: Math.random,
      timeoutMs: REQUEST_TIMEOUT_MS,
      baseUrls,
      credentials,
    })
    sources.set(name, { name, provider })
  }
  return {
    sources,
    board: createSourceBoard({ sources: board, wall: o.wall, market: o.market, onChange: o.onChange }),
    absent: createAbsentSymbols(o.wall),
  }
}

/** The settings behind the fields that were not given. */
const absent = (
  fields: readonly string[],
  given: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, keyof Env>> = {},
): string[] => fields.filter((field) => !(field in given)).map((field) => settings[field] ?? field)

const pick = (env: Env, settings: Readonly<Record<string, keyof Env>> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([name, key]) => (env[key] === undefined ? [] : [[name, env[key]]])),
  )
