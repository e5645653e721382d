// One event on its way to a socket, handed out in pieces: what the socket does not take yet is not made yet.
import { DELTA_BEGIN, deltaEnd } from './sse.ts'

export interface Outgoing {
  /** The next piece; null after the last. It may be reused once the socket has let go of it. */
  next(): Buffer | null
}

export interface Delta<Row> {
  id: string
  full: boolean
  rows: readonly Row[]
  /** How rows are written at this moment. */
  writer: () => (row: Row) => string
}

/** A piece holds at least this many bytes, and one row more at most. */
const PIECE_MIN_BYTES = 64 * 1024
const SHARED_PIECE_BYTES = 1024 * 1024
const COMMA = 0x2c

/** Bytes to write into, used again as long as nobody keeps them. */
export class Scratch {
  #bytes = Buffer.allocUnsafeSlow(2 * PIECE_MIN_BYTES)

  take(length: number): Buffer {
    if (length > this.#bytes.length) return Buffer.allocUnsafeSlow(length)
    return this.#bytes.subarray(0, length)
  }

  /** What was taken is still in use elsewhere. */
  leave(): void {
    this.#bytes = Buffer.allocUnsafeSlow(this.#bytes.length)
  }
}

/** Rows are written as they are when their piece is made: never older than when the event began. */
export function deltaInPieces<Row>(delta: Delta<Row>, scratch: Scratch): Outgoing {
  let at = 0
  let begun = false
  let ended = false
  return {
    next() {
      if (ended) return null
      const json = delta.writer()
      const parts: string[] = []
      let length = 0
      if (!begun) length += add(parts, DELTA_BEGIN)
      begun = true
      while (at < delta.rows.length && length < PIECE_MIN_BYTES) {
        const comma = at > 0 ? ',' : ''
        length += add(parts, comma + json(delta.rows[at++]!))
      }
      ended = at === delta.rows.length
      if (ended) length += add(parts, deltaEnd(delta.id, delta.full))
      return written(parts, scratch.take(length))
    },
  }
}

/** The whole event, for all who get the same. */
export function deltaBytes<Row>({ id, full, rows, writer }: Delta<Row>): Buffer {
  const json = writer()
  const end = deltaEnd(id, full)
  let length = DELTA_BEGIN.length + Math.max(rows.length - 1, 0) + end.length
  for (const row of rows) length += json(row).length
  const bytes = Buffer.allocUnsafeSlow(length)
  let at = bytes.write(DELTA_BEGIN, 0, 'latin1')
  for (const [n, row] of rows.entries()) {
    if (n > 0) bytes[at++] = COMMA
    at += bytes.write(json(row), at, 'latin1')
  }
  bytes.write(end, at, 'latin1')
  return bytes
}

/** Bytes that others send too; in pieces, so that a slow reader is seen to move. */
export function sharedBytes(bytes: Buffer): Outgoing {
  let at = 0
  return {
    next() {
      if (at >= bytes.length) return null
      const piece = bytes.subarray(at, at + SHARED_PIECE_BYTES)
      at += piece.length
      return piece
    },
  }
}

function add(parts: string[], part: string): number {
  parts.push(part)
  return part.length
}

function written(parts: readonly string[], bytes: Buffer): Buffer {
  let at = 0
  for (const part of parts) at += bytes.write(part, at, 'latin1')
  return bytes
}
