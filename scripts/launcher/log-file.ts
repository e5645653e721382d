// A log that cannot fill the disk: one file and one former file, each of a bounded size.
import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

export class LogFile {
  readonly path: string
  readonly #bytesMax: number
  #bytes: number

  constructor(path: string, bytesMax = 5 * 1024 * 1024) {
    this.path = path
    this.#bytesMax = bytesMax
    mkdirSync(dirname(path), { recursive: true })
    this.#bytes = existsSync(path) ? statSync(path).size : 0
  }

  /** Never throws: a full disk must not take the market down with it. */
  write(line: string): void {
    try {
      if (this.#bytes > this.#bytesMax) {
        renameSync(this.path, `${this.path}.1`)
        this.#bytes = 0
      }
      appendFileSync(this.path, `${line}\n`, { mode: 0o600 })
      this.#bytes += Buffer.byteLength(line) + 1
    } catch {
      this.#bytes = 0
    }
  }
}
