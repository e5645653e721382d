export { countSealedAt } from './count-sealed-at.ts'
export {
  CustodyProblem,
  openCredentials,
  rewrap,
  type Sealed,
  type SealedRecord,
  sealCredentials,
} from './credentials.ts'
export { envKeyRing, keysProblem } from './env-key-ring.ts'
export type { Belonging } from './envelope.ts'
export { type Key, type KeyNote, type KeyRing, KeyRingProblem, type ManagedKeyRing } from './key-ring.ts'
