export { PRIORITIES } from './call.ts'
export { tierOf } from './capability.ts'
export type * from './contract.ts'
export { ERROR_KINDS, type ErrorKind, ProviderError, type ProviderErrorDetail } from './errors.ts'
export { type HouseOptions, houseCredentialId, openHouse } from './house.ts'
export { houseOrder } from './house-order.ts'
export { type HouseSettings, houseSettings, secretsOf, simulatedSettings } from './house-settings.ts'
export type * from './probe/findings.ts'
export { type PlacedOrder, type PlacesOptions, proposePlaces } from './probe/places.ts'
export { PROBE_CALLS_MAX, PROBE_DEADLINE_MS, type ProbeOptions, probeSource } from './probe/probe.ts'
export { type SaidError, type Words, wordsOf } from './probe/words.ts'
export { createProvider, createRegistry, type Registry, registry } from './registry.ts'
export { convertBars } from './router/adjust.ts'
export type { Answer, OneAnswer, RowsAnswer } from './router/answer.ts'
export { BREAKER_POLICY, type BreakerPolicy, type Readiness } from './router/breaker.ts'
export type { Decision, ExplainedSource, ExplainQuestion } from './router/explain.ts'
export { explainReceipt } from './router/explain-receipt.ts'
export {
  createHealthBoard,
  type HealthBoard,
  type HealthBoardOptions,
  type HealthListener,
  healthKeyOf,
  healthScopeOf,
} from './router/health-board.ts'
export type { Question } from './router/parts.ts'
export type { Need, SeriesBegun } from './router/plan.ts'
export type * from './router/ports.ts'
export type * from './router/receipt.ts'
export { SKIP_REASONS } from './router/receipt.ts'
export { CACHE_MS, createRouter, type Router, type RouterOptions } from './router/router.ts'
export type { RowsQuestion } from './router/rows.ts'
export type { BarsQuestion } from './router/series.ts'
export type { FundamentalsQuestion, OptionsChainValue, OptionsQuestion } from './router/single.ts'
export { type Healed, type HealOptions, healSeam, type SeamSpan } from './stream/heal.ts'
