// The ring that the settings ask for: keys given in the environment, or else the key file.
import { envKeyRing } from '../custody/env-key-ring.ts'
import type { ManagedKeyRing } from '../custody/key-ring.ts'
import { openKeyFile } from './key-file.ts'

export interface KeySettings {
  /** ONETAPE_KEYS; comes first where it is set. */
  keys?: string | undefined
  /** Path of the key file; made when it is not there. */
  file: string
  /** False: a key file that is not there yet is a problem. */
  create?: boolean
}

/** @throws KeyRingProblem or EmbeddedProblem with one clear line that holds no key. */
export const openKeyRing = ({ keys, file, create }: KeySettings): ManagedKeyRing =>
  keys ? envKeyRing(keys) : openKeyFile(file, { create: create ?? true })
