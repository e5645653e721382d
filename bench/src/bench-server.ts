// A server of its own for a benchmark: as durable as in production, and gone afterwards.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type Db, prepareDatabase } from '@onetape/db'
import { openEmbedded } from '@onetape/db/embedded'

export interface BenchServer extends AsyncDisposable {
  stateDir: string
  /** A migrated database of this name, made when it is first asked for. */
  database(name: string): Promise<{ url: string; db: Db }>
  url(name: string): string
}

export async function benchServer(): Promise<BenchServer> {
  const stateDir = await mkdtemp(join(tmpdir(), 'onetape-bench-'))
  const server = await openEmbedded({ stateDir, fsync: true })
  const opened = new Map<string, { url: string; db: Db }>()
  return {
    stateDir,
    url: (name) => server.url(name),
    async database(name) {
      const known = opened.get(name)
      if (known) return known
      const url = server.url(name)
      await prepareDatabase({ url, mode: 'demo', createIfMissing: true })
      const made = { url, db: connect({ url, applicationName: 'onetape bench', poolMax: 12 }) }
      opened.set(name, made)
      return made
    },
    async [Symbol.asyncDispose]() {
      for (const { db } of opened.values()) await db.end()
      await server[Symbol.asyncDispose]()
      await rm(stateDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
    },
  }
}
