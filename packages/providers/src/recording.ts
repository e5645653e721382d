// How a recorded body is read by the same code that reads a live one.
import type { Recording, RecordingMeta, RecordingResult } from './contract.ts'
import { ProviderError } from './errors.ts'
import { kindOfStatus } from './http/failure.ts'
import type { VendorFault } from './http/request.ts'
import type { Rows } from './wire-rows.ts'

/**
 * A recording whose good bodies are read by `read`; a body with an error status becomes the error that the
 * adapter would raise.
 */
export function recordingOf(o: {
  endpoint: string
  explain: (status: number, text: string) => VendorFault | null
  read: (body: string, meta: RecordingMeta) => Rows<object>
}): Recording {
  const read = (body: string, meta: RecordingMeta): RecordingResult => {
    if (meta.status < 200 || meta.status >= 300) {
      const fault = o.explain(meta.status, body)
      const kind = fault?.kind ?? kindOfStatus(meta.status)
      return { ok: false, error: { kind, message: fault?.message ?? `status ${meta.status}` } }
    }
    try {
      const { rows, dropped } = o.read(body, meta)
      return { ok: true, nouns: rows, dropped }
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error
      return { ok: false, error: { kind: error.kind, message: error.message } }
    }
  }
  return { endpoint: o.endpoint, read }
}
