// Keeps the hub level with the ledger. It looks when something says so: a NOTIFY, a reconnected listener, a slow
// poll for the case that both were lost, or a client whose id is ahead of us.
//
//   distrustful  at start and after every reconnect: asks which database this is first. Memory of another one, or
//                one that lies ahead of this ledger (a backup was put in place), is replaced as a whole
//   level        reads the end of the ledger, then the rows changed since the cursor, then moves the hub once
//
// One look runs at a time; those asked for meanwhile share the next. A look that fails leaves memory as it is, and
// is tried again soon: the dashboard goes on with what the tape said last.
import type { LatestView, NewestBatch } from '@onetape/db'
import type { Micros } from '@onetape/market'
import type { Hub } from './hub.ts'

export interface LedgerReads {
  environment(): Promise<{ mode: 'demo' | 'live'; environmentId: string; shiftUs: number }>
  newestBatch(): Promise<NewestBatch>
  latest(request?: { afterBatchId: number }): Promise<Iterable<LatestView>>
}

export interface ListenerDeps {
  hub: Hub
  ledger: LedgerReads
  /** Called with the environment whenever it was read. */
  onEnvironment: (environment: { environmentId: string; shiftUs: number }) => void
  /** Called after every look; `null` when it went well. */
  onLook: (error: unknown) => void
  pollMs?: number
  retryMs?: number
}

const POLL_MS = 5_000
const RETRY_MS = 1_000

export class LedgerListener implements AsyncDisposable {
  readonly #deps: ListenerDeps
  #sighted = false
  #stopped = false
  #lastBatchAt: Micros | null = null
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #queued: Promise<void> | null = null

  constructor(deps: ListenerDeps) {
    this.#deps = deps
  }

  /** Market time at which the newest batch was fetched. */
  get lastBatchAt(): Micros | null {
    return this.#lastBatchAt
  }

  /** The connection was new or lost: what we know about the database must be asked again. */
  distrust(): void {
    this.#sighted = false
    this.wake()
  }

  wake(): void {
    this.catchUp().catch(() => {}) // told to onLook
  }

  /** Resolves when the hub is level with whatever was committed before this call. */
  catchUp(): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    if (this.#queued) return this.#queued
    const look = this.#running.then(() => {
      this.#queued = null
      return this.#look()
    })
    this.#queued = look
    this.#running = look.then(
      () => this.#rest(null, this.#deps.pollMs ?? POLL_MS),
      (error: unknown) => this.#rest(error, this.#deps.retryMs ?? RETRY_MS),
    )
    return look
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
    clearTimeout(this.#timer)
  }

  #rest(error: unknown, ms: number): void {
    clearTimeout(this.#timer)
    if (this.#stopped) return
    this.#timer = setTimeout(() => this.wake(), ms)
    this.#deps.onLook(error)
  }

  async #look(): Promise<void> {
    const { hub, ledger, onEnvironment } = this.#deps
    let environmentId = hub.environmentId
    if (!this.#sighted || environmentId === null) {
      const environment = await ledger.environment()
      onEnvironment(environment)
      environmentId = environment.environmentId
    }
    // Ledger first, rows second: so every row in memory is at least as new as the cursor says.
    const { id: cursor, fetchedAt } = await ledger.newestBatch()
    if (environmentId !== hub.environmentId || cursor < hub.cursor) {
      hub.reset({ environmentId, cursor, rows: await ledger.latest() })
    } else if (cursor > hub.cursor) {
      hub.advance(cursor, await ledger.latest({ afterBatchId: hub.cursor }))
    }
    this.#sighted = true
    this.#lastBatchAt = fetchedAt
  }
}
