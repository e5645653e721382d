// A process of a benchmark that can be asked: one message out, one answer back, and gone with its starter.
import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface ChildOptions {
  env?: Record<string, string>
  execArgv?: readonly string[]
}

type Note = Record<string, unknown>

export class BenchChild implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  readonly #ended: Promise<void>
  #asked = 0
  #said = ''
  /** What it said when it was ready. */
  ready: Note = {}

  private constructor(script: string, o: ChildOptions) {
    this.#process = fork(script, {
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...o.env },
      execArgv: [...(o.execArgv ?? ['--disable-warning=ExperimentalWarning'])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#said = (this.#said + chunk.toString()).slice(-4_000)
      })
    this.#ended = new Promise((resolve) => this.#process.once('exit', () => resolve()))
  }

  /** @throws with its last words when it ends instead. */
  static async start(script: string, o: ChildOptions = {}): Promise<BenchChild> {
    const child = new BenchChild(script, o)
    await new Promise<void>((resolve, reject) => {
      child.#process.on('message', (note: Note) => {
        if (note.type === 'ready') {
          child.ready = note
          resolve()
        } else child.#answered(note)
      })
      void child.#ended.then(() => {
        const error = new Error(`${script} has ended: ${child.#said}`)
        reject(error)
        for (const { reject: giveUp } of child.#waiting.values()) giveUp(error)
      })
    })
    return child
  }

  get pid(): number {
    return this.#process.pid!
  }

  /** What it wrote last, for whoever wants to know why. */
  get said(): string {
    return this.#said
  }

  ask<T>(order: Note): Promise<T> {
    const id = ++this.#asked
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      this.#process.send({ ...order, id })
    })
  }

  #answered({ id, error, value }: Note): void {
    const waiting = this.#waiting.get(id as number)
    this.#waiting.delete(id as number)
    if (error) waiting?.reject(new Error(String(error)))
    else waiting?.resolve(value)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.connected) this.#process.disconnect()
    const kill = setTimeout(() => this.#process.kill('SIGKILL'), 8_000)
    await this.#ended
    clearTimeout(kill)
  }
}

/** The other side: answers orders until its starter is gone. */
export function obey(handlers: Readonly<Record<string, (order: never) => unknown>>): void {
  process.on('message', async ({ type, id, ...order }: Note) => {
    try {
      process.send!({ id, value: await handlers[String(type)]!(order as never) })
    } catch (error) {
      process.send!({ id, error: (error as Error).stack })
    }
  })
  process.on('disconnect', () => process.exit(0))
}

/** The most memory that a process ever held, and what it holds now, in megabytes (Linux; NaN elsewhere). */
export function memoryOf(pid: number): { peakMb: number; nowMb: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024
    return { peakMb: read('VmHWM'), nowMb: read('VmRSS') }
  } catch {
    return { peakMb: Number.NaN, nowMb: Number.NaN }
  }
}

/** Milliseconds of the machine's own clock: the same in all processes. */
export const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6
