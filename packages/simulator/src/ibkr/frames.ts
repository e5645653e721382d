// Framing of the TWS socket: each message is a length of four bytes, big end first, and fields that end with a zero.
// Only the client's greeting is different: `API\0`, then a length and the versions that it speaks.

export const END = '\0'
const GREETING = 'API\0'
const LENGTH_BYTES = 4
/** What the real server refuses as too long. */
const MESSAGE_BYTES_MAX = 0xffffff

export type Field = string | number

/** Fields as the text of one message. */
export const message = (...fields: Field[]): string => fields.map((field) => `${field}${END}`).join('')

export function frame(text: string): Buffer {
  const body = Buffer.from(text, 'utf8')
  const framed = Buffer.allocUnsafe(LENGTH_BYTES + body.length)
  framed.writeInt32BE(body.length, 0)
  body.copy(framed, LENGTH_BYTES)
  return framed
}

/** Versions of a greeting, `v100..193` or `v100`. */
export interface Versions {
  min: number
  max: number
}

/** Cuts what comes in into messages, however the network has cut it. */
export class FrameReader {
  readonly #onGreeting: (versions: Versions) => void
  readonly #onMessage: (fields: string[]) => void
  #rest: Buffer = Buffer.alloc(0)
  #greeted = false

  constructor(onGreeting: (versions: Versions) => void, onMessage: (fields: string[]) => void) {
    this.#onGreeting = onGreeting
    this.#onMessage = onMessage
  }

  /** @throws Error when the bytes are no TWS protocol. */
  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    for (;;) {
      const at = this.#greeted ? 0 : GREETING.length
      if (this.#rest.length < at + LENGTH_BYTES) return
      if (!this.#greeted && this.#rest.toString('latin1', 0, at) !== GREETING) throw new Error('no greeting')
      const length = this.#rest.readInt32BE(at)
      if (length < 0 || length > MESSAGE_BYTES_MAX) throw new Error('bad message length')
      const end = at + LENGTH_BYTES + length
      if (this.#rest.length < end) return
      const text = this.#rest.toString('utf8', at + LENGTH_BYTES, end)
      this.#rest = this.#rest.subarray(end)
      if (this.#greeted) this.#onMessage(text.split(END).slice(0, -1))
      else this.#greet(text)
    }
  }

  #greet(text: string): void {
    const versions = /^v(\d+)(?:\.\.(\d+))?/.exec(text)
    if (!versions) throw new Error('no versions')
    this.#greeted = true
    this.#onGreeting({ min: Number(versions[1]), max: Number(versions[2] ?? versions[1]) })
  }
}
