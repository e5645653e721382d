// As much of the protobuf wire format as a message of texts, floats and zigzag integers needs.
// https://protobuf.dev/programming-guides/encoding/

export type Field =
  | { number: number; type: 'string'; value: string }
  | { number: number; type: 'float' | 'double'; value: number }
  | { number: number; type: 'sint64' | 'int32'; value: number }

const WIRE = { string: 2, float: 5, double: 1, sint64: 0, int32: 0 } as const

/** Fields with the value that a reader takes for absent (0, '') are left out. */
export function encodeMessage(fields: readonly Field[]): Buffer {
  const parts = fields.filter(({ value }) => value !== 0 && value !== '').flatMap(encodeField)
  return Buffer.concat(parts)
}

function encodeField(field: Field): Buffer[] {
  const tag = varint(BigInt((field.number << 3) | WIRE[field.type]))
  switch (field.type) {
    case 'string': {
      const text = Buffer.from(field.value, 'utf8')
      return [tag, varint(BigInt(text.length)), text]
    }
    case 'float': {
      const bytes = Buffer.alloc(4)
      bytes.writeFloatLE(field.value)
      return [tag, bytes]
    }
    case 'double': {
      const bytes = Buffer.alloc(8)
      bytes.writeDoubleLE(field.value)
      return [tag, bytes]
    }
    case 'sint64':
      return [tag, varint(zigzag(BigInt(Math.round(field.value))))]
    case 'int32':
      return [tag, varint(BigInt(field.value))]
  }
}

/** Small negative numbers become small positive ones. */
const zigzag = (value: bigint): bigint => (value >= 0n ? value * 2n : -value * 2n - 1n)

/** Seven bits a byte, the lowest first. */
function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = value
  do {
    const more = rest > 127n
    bytes.push(Number(rest & 127n) | (more ? 128 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return Buffer.from(bytes)
}
