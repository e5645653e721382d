// What the simulated vendors saw, request by request: the judge of what adapters claim to have called.
import type { FaultKind, VendorName } from './faults.ts'

export interface LoggedRequest {
  id: number
  vendor: VendorName
  /** Below the vendor's prefix, its secrets left out; for sockets a name of the message, `TWS 20`. */
  path: string
  /** Its first four characters. */
  credential: string
  /** Milliseconds of real time. */
  at: number
  /** Null while it is not answered, and for what never is. */
  status: number | null
  fault: FaultKind | null
}

export type RequestNote = Pick<LoggedRequest, 'vendor' | 'path'> &
  Partial<Pick<LoggedRequest, 'credential' | 'status' | 'fault'>>

const KEPT_MAX = 20_000
const SECRETS = /([?&])(apiKey|crumb|token|access_token|client_secret|refresh_token|code|state)=[^&]*/gi

export class RequestLog {
  readonly #nowMs: () => number
  readonly #ring: LoggedRequest[] = []
  #lastId = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** The entry stays open: its status and fault may be set later. */
  note({ vendor, path, credential = '', status = null, fault = null }: RequestNote): LoggedRequest {
    const entry: LoggedRequest = {
      id: ++this.#lastId,
      vendor,
      path: path.replace(SECRETS, '$1$2=***'),
      credential: maskCredential(credential),
      at: this.#nowMs(),
      status,
      fault,
    }
    this.#ring[(entry.id - 1) % KEPT_MAX] = entry
    return entry
  }

  /** Entries with an id beyond `id`, oldest first. */
  after(id: number): LoggedRequest[] {
    const first = Math.max(id + 1, this.#lastId - KEPT_MAX + 1, 1)
    const found: LoggedRequest[] = []
    for (let at = first; at <= this.#lastId; at++) found.push(this.#ring[(at - 1) % KEPT_MAX]!)
    return found
  }
}

export const maskCredential = (credential: string): string => credential.slice(0, 4)
