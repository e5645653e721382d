// The link between gateway and vendor, which breaks while a `server_error` on streams is ordered: 1100, then silence,
// then 1102 when it is over.
import type { Simulation } from '../simulation.ts'
import { NOTICES, type Notice } from './codes.ts'
import { STREAM_PATH } from './market-line.ts'

const LOOK_MS = 250

export class LinkState {
  lost = false
  readonly #simulation: Simulation
  readonly #notice: (notice: Notice) => void
  #stop: (() => void) | null = null

  constructor(simulation: Simulation, notice: (notice: Notice) => void) {
    this.#simulation = simulation
    this.#notice = notice
  }

  watch(): void {
    this.#stop = this.#simulation.wall.every(LOOK_MS, () => this.#look())
  }

  close(): void {
    this.#stop?.()
  }

  #look(): void {
    const place = { vendor: 'ibkr' as const, path: STREAM_PATH, on: 'stream' as const }
    const broken = this.#simulation.faults
      .standing({ ...place, kinds: ['server_error'] })
      .some(({ fault }) => fault.on === 'stream')
    if (broken === this.lost) return
    this.lost = broken
    this.#notice(broken ? NOTICES.linkLost : NOTICES.linkRestored)
  }
}
