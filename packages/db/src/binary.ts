// Values in Postgres' binary formats: what is sent so need not be parsed there, and cannot be misread.
// Source: src/backend/utils/adt/{numeric,timestamp,arrayfuncs}.c, "recv" functions.
import type { Micros } from '@onetape/market'
import { decimalText } from './decimal-type.ts'

/** Midnight of 1 January 2000 UTC, where Postgres counts from. */
const PG_EPOCH_US = Date.UTC(2000, 0, 1) * 1000
const TWO_32 = 4_294_967_296
const START_BYTES = 64 * 1024

/** Buffers that were given back: a megabyte a batch is garbage that the collector stops the writer for. */
const spare: Buffer[] = []
const SPARE_MAX = 8
const SPARE_BYTES_MAX = 4 * 1024 * 1024

/** Bytes that grow at the end. */
export class Bytes {
  #buffer: Buffer
  #view: DataView
  #at = 0

  constructor(bytes: number = START_BYTES) {
    const at = spare.findIndex((buffer) => buffer.length >= bytes)
    this.#buffer = at < 0 ? Buffer.allocUnsafeSlow(bytes) : spare.splice(at, 1)[0]!
    this.#view = new DataView(this.#buffer.buffer)
  }

  /** Once nobody reads what was taken any more; not to be used afterwards. */
  giveBack(): void {
    if (spare.length < SPARE_MAX && this.#buffer.length <= SPARE_BYTES_MAX) spare.push(this.#buffer)
  }

  taken(): Buffer {
    return this.#buffer.subarray(0, this.#at)
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#buffer.set(bytes, this.#at)
    this.#at += bytes.length
  }

  int16(n: number): void {
    this.#room(2)
    this.#view.setInt16(this.#at, n)
    this.#at += 2
  }

  int32(n: number): void {
    this.#room(4)
    this.#view.setInt32(this.#at, n)
    this.#at += 4
  }

  float64(n: number): void {
    this.#room(8)
    this.#view.setFloat64(this.#at, n)
    this.#at += 8
  }

  /** A timestamptz: eight bytes, without its length. */
  instant(ts: Micros): void {
    const us = ts - PG_EPOCH_US
    const high = Math.floor(us / TWO_32)
    this.int32(high)
    this.int32((us - high * TWO_32) | 0)
  }

  /** The start of a one-dimensional array, whose elements follow with their lengths. */
  arrayHead(elementOid: number, length: number): void {
    this.int32(1) // dimensions
    this.int32(1) // there may be nulls
    this.int32(elementOid)
    this.int32(length)
    this.int32(1) // lower bound
  }

  /** A NUMERIC with its length before it. */
  numeric(n: number): void {
    const whole = Math.floor(n)
    const fraction = Math.round((n - whole) * 10_000)
    // Four decimals say it all when they give the number back and 15 digits hold it.
    if (n >= 0 && whole < 1e11 && (whole * 10_000 + fraction) / 10_000 === n) this.#short(whole, fraction)
    else this.#long(decimalText(n))
  }

  #short(whole: number, fraction: number): void {
    const groups = whole === 0 ? 0 : whole < 1e4 ? 1 : whole < 1e8 ? 2 : 3
    const scale = fraction === 0 ? 0 : fraction % 10 ? 4 : fraction % 100 ? 3 : fraction % 1000 ? 2 : 1
    const digits = groups + (fraction ? 1 : 0)
    this.int32(8 + digits * 2)
    this.int16(digits)
    this.int16(digits === 0 ? 0 : groups - 1)
    this.int16(0)
    this.int16(scale)
    if (groups === 3) this.int16(Math.floor(whole / 1e8))
    if (groups >= 2) this.int16(Math.floor(whole / 1e4) % 10_000)
    if (groups >= 1) this.int16(whole % 10_000)
    if (fraction) this.int16(fraction)
  }

  /** By its decimal text, also `-1.5e-7`. */
  #long(text: string): void {
    const [, sign, whole = '', decimals = '', exponent] =
      /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? []
    if (sign === undefined) throw new RangeError(`${text} is no number that the tape can hold.`)
    const power = Number(exponent ?? 0)
    const plain = (whole + decimals).padEnd(whole.length + Math.max(power, 0), '0')
    const point = whole.length + power
    const before = point > 0 ? plain.slice(0, point) : ''
    const after = (point < 0 ? '0'.repeat(-point) : '') + plain.slice(Math.max(point, 0))
    const groups = [
      ...(before.padStart(Math.ceil(before.length / 4) * 4, '0').match(/.{4}/g) ?? []),
      ...(after.padEnd(Math.ceil(after.length / 4) * 4, '0').match(/.{4}/g) ?? []),
    ].map(Number)
    let weight = Math.ceil(before.length / 4) - 1
    while (groups[0] === 0) {
      groups.shift()
      weight -= 1
    }
    while (groups.at(-1) === 0) groups.pop()
    this.int32(8 + groups.length * 2)
    this.int16(groups.length)
    this.int16(groups.length === 0 ? 0 : weight)
    this.int16(sign && groups.length > 0 ? 0x4000 : 0)
    this.int16(after.length)
    for (const group of groups) this.int16(group)
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#at + bytes))
    this.#buffer.copy(grown, 0, 0, this.#at)
    this.#view = new DataView(grown.buffer)
    this.#buffer = grown
  }
}

const COPY_SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')

/** Rows for `COPY ... FROM STDIN BINARY`; `write` gives each column with its length before it. */
export function copyRows<T>(
  rows: readonly T[],
  o: { columns: number; write(bytes: Bytes, row: T): void },
): Bytes {
  const bytes = new Bytes(64 + rows.length * 72)
  bytes.raw(COPY_SIGNATURE)
  for (const row of rows) {
    bytes.int16(o.columns)
    o.write(bytes, row)
  }
  bytes.int16(-1)
  return bytes
}
