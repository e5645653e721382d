// The gate that every frame of a stream passes on its way out: it keeps frames back, doubles, swaps, spoils or delays
// them when a fault says so. One a connection.
import { type FaultKind, FRAME_FAULTS, type VendorName } from './faults.ts'
import type { Simulation } from './simulation.ts'

export type Frame = string | Uint8Array

export interface FrameOptions {
  /** Answers to sign-in and subscription: never muted, doubled or swapped. */
  control?: boolean
  /** The house's symbol that the frame is about, for faults on one symbol. */
  symbol?: string
  /** The frame as malformed_row spoils it; without it a number in the text becomes a word. */
  spoiled?: () => Frame
}

const FREE_KINDS: readonly FaultKind[] = FRAME_FAULTS
const CONTROL_KINDS: readonly FaultKind[] = ['cut', 'slow']

export class FrameGate {
  readonly #simulation: Pick<Simulation, 'faults' | 'wall'>
  readonly #place: { vendor: VendorName; path: string; on: 'stream' }
  readonly #late: ((frame: Frame) => void) | undefined
  #keys: readonly string[] = []
  /** Frames that a slow fault holds back, and what came after them. */
  #delayed: { frame: Frame; dueMs: number }[] = []
  #swapped: Frame | null = null
  #stopTimer: (() => void) | null = null

  /** @param late Sends a delayed frame once its time has come; without it they go with a later frame. */
  constructor(
    simulation: Pick<Simulation, 'faults' | 'wall'>,
    vendor: VendorName,
    path: string,
    late?: (frame: Frame) => void,
  ) {
    this.#simulation = simulation
    this.#place = { vendor, path, on: 'stream' }
    this.#late = late
  }

  /** Who is on the other end, once it has signed in: for faults on one credential. */
  bears(...keys: string[]): void {
    this.#keys = keys
  }

  /** The frames to really send now, in order; 'cut' when the connection is to be cut off instead. */
  pass(frame: Frame, { control = false, symbol, spoiled }: FrameOptions = {}): Frame[] | 'cut' {
    const kinds = control ? CONTROL_KINDS : FREE_KINDS
    const fault = this.#simulation.faults.take({
      ...this.#place,
      kinds,
      keys: this.#keys,
      symbol: symbol ?? null,
    })
    switch (fault?.kind) {
      case 'cut':
        return 'cut'
      case 'mute':
        return this.#due([])
      case 'duplicate':
        return this.#due([frame, frame])
      case 'out_of_order':
        if (this.#swapped !== null) return this.#due([frame])
        this.#swapped = frame
        return this.#due([])
      case 'malformed_row':
        return this.#due([spoiled ? spoiled() : spoil(frame)])
      case 'truncated_page':
        return this.#due([frame.slice(0, Math.ceil(frame.length / 2))])
      case 'slow':
        return this.#due([frame], fault.delayMs)
      default:
        return this.#due([frame])
    }
  }

  close(): void {
    this.#stopTimer?.()
    this.#delayed = []
    this.#swapped = null
  }

  /** A frame held for swapping follows the next one; a held-back frame holds up whatever comes after it. */
  #due(frames: Frame[], delayMs = 0): Frame[] {
    if (this.#swapped !== null && frames.length > 0) {
      frames.push(this.#swapped)
      this.#swapped = null
    }
    if (delayMs === 0 && this.#delayed.length === 0) return frames
    const now = this.#simulation.wall.nowMs()
    this.#delayed.push(...frames.map((frame) => ({ frame, dueMs: now + delayMs })))
    const due = this.#release(now)
    this.#wait(now)
    return due
  }

  #release(nowMs: number): Frame[] {
    const held = this.#delayed.findIndex(({ dueMs }) => dueMs > nowMs)
    return this.#delayed.splice(0, held === -1 ? this.#delayed.length : held).map(({ frame }) => frame)
  }

  #wait(nowMs: number): void {
    const next = this.#delayed[0]
    if (!this.#late || !next || this.#stopTimer) return
    this.#stopTimer = this.#simulation.wall.after(next.dueMs - nowMs, () => {
      this.#stopTimer = null
      const now = this.#simulation.wall.nowMs()
      for (const frame of this.#release(now)) this.#late!(frame)
      this.#wait(now)
    })
  }
}

/** A word where a number was; bytes lose their second half, for there is no telling what they mean. */
function spoil(frame: Frame): Frame {
  if (typeof frame !== 'string') return frame.slice(0, Math.ceil(frame.length / 2))
  const spoiled = frame.replace(
    /("(?:p|price|bp|bid|last|c|1|closeoutBid)"\s*:\s*)("?)-?[\d.]+("?)/,
    '$1"n/a"',
  )
  return spoiled === frame ? frame.replace(/(:\s*)-?\d[\d.]*/, '$1"n/a"') : spoiled
}
