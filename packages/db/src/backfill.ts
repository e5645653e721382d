// A backfill is a run of chunks, recorded, so that it survives a kill and goes on where it was.
import type { Micros, Timeframe } from '@onetape/market'

export interface PlannedChunk {
  instrumentId: number
  timeframe: Timeframe
  from: Micros
  to: Micros
}

export interface Chunk extends PlannedChunk {
  runId: number
  seq: number
  /** This attempt included. */
  attempts: number
}

export interface BackfillState {
  runId: number
  total: number
  done: number
  failed: number
  rowsOffered: number
  rowsWritten: number
  /** `failed` when it is over and a chunk of it failed for good. */
  status: 'running' | 'done' | 'failed'
}
