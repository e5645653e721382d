export type * from './contract.ts'
export { ERROR_KINDS, type ErrorKind, ProviderError, type ProviderErrorDetail } from './errors.ts'
export { houseOrder } from './house-order.ts'
export { createProvider, createRegistry, type Registry, registry } from './registry.ts'
