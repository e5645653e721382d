// What a soak looks at, every few seconds, from outside: the kernel's view of the processes, the server's view of itself,
// and what a subscriber has received.
import { readdirSync, readFileSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { memoryOf } from '../sweep/bench-child.ts'
import type { SoakStage } from './soak-stage.ts'

export interface Sample {
  daemonRssMb: number
  daemonHeapMb: number
  daemonFiles: number
  apiRssMb: number
  apiHeapMb: number
  apiFiles: number
  connections: number
  latestMb: number
  latestDead: number
  /** Batches that the roll-ups are behind the ledger. */
  rollupBehind: number
  /** From a batch's NOTIFY until a subscriber had it. */
  apiLagMs: number
  /** Sweeps since the sample before. */
  sweeps: number
  sweepRows: number
}

const HEAP_WITHIN_MS = 3_000

export function createSampler(stage: SoakStage): () => Promise<Sample> {
  let lastBatch = 0
  return async () => {
    const [server, daemonHeapMb, apiHeapMb, apiLagMs] = await Promise.all([
      readServer(stage, lastBatch),
      heapOf(stage, 'daemon'),
      heapOf(stage, 'api'),
      lagOf(stage),
    ])
    lastBatch = server.newest
    return {
      daemonRssMb: memoryOf(stage.daemon.pid).nowMb,
      daemonHeapMb,
      daemonFiles: filesOf(stage.daemon.pid),
      apiRssMb: memoryOf(stage.api.pid).nowMb,
      apiHeapMb,
      apiFiles: filesOf(stage.api.pid),
      ...server,
      apiLagMs,
    }
  }
}

async function readServer({ pool, symbols }: SoakStage, after: number) {
  const { rows } = await pool.query(
    `select
       (select count(*)::int from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()) as connections,
       pg_relation_size('market_data_latest') / 1048576.0 as "latestMb",
       (select n_dead_tup::int from pg_stat_user_tables where relname = 'market_data_latest') as "latestDead",
       (select coalesce(max(id), 0)::int from tape_batches) as newest,
       (select count(*)::int from tape_batches
         where id > (select batch_id from rollup_cursors where name = 'rollups')) as "rollupBehind",
       (select count(*)::int from tape_batches where id > $1 and kind = 'ticks' and rows_offered >= $2) as sweeps,
       (select coalesce(sum(rows_offered), 0)::int from tape_batches
         where id > $1 and kind = 'ticks' and rows_offered >= $2) as "sweepRows"`,
    // A sweep offers a tick or a latest row at least for most of its symbols.
    [after, Math.floor(symbols / 2)],
  )
  return rows[0] as {
    connections: number
    latestMb: number
    latestDead: number
    newest: number
    rollupBehind: number
    sweeps: number
    sweepRows: number
  }
}

interface Told {
  events: { atMs: number; cursor: number }[]
  notified: { atMs: number; id: number }[]
}

/** The longest that a batch took since the last look; NaN when there was none. */
async function lagOf({ subscriber }: SoakStage): Promise<number> {
  const { events, notified } = await subscriber.ask<Told>({ type: 'events' })
  const lags = events.flatMap(({ atMs, cursor }) => {
    const heard = notified.find(({ id }) => id === cursor)
    return heard ? [Math.max(0, atMs - heard.atMs)] : []
  })
  return lags.length > 0 ? Math.max(...lags) : Number.NaN
}

function filesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return Number.NaN
  }
}

/** The heap in use as Node's own report says it: the process writes one when it is asked by a signal. */
async function heapOf(stage: SoakStage, name: 'daemon' | 'api'): Promise<number> {
  const path = join(stage.reportDir, `${name}.json`)
  process.kill(stage[name].pid, 'SIGUSR2')
  for (let waitedMs = 0; waitedMs < HEAP_WITHIN_MS; waitedMs += 50) {
    await delay(50)
    try {
      const report = JSON.parse(readFileSync(path, 'utf8')) as { javascriptHeap: { usedMemory: number } }
      unlinkSync(path)
      return report.javascriptHeap.usedMemory / 1_048_576
    } catch {
      // Not written yet, or not to its end.
    }
  }
  return Number.NaN
}
