// PostgreSQL without a server to install: `openEmbedded` finds the one of the state dir or starts it, and it
// stops by itself soon after the last process that opened it has closed or died.
import { resolve } from 'node:path'
import { holdLease } from './lease.ts'
import { prepareStateDir } from './state-dir.ts'

export { type KeyFileOptions, openKeyFile } from './key-file.ts'
export { type KeySettings, openKeyRing } from './key-ring.ts'
export { type HeldLock, tryLock } from './lock.ts'
export { freePort, isPortFree } from './port.ts'
export { EmbeddedProblem } from './problem.ts'
export { openSessionSecret } from './session-secret.ts'
export { prepareStateDir, readIfThere, writeWhole } from './state-dir.ts'

export interface Embedded extends AsyncDisposable {
  readonly port: number
  /** Connection string of one of its databases; the database need not exist yet. */
  url(database: string): string
  close(): Promise<void>
}

export interface EmbeddedOptions {
  stateDir: string
  onLog?: (line: string) => void
  /** Off for throw-away test data alone; the process that starts the server decides. */
  fsync?: boolean
}

/** @throws EmbeddedProblem with one clear line when there can be no server. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const files = prepareStateDir(resolve(options.stateDir))
  const lease = await holdLease(files, { onLog: options.onLog ?? (() => {}), fsync: options.fsync ?? true })
  return {
    get port() {
      return lease.server().port
    },
    url(database) {
      const { port, user, password } = lease.server()
      return `postgres://${user}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
    },
    close: () => lease.close(),
    [Symbol.asyncDispose]: () => lease.close(),
  }
}
