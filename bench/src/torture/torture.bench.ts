/**
 * kill -9 of daemon, API and Postgres at random moments of a demo that sweeps 8,000 symbols every five seconds. A
 * witness outside notes what the ledger said was committed; at the end everything of it must be there, once, and what
 * is derived must equal a recomputation.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Db, recoverIntents, rollUpBatches } from '@onetape/db'
import { openEmbedded } from '@onetape/db/embedded'
import { type BenchCase, type BenchOptions, type BenchReport, machine } from '../report.ts'
import { type Stack, startStack, VICTIMS, type Victim } from './stack.ts'
import { examine, Witness } from './witness.ts'

const KILLS = 50
const FULL = 8_000
const FREQUENCY_S = 5
const PAUSE_MAX_MS = 6_000
const BACK_WITHIN_MS = 90_000

export async function run(
  _: BenchOptions = {},
  o: { kills?: number; universe?: number } = {},
): Promise<BenchReport> {
  const { kills = KILLS, universe = FULL } = o
  await using stack = await startStack()
  const witness = new Witness()
  const died: Record<Victim, number> = { daemon: 0, api: 0, postgres: 0 }
  await usingTape(stack, async (db) => {
    await until(
      async () => ((await stack.health())?.tape.quoted ?? 0) >= universe,
      'the universe is quoted',
      300_000,
    )
    await db.pool.query('update universe_tiers set frequency_s = $1', [FREQUENCY_S])
    await until(async () => (await looked(witness, db)) > 2, 'batches are written', BACK_WITHIN_MS)
    for (let kill = 0; kill < kills; kill++) {
      await watch(witness, { db, ms: Math.random() * PAUSE_MAX_MS })
      const victim = VICTIMS[kill % VICTIMS.length]!
      if (stack.kill(victim) > 0) died[victim] += 1
      const before = witness.batches
      // It is whole again when batches come and the API answers.
      await until(
        async () => (await looked(witness, db)) > before && (await stack.health())?.ok === true,
        `life goes on after ${victim} was killed`,
        BACK_WITHIN_MS,
      )
      process.stderr.write(`\r${kill + 1} of ${kills} killed, ${witness.batches} batches seen `)
    }
    process.stderr.write('\n')
  })
  await stack.rest()
  return { name: 'torture', machine: machine(), cases: await verdict(stack, { witness, died }) }
}

/** With the server brought up again on what is left, and nobody else on it. */
async function verdict(
  stack: Stack,
  { witness, died }: { witness: Witness; died: Record<Victim, number> },
): Promise<BenchCase[]> {
  await using server = await openEmbedded({ stateDir: stack.stateDir })
  const db = connect({ url: server.url('onetape_demo'), applicationName: 'onetape torture' })
  try {
    await until(async () => (await recoverIntents(db)).length === 0, 'open batches are closed', 30_000)
    while ((await rollUpBatches(db, { limit: 50 })).batches > 0);
    const lost = await witness.lost(db)
    const found = await examine(db)
    for (const line of [...lost, ...found.latest, ...found.rollups].slice(0, 20))
      process.stderr.write(`${line}\n`)
    return [
      ...Object.entries(died).map(([victim, n]) => bare(`${victim} killed`, n, n > 0, '> 0')),
      bare('committed batches seen by the witness', witness.batches, witness.batches > 0, '> 0'),
      bare('ticks in them', witness.ticks, witness.ticks > 0, '> 0'),
      none('batches lost or changed', lost.length),
      none('batches left open', found.open),
      none('ids missing in the ledger', found.gaps),
      none('writes with ticks and no batch', found.orphans),
      none('latest rows that differ from the newest tick', found.latest.length),
      none('days and buckets that differ from a recomputation', found.rollups.length),
    ]
  } finally {
    await db.end()
  }
}

const none = (name: string, value: number) => bare(name, value, value === 0, '0')

const bare = (name: string, value: number, holds: boolean, aim: string): BenchCase => ({
  ...{ case: name, value, unit: '', control: null, ratio: null, spread: null, aim, holds },
})

async function usingTape(stack: Stack, work: (db: Db) => Promise<void>): Promise<void> {
  await using server = await openEmbedded({ stateDir: stack.stateDir })
  const db = connect({ url: server.url('onetape_demo'), applicationName: 'onetape torture' })
  try {
    await work(db)
  } finally {
    await db.end()
  }
}

async function looked(witness: Witness, db: Db): Promise<number> {
  await witness.look(db)
  return witness.batches
}

async function watch(witness: Witness, o: { db: Db; ms: number }): Promise<void> {
  const end = performance.now() + o.ms
  while (performance.now() < end) {
    await witness.look(o.db)
    await sleep(Math.min(200, Math.max(0, end - performance.now())))
  }
}

async function until(holds: () => Promise<boolean>, what: string, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${withinMs / 1000} s in vain until ${what}`)
    await sleep(200)
  }
}
