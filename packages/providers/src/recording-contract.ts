// What a vendor's folder tells `conformance`: how each recorded endpoint becomes nouns.
import type { Micros } from '@onetape/market'
import type { DroppedRow } from './contract.ts'

/** One recorded endpoint: how a body becomes nouns, or the error that the adapter would raise. */
export interface Recording {
  endpoint: string
  read(body: string, meta: RecordingMeta): RecordingResult
}

export interface RecordingMeta {
  status: number
  path: string
  query: Record<string, unknown>
  /** When the body was answered, as near as the recording knows. */
  receivedAt: Micros
}

export type RecordingResult =
  | { ok: true; nouns: unknown[]; dropped: DroppedRow[] }
  | { ok: false; error: { kind: string; message: string } }
