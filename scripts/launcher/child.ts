// One run of one of our processes: its messages, its output line by line, its end.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { nodeFlags } from './node-flags.ts'

export interface ChildSpec {
  name: string
  script: string
  /** Asked at each start: ports and clocks may have moved. */
  env: () => Record<string, string>
}

export interface ChildEvents {
  onReady(message: Record<string, unknown>): void
  onLine(line: string, from: 'stdout' | 'stderr'): void
  onEnd(how: string): void
}

export class Child {
  readonly #process: ChildProcess
  readonly ended: Promise<void>

  constructor(spec: ChildSpec, events: ChildEvents) {
    this.#process = spawn(process.execPath, [...nodeFlags(spec.name), spec.script], {
      // Its own process group: Ctrl-C in the terminal comes to us, and from us in good order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: spec.env(),
    })
    this.#process.on('message', (message) => {
      const note = message as Record<string, unknown>
      if (note?.type === 'ready') events.onReady(note)
    })
    for (const from of ['stdout', 'stderr'] as const)
      createInterface({ input: this.#process[from] as Readable }).on('line', (line) =>
        events.onLine(line, from),
      )
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        resolve()
        events.onEnd(how)
      }
      this.#process.once('error', (error) => end(error.message))
      this.#process.once('exit', (code, signal) => end(signal ?? `exit code ${code}`))
    })
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  send(message: object): void {
    if (this.#process.connected) this.#process.send(message, () => {})
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }
}
