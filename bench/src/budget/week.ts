// Several processes spend one credential's budget through a simulated stretch of time; a strict vendor counts.
import { type ChildProcess, fork } from 'node:child_process'
import { declareBudgets } from '@onetape/db'
import { testDatabase } from '@onetape/db/testing'
import { createJudge, type Rule } from './judge.ts'

export interface WorkerOptions {
  url: string
  credential: string
  seed: number
  startMs: number
  /** Most calls at one waking. */
  burst: number
  pauseMs: number
  jitterMs: number
}

export type ToWorker = { type: 'wake'; nowMs: number } | { type: 'stop' }
export type FromWorker =
  | { type: 'called'; priority: string; atMs: number }
  | { type: 'waiting'; untilMs: number }

export interface WeekOptions {
  rule: Rule
  processes: number
  spanMs: number
  /** Ways to the vendor differ by up to this. */
  jitterMs: number
  pauseMs: number
  burst: number
  /** Every so often one process is killed and another takes its place; simulated. */
  killEveryMs: number
  onProgress?: (share: number) => void
}

export interface WeekResult {
  calls: number
  allowed: number
  breaches: number
  usable: number
  byPriority: Record<string, number>
  kills: number
}

const START_MS = Date.parse('2026-11-16T00:00:00Z')

export async function simulateWeek(o: WeekOptions): Promise<WeekResult> {
  const tape = await testDatabase()
  try {
    const { pool } = tape.db
    await pool.query('create table bench_clock (at timestamptz not null)')
    await pool.query('insert into bench_clock values (to_timestamp($1 / 1000.0))', [START_MS])
    await pool.query(
      `create or replace function budget_clock() returns timestamptz language sql volatile as 'select at from bench_clock'`,
    )
    const credential = 'polygon:house'
    await declareBudgets(tape.db, credential, [{ scope: 'rest', kind: 'window', ...o.rule }])
    const setClock = (ms: number) => pool.query('update bench_clock set at = to_timestamp($1 / 1000.0)', [ms])
    return await runProcesses(o, { url: tape.url, credential, setClock })
  } finally {
    await tape.drop()
  }
}

interface Stage {
  url: string
  credential: string
  setClock(ms: number): Promise<unknown>
}

async function runProcesses(o: WeekOptions, stage: Stage): Promise<WeekResult> {
  const judge = createJudge(o.rule)
  const endMs = START_MS + o.spanMs
  const byPriority: Record<string, number> = {}
  const onCall = (priority: string, atMs: number) => {
    byPriority[priority] = (byPriority[priority] ?? 0) + 1
    judge.arrived(atMs)
  }
  let seeds = 0
  let kills = 0
  const start = (startMs: number) => startWorker(o, stage, { seed: ++seeds, startMs, onCall })
  const workers = Array.from({ length: o.processes }, () => start(START_MS))
  await Promise.all(workers.map((w) => w.waiting))
  for (let nowMs = START_MS, nextKill = START_MS + o.killEveryMs; ; ) {
    nowMs = Math.max(nowMs + 1, Math.min(...workers.map((w) => w.untilMs)))
    if (nowMs >= endMs) break
    await stage.setClock(nowMs)
    if (nowMs >= nextKill) {
      nextKill += o.killEveryMs
      workers[kills++ % workers.length]!.child.kill('SIGKILL')
      workers[(kills - 1) % workers.length] = start(nowMs)
      await Promise.all(workers.map((w) => w.waiting))
    }
    // Those whose time has come ask at once, all together.
    await Promise.all(workers.filter((w) => w.untilMs <= nowMs).map((w) => w.wake(nowMs)))
    o.onProgress?.((nowMs - START_MS) / o.spanMs)
  }
  for (const { child } of workers) child.send({ type: 'stop' } satisfies ToWorker)
  const allowed = (o.rule.calls * o.spanMs) / o.rule.windowMs
  const calls = judge.count()
  return { calls, allowed, breaches: judge.breaches(), usable: calls / allowed, byPriority, kills }
}

interface Worker {
  child: ChildProcess
  untilMs: number
  waiting: Promise<void>
  wake(nowMs: number): Promise<void>
}

function startWorker(
  o: WeekOptions,
  stage: Stage,
  own: { seed: number; startMs: number; onCall(priority: string, atMs: number): void },
): Worker {
  const options: WorkerOptions = {
    url: stage.url,
    credential: stage.credential,
    seed: own.seed * 7_919,
    startMs: own.startMs,
    burst: o.burst,
    pauseMs: o.pauseMs,
    jitterMs: o.jitterMs,
  }
  const child = fork(new URL('worker.ts', import.meta.url), [JSON.stringify(options)])
  let done = Promise.withResolvers<void>()
  const worker: Worker = {
    child,
    untilMs: Number.POSITIVE_INFINITY,
    waiting: done.promise,
    wake(nowMs) {
      done = Promise.withResolvers()
      worker.waiting = done.promise
      child.send({ type: 'wake', nowMs } satisfies ToWorker)
      return done.promise
    },
  }
  child.on('message', (message: FromWorker) => {
    if (message.type === 'called') own.onCall(message.priority, message.atMs)
    else {
      worker.untilMs = message.untilMs
      done.resolve()
    }
  })
  child.on('error', (error) => done.reject(error))
  child.on(
    'exit',
    (code) => code !== 0 && code !== null && done.reject(new Error(`a worker ended with ${code}`)),
  )
  return worker
}
