// One event on its way to a socket, handed out in pieces: what the socket does not take yet is not made yet.
import { DELTA_BEGIN, deltaEnd } from './sse.ts'

/** Bytes of that many to write into. */
export type Take = (length: number) => Uint8Array

export interface Outgoing {
  /** How much the socket may still hold when the next piece is given to it. */
  aheadBytes: number
  /** The next piece; null after the last. */
  next(take: Take): Uint8Array | null
}

export interface Delta<Row> {
  id: string
  full: boolean
  rows: readonly Row[]
  /** How rows are written at this moment. */
  writer: () => (row: Row) => Uint8Array
}

/** A piece holds at least this many bytes, and one row more at most. */
export const PIECE_MIN_BYTES = 64 * 1024
const SHARED_PIECE_BYTES = 1024 * 1024
/** Bytes that all readers share cost nothing more when they wait for one of them. */
const SHARED_AHEAD_BYTES = 1024 * 1024
const COMMA = 0x2c
const BEGIN = Buffer.from(DELTA_BEGIN, 'latin1')

/** Rows are written as they are when their piece is made: never older than when the event began. */
export function deltaInPieces<Row>(delta: Delta<Row>): Outgoing {
  const { rows } = delta
  let from = 0
  let ended = false
  return {
    aheadBytes: 0,
    next(take) {
      if (ended) return null
      const first = from
      const json = delta.writer()
      let length = first === 0 ? BEGIN.length : 0
      while (from < rows.length && length < PIECE_MIN_BYTES) {
        length += json(rows[from]!).length + (from > 0 ? 1 : 0)
        from += 1
      }
      ended = from === rows.length
      const end = ended ? endOf(delta) : null
      const piece = take(length + (end?.length ?? 0))
      if (first === 0) piece.set(BEGIN)
      writeRows({ rows, first, to: from, json }, piece, first === 0 ? BEGIN.length : 0)
      if (end) piece.set(end, length)
      return piece
    },
  }
}

/** The whole event, for all who get the same. */
export function deltaBytes<Row>(delta: Delta<Row>): Buffer {
  const { rows } = delta
  const json = delta.writer()
  const end = endOf(delta)
  let length = BEGIN.length + Math.max(rows.length - 1, 0)
  for (const row of rows) length += json(row).length
  const event = Buffer.allocUnsafeSlow(length + end.length)
  event.set(BEGIN)
  writeRows({ rows, first: 0, to: rows.length, json }, event, BEGIN.length)
  event.set(end, length)
  return event
}

/** Bytes that others send too; in pieces, so that a slow reader is seen to move. */
export function sharedBytes(bytes: Uint8Array): Outgoing {
  let at = 0
  return {
    aheadBytes: SHARED_AHEAD_BYTES,
    next() {
      if (at >= bytes.length) return null
      const piece = bytes.subarray(at, at + SHARED_PIECE_BYTES)
      at += piece.length
      return piece
    },
  }
}

interface Rows<Row> {
  rows: readonly Row[]
  first: number
  to: number
  json: (row: Row) => Uint8Array
}

function writeRows<Row>({ rows, first, to, json }: Rows<Row>, into: Uint8Array, start: number): void {
  let at = start
  for (let i = first; i < to; i++) {
    if (i > 0) into[at++] = COMMA
    const row = json(rows[i]!)
    into.set(row, at)
    at += row.length
  }
}

let lastEnd = { id: '', full: false, bytes: Buffer.alloc(0) }

/** Hundreds of readers get the same end, one after the other. */
function endOf({ id, full }: { id: string; full: boolean }): Uint8Array {
  if (id !== lastEnd.id || full !== lastEnd.full) {
    lastEnd = { id, full, bytes: Buffer.from(deltaEnd(id, full), 'latin1') }
  }
  return lastEnd.bytes
}
