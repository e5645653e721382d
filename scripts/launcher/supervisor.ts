// Keeps one of our processes running until told to stop, and says on the terminal what a person should know.
//   starting -> ready -> (ended) -> waiting -> starting ...      any -> stopping -> stopped
import { setTimeout as delay } from 'node:timers/promises'
import { Child, type ChildSpec } from './child.ts'
import type { LogFile } from './log-file.ts'
import { readLogLine } from './log-line.ts'

export interface SupervisorOptions {
  log: LogFile
  /** The terminal. */
  say: (line: string) => void
  onReady?: (message: Record<string, unknown>) => void
  backOffMs?: readonly number[]
  /** A start that takes longer is taken for one that hangs. */
  readyWithinMs?: number
}

const BACK_OFF_MS = [100, 500, 1_000, 2_000, 5_000, 10_000]
const READY_WITHIN_MS = 120_000
/** A run of this length begins with the quick restarts again. */
const STEADY_MS = 30_000
const SAY_AGAIN_MS = 60_000

export class Supervisor {
  readonly #spec: ChildSpec
  readonly #options: SupervisorOptions
  readonly #said = new Map<string, number>()
  readonly #firstReady = Promise.withResolvers<void>()
  #child: Child | null = null
  #stopping = false
  #failures = 0
  #lastWords = ''

  constructor(spec: ChildSpec, options: SupervisorOptions) {
    this.#spec = spec
    this.#options = options
    this.#firstReady.promise.catch(() => {})
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Resolves once it is ready; rejects when it ends `tries` times before it ever was. */
  start(tries = 3): Promise<void> {
    void this.#keep(tries)
    return this.#firstReady.promise
  }

  send(message: object): void {
    this.#child?.send(message)
  }

  async #keep(tries: number): Promise<void> {
    const backOffMs = this.#options.backOffMs ?? BACK_OFF_MS
    for (let everReady = false; !this.#stopping; ) {
      const startedMs = Date.now()
      const { ready, how } = await this.#run()
      if (this.#stopping) return
      everReady ||= ready
      this.#failures = Date.now() - startedMs > STEADY_MS ? 1 : this.#failures + 1
      if (!everReady && this.#failures >= tries) {
        const why = this.#lastWords || how
        return this.#firstReady.reject(
          new Error(`${this.#spec.name} does not start (${why}); see ${this.#options.log.path}`),
        )
      }
      const waitMs = backOffMs[Math.min(this.#failures, backOffMs.length) - 1] as number
      this.#options.say(`${this.#spec.name} ended (${how}); it is started again`)
      await delay(waitMs, undefined, { ref: !this.#stopping })
    }
  }

  async #run(): Promise<{ ready: boolean; how: string }> {
    let ready = false
    let how = ''
    const child = new Child(this.#spec, {
      onReady: (message) => {
        clearTimeout(hanging)
        ready = true
        this.#options.onReady?.(message)
        this.#firstReady.resolve()
      },
      onLine: (line, from) => this.#hear(line, from),
      onEnd: (given) => {
        clearTimeout(hanging)
        how = given
      },
    })
    const hanging = setTimeout(() => child.kill('SIGKILL'), this.#options.readyWithinMs ?? READY_WITHIN_MS)
    this.#child = child
    await child.ended
    this.#child = null
    return { ready, how }
  }

  #hear(line: string, from: 'stdout' | 'stderr'): void {
    const { level, message, text } = readLogLine(line, from === 'stderr' ? 'error' : 'info')
    this.#options.log.write(text)
    if (level !== 'warn' && level !== 'error') return
    if (message.trim()) this.#lastWords = message
    const nowMs = Date.now()
    if (this.#stopping || nowMs - (this.#said.get(message) ?? 0) < SAY_AGAIN_MS) return
    if (this.#said.size > 1_000) this.#said.clear()
    this.#said.set(message, nowMs)
    this.#options.say(`${this.#spec.name}: ${message}`)
  }

  /** Asks kindly, then by signal, then kills; resolves when it is gone. */
  async stop(o: { kindMs: number; termMs: number }): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (!child) return
    child.send({ type: 'shutdown' })
    const term = setTimeout(() => child.kill('SIGTERM'), o.kindMs)
    const kill = setTimeout(() => child.kill('SIGKILL'), o.kindMs + o.termMs)
    await child.ended
    clearTimeout(term)
    clearTimeout(kill)
  }

  kill(): void {
    this.#stopping = true
    this.#child?.kill('SIGKILL')
  }
}
