// What a streamer connection is subscribed to: symbols by service, and the fields wanted of each service.
import { z } from 'zod'

export const SERVICES = ['LEVELONE_EQUITIES', 'CHART_EQUITY'] as const
export type Service = (typeof SERVICES)[number]
export const isService = (name: string): name is Service => (SERVICES as readonly string[]).includes(name)

export const COMMANDS = ['SUBS', 'ADD', 'UNSUBS', 'VIEW'] as const
export type Command = (typeof COMMANDS)[number]
export const isCommand = (name: string): name is Command => (COMMANDS as readonly string[]).includes(name)

/** Symbols of one connection, each counted once. */
export const SYMBOLS_MAX = 500

export const requestSchema = z.looseObject({
  service: z.string(),
  command: z.string(),
  requestid: z.union([z.string(), z.number()]).transform(String),
  SchwabClientCustomerId: z.string().optional(),
  SchwabClientCorrelId: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
})
export type StreamRequest = z.infer<typeof requestSchema>
export const frameSchema = z.union([
  z.looseObject({ requests: z.array(requestSchema).min(1) }).transform((f) => f.requests),
  requestSchema.transform((r) => [r]),
])

interface Subscription {
  keys: Set<string>
  fields: Set<number>
}

export class Subscriptions {
  readonly #by = new Map<Service, Subscription>()

  /** The keys that were not subscribed before; 19 when there would be too many, 21 when the request is no good. */
  change(service: Service, command: Command, parameters: Record<string, unknown> = {}): string[] | 19 | 21 {
    const keys = listOf(parameters.keys)
    const fields = new Set(listOf(parameters.fields).map(Number))
    if ([...fields].some((field) => !Number.isInteger(field))) return 21
    const current = this.#by.get(service) ?? { keys: new Set(), fields: new Set() }
    if (command === 'VIEW') {
      this.#by.set(service, { ...current, fields })
      return []
    }
    if (keys.length === 0) return 21
    const next = new Set(command === 'SUBS' ? [] : current.keys)
    for (const key of keys) {
      if (command === 'UNSUBS') next.delete(key)
      else next.add(key)
    }
    if (this.#symbolsWith(service, next) > SYMBOLS_MAX) return 19
    const wanted = fields.size > 0 ? fields : current.fields
    this.#by.set(service, { keys: next, fields: wanted })
    const added = command === 'SUBS' ? keys : keys.filter((key) => !current.keys.has(key))
    return command === 'UNSUBS' ? [] : [...new Set(added)]
  }

  keys(service: Service): ReadonlySet<string> {
    return this.#by.get(service)?.keys ?? new Set()
  }

  fields(service: Service): ReadonlySet<number> {
    return this.#by.get(service)?.fields ?? new Set()
  }

  get isEmpty(): boolean {
    return SERVICES.every((service) => this.keys(service).size === 0)
  }

  #symbolsWith(service: Service, keys: ReadonlySet<string>): number {
    const others = SERVICES.filter((s) => s !== service).flatMap((s) => [...this.keys(s)])
    return new Set([...keys, ...others]).size
  }
}

const listOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? value
        .split(',')
        .map((s) => s.trim())
        .filter((s) => s !== '')
    : []
