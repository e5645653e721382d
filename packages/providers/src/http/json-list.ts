/**
 * A long JSON list inside an envelope, read while it arrives: `{"status":"OK","tickers":[ .. 4 MB .. ],"count":8000}`.
 *
 *   push(bytes)   elements that are whole by now are parsed, and offered to whoever wants them at once
 *   end()         the envelope, with `[]` where the list stood, and the rows that nobody took; throws `malformed`
 *
 * What arrives is never held as a whole. Only the list's boundaries are looked for here, byte by byte; JSON.parse
 * judges everything in between, and the envelope. Where the named list is missing, the envelope is the body.
 */
import { ProviderError } from '../errors.ts'
import type { BodySink } from './body.ts'
import { type Answerer, answererOf, parseJson } from './json.ts'

export interface JsonListOptions {
  /** Name of the list, a field of the outermost object. */
  list: string
  who: Answerer
  /** As for `parseJson`. */
  exactFields?: readonly string[]
  /** Offered some rows, and the envelope up to the list. True: they are taken, and not kept. */
  take?: (rows: unknown[], head: string) => boolean
}

type Mode = 'before' | 'within' | 'after'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const LIST_OPEN = 0x5b
const LIST_CLOSE = 0x5d
const OBJECT_OPEN = 0x7b
const OBJECT_CLOSE = 0x7d

export class JsonList implements BodySink {
  readonly #o: JsonListOptions
  readonly #rows: unknown[] = []
  readonly #envelope: Uint8Array[] = []
  readonly #decoder = new TextDecoder()
  #mode: Mode = 'before'
  #head = ''
  /** Elements that have begun and not ended. */
  #pending: Uint8Array[] = []
  #broken = false
  #any = false
  #inString = false
  #escaped = false
  /** Of braces and brackets: in the envelope from its outside, in the list from its elements. */
  #depth = 0
  /** The last string at the envelope's own level, and whether its colon was seen: a key whose value comes next. */
  #key = ''
  #isKey = false

  constructor(o: JsonListOptions) {
    this.#o = o
  }

  push(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) {
      if (this.#mode === 'within') at = this.#readList(bytes, at)
      else {
        const end = this.#mode === 'before' ? this.#findList(bytes, at) : bytes.length
        this.#envelope.push(bytes.slice(at, end))
        at = end
      }
    }
  }

  /** @throws ProviderError `malformed`. */
  end(): { envelope: unknown; envelopeText: string; rows: unknown[] } {
    if (this.#broken || this.#mode === 'within') throw this.#cutShort()
    const envelopeText = this.#text(this.#envelope)
    const { who, exactFields } = this.#o
    return { envelope: parseJson(envelopeText, who, exactFields), envelopeText, rows: this.#rows }
  }

  /** @returns where the list's first element begins, or the end of the bytes. */
  #findList(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]!
      if (this.#inString) this.#readString(byte)
      else if (byte === LIST_OPEN && this.#depth === 1 && this.#isKey && this.#key === this.#o.list) {
        this.#mode = 'within'
        this.#head = this.#text([...this.#envelope, bytes.subarray(from, at)])
        this.#depth = 0
        return at + 1
      } else this.#readEnvelope(byte)
    }
    return bytes.length
  }

  #readEnvelope(byte: number): void {
    if (byte === COLON) this.#isKey = true
    else if (byte === QUOTE) {
      this.#inString = true
      this.#key = ''
      this.#isKey = false
    } else if (byte === OBJECT_OPEN || byte === LIST_OPEN) {
      this.#depth += 1
      this.#isKey = false
    } else if (byte === OBJECT_CLOSE || byte === LIST_CLOSE) this.#depth -= 1
    else if (byte === COMMA) this.#isKey = false
  }

  #readString(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === BACKSLASH) this.#escaped = true
    else if (byte === QUOTE) {
      this.#inString = false
      return
    }
    // Longer than the name, and it is another one.
    if (this.#depth === 1 && this.#key.length <= this.#o.list.length) this.#key += String.fromCharCode(byte)
  }

  /** @returns where to go on: behind the bytes, or behind the list's last element. */
  #readList(bytes: Uint8Array, from: number): number {
    let inString = this.#inString
    let escaped = this.#escaped
    let depth = this.#depth
    let whole = -1
    let at = from
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!
      if (inString) {
        if (escaped) escaped = false
        else if (byte === BACKSLASH) escaped = true
        else if (byte === QUOTE) inString = false
      } else if (byte === QUOTE) inString = true
      else if (byte === OBJECT_OPEN || byte === LIST_OPEN) depth += 1
      else if (byte === OBJECT_CLOSE) depth -= 1
      else if (byte === COMMA) {
        if (depth === 0) whole = at
      } else if (byte === LIST_CLOSE) {
        if (depth === 0) break
        depth -= 1
      }
    }
    if (at < bytes.length) {
      this.#take(bytes.subarray(from, at), true)
      this.#mode = 'after'
      return at
    }
    this.#inString = inString
    this.#escaped = escaped
    this.#depth = depth
    if (whole >= 0) this.#take(bytes.subarray(from, whole), false)
    // Kept beyond this call, in which the bytes are only lent.
    this.#pending.push(bytes.slice(whole >= 0 ? whole + 1 : from))
    return bytes.length
  }

  #take(bytes: Uint8Array, isLast: boolean): void {
    const text = this.#text([...this.#pending, bytes])
    this.#pending = []
    if (this.#broken) return
    if (text.trim() === '') {
      this.#broken = !(isLast && !this.#any)
      return
    }
    let rows: unknown[]
    try {
      rows = parseJson(`[${text}]`, this.#o.who, this.#o.exactFields) as unknown[]
    } catch {
      this.#broken = true
      return
    }
    this.#any = true
    if (!this.#o.take?.(rows, this.#head)) for (const row of rows) this.#rows.push(row)
  }

  #text(parts: readonly Uint8Array[]): string {
    return parts.map((part) => this.#decoder.decode(part, { stream: true })).join('') + this.#decoder.decode()
  }

  #cutShort(): ProviderError {
    const { name, label } = answererOf(this.#o.who)
    return new ProviderError('malformed', `${label} answered with a body that is cut short, not JSON`, {
      provider: name,
    })
  }
}
