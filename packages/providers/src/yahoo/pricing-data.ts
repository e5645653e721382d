// Yahoo's PricingData, a protobuf message, read by hand: a handful of fields, the rest skipped by their wire type.
// Layout: https://github.com/ranaroussi/yfinance/blob/main/yfinance/pricing.proto

export interface PricingData {
  id: string
  price?: number
  /** Milliseconds. */
  time?: number
  currency?: string
  exchange?: string
  quoteType?: number
  marketHours?: number
  dayVolume?: number
  bid?: number
  ask?: number
}

/** Why bytes are no PricingData. */
export class NoPricingData extends Error {}

type Kind = 'text' | 'float' | 'signed' | 'int'
const FIELDS: Readonly<Record<number, readonly [keyof PricingData, Kind]>> = {
  1: ['id', 'text'],
  2: ['price', 'float'],
  3: ['time', 'signed'],
  4: ['currency', 'text'],
  5: ['exchange', 'text'],
  6: ['quoteType', 'int'],
  7: ['marketHours', 'int'],
  9: ['dayVolume', 'signed'],
  23: ['bid', 'float'],
  25: ['ask', 'float'],
}

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5
const WIRE_TYPES: Readonly<Record<Kind, number>> = {
  text: BYTES,
  float: FIXED32,
  signed: VARINT,
  int: VARINT,
}

/** @throws NoPricingData for bytes that are cut short, or something else. */
export function decodePricingData(bytes: Uint8Array): PricingData {
  const reader = new Reader(bytes)
  const data: Record<string, string | number> = {}
  while (!reader.isAtEnd) {
    const tag = Number(reader.varint())
    const [number, wireType] = [Math.floor(tag / 8), tag % 8]
    const field = FIELDS[number]
    if (!field || WIRE_TYPES[field[1]] !== wireType) reader.skip(wireType)
    else data[field[0]] = reader.value(field[1])
  }
  if (typeof data.id !== 'string' || data.id === '') throw new NoPricingData('names no symbol')
  return data as unknown as PricingData
}

class Reader {
  #at = 0
  readonly #bytes: Uint8Array
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#take(1)]!
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new NoPricingData('holds a number that does not end')
  }

  value(kind: Kind): string | number {
    switch (kind) {
      case 'text': {
        const length = Number(this.varint())
        const start = this.#take(length)
        return new TextDecoder().decode(this.#bytes.subarray(start, start + length))
      }
      case 'float':
        return this.#view.getFloat32(this.#take(4), true)
      case 'int':
        return Number(this.varint())
      case 'signed': {
        // Zigzag: 0, -1, 1, -2 are written as 0, 1, 2, 3.
        const coded = this.varint()
        return Number((coded >> 1n) ^ -(coded & 1n))
      }
    }
  }

  skip(wireType: number): void {
    if (wireType === VARINT) this.varint()
    else if (wireType === FIXED64) this.#take(8)
    else if (wireType === FIXED32) this.#take(4)
    else if (wireType === BYTES) this.#take(Number(this.varint()))
    else throw new NoPricingData(`holds a field of wire type ${wireType}`)
  }

  /** Where the next `length` bytes begin; they are read then. */
  #take(length: number): number {
    const start = this.#at
    if (start + length > this.#bytes.length) throw new NoPricingData('is cut short')
    this.#at = start + length
    return start
  }
}
