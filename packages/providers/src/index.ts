export { PRIORITIES } from './call.ts'
export { tierOf } from './capability.ts'
export type * from './contract.ts'
export { ERROR_KINDS, type ErrorKind, ProviderError, type ProviderErrorDetail } from './errors.ts'
export { houseOrder } from './house-order.ts'
export { createProvider, createRegistry, type Registry, registry } from './registry.ts'
export { BREAKER_POLICY, type BreakerPolicy, type Readiness } from './router/breaker.ts'
export {
  createHealthBoard,
  type HealthBoard,
  type HealthBoardOptions,
  type HealthListener,
  healthKeyOf,
  healthScopeOf,
} from './router/health-board.ts'
export type * from './router/ports.ts'
export type * from './router/receipt.ts'
export { SKIP_REASONS } from './router/receipt.ts'
export { type Healed, healSeam, type SeamSpan } from './stream/heal.ts'
