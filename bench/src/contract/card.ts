// A card is one promise of the provider contract, put to the proof against the vendor's simulator.
import type { AssetClass } from '@onetape/market'
import type { Capabilities, Capability } from '@onetape/providers'
import type { Stage } from './stage.ts'

export interface Card {
  /** Stable; the numbering is by subject: 1xx access, 2xx prices, 3xx bars, 4xx faults, 5xx streams, 6xx the rest. */
  id: number
  title: string
  /** Whether the provider claims what this card proves; a card that does not apply is shown as such, never as passed. */
  claims(capabilities: Capabilities): boolean
  /** @throws Error with one line that says what was expected and what came. */
  run(stage: Stage): Promise<void>
}

export interface CardResult {
  id: number
  title: string
  outcome: 'pass' | 'fail' | 'not_claimed'
  reason: string | null
  tookMs: number
}

export const everyProvider = (): boolean => true

export const someClass =
  (test: (capability: Capability) => boolean) =>
  (capabilities: Capabilities): boolean =>
    Object.values(capabilities.byAssetClass).some((c) => c !== undefined && test(c))

/** Asset classes of which a provider claims something, with what it claims. */
export const classesWhere = (
  capabilities: Capabilities,
  test: (capability: Capability) => boolean,
): [AssetClass, Capability][] =>
  (Object.entries(capabilities.byAssetClass) as [AssetClass, Capability][]).filter(([, c]) => test(c))

/** Fails with words; the only assertion that cards need. */
export function must(holds: boolean, words: () => string): asserts holds {
  if (!holds) throw new Error(words())
}

export const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 300) ?? String(value)
