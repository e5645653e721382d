// One source's health as this process holds it: when it is written, and when another process' word replaces it.
import type { Micros } from '@onetape/market'
import type { HealthPort, SourceHealth } from './ports.ts'

interface Writing {
  port: HealthPort
  flushUs: number
  onProblem?: (error: unknown) => void
}

export class HealthRecord {
  health: SourceHealth
  /** Counts changes made here; a record that was read before the last of them is old. */
  version = 0
  /** Until then the probe is somebody's. */
  probeHeldUntil: Micros = 0
  #movedAt = 0
  #written = 0
  #writtenAt: Micros = 0
  #writing: Promise<void> | null = null
  readonly #o: Writing

  constructor(health: SourceHealth, o: Writing) {
    this.health = health
    this.#o = o
  }

  /** Written at once when the state moved, else when the last writing is long ago. */
  change(next: SourceHealth, now: Micros): void {
    const { health: before } = this
    if (next === before) return
    this.health = next
    this.version++
    const moved =
      next.state !== before.state || next.retryAt !== before.retryAt || next.openedAt !== before.openedAt
    if (moved) this.#movedAt = this.version
    if (!moved && now - this.#writtenAt < this.#o.flushUs) return
    this.#writtenAt = now
    void this.write()
  }

  /** Takes over what the store holds, unless this process changed it since `mark` or still has a move to write. */
  adopt(stored: SourceHealth, mark: number): void {
    if (this.version !== mark || this.#written < this.#movedAt) return
    const { state, failures, lastOkAt, lastFailedAt, latencyMs } = this.health
    this.health = {
      ...stored,
      lastOkAt: later(stored.lastOkAt, lastOkAt),
      lastFailedAt: later(stored.lastFailedAt, lastFailedAt),
      latencyMs: latencyMs ?? stored.latencyMs,
      // Failures counted here towards an opening are nobody else's.
      failures: stored.state === 'closed' && state === 'closed' ? failures : stored.failures,
    }
  }

  /** Writes until the store holds the newest; one writing at a time, so that an older one never lands last. */
  write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null
    })
    return this.#writing
  }

  async #writeAll(): Promise<void> {
    while (this.#written < this.version) {
      const { version } = this
      try {
        await this.#o.port.write(this.health, this.#written < this.#movedAt ? 'all' : 'details')
        this.#written = version
      } catch (error) {
        this.#o.onProblem?.(error)
        return
      }
    }
  }
}

const later = (a: Micros | null, b: Micros | null): Micros | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b)
