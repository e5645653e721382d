/**
 * The fold of one batch of 8,000 ticks and 8,000 minutes at the beginning and at the end of a session, on a tape with one
 * session and on one with sixteen. Every round folds one of each and copies the same rows, so that what else the
 * machine does falls on all of them.
 */
import { rollUpBatches, writeBatch } from '@onetape/db'
import { isoFromMicros, type Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import { benchServer } from '../bench-server.ts'
import { type BenchCase, type BenchReport, machine, median, quantile, spreadOf } from '../report.ts'
import { bareRowsOf, copyRows, createBareTables, rebuildDays } from './controls.ts'
import { measureLag } from './lag.ts'
import { batchOf, picture } from './minutes.ts'
import { type Stage, stage } from './stage.ts'

const INSTRUMENTS = 8_000
const SESSIONS = 16
const STORED_MINUTES = 370
const ROUNDS = 9
const WARM_UP = 2
const EVERY_MS = 5_000
const AIM = 1.5

export async function run(): Promise<BenchReport> {
  await using server = await benchServer()
  const make = async (name: string, sessions: number) => {
    const { db } = await server.database(name)
    return await stage(db, { instruments: INSTRUMENTS, history: sessions - 1, minutes: STORED_MINUTES })
  }
  const young = await make('young', 1)
  const old = await make('old', SESSIONS)
  await createBareTables(old)
  const rounds = await measure(young, old)
  const lag = await measureLag(old, {
    ...{ batches: 60_000 / EVERY_MS, everyMs: EVERY_MS, fromMinute: STORED_MINUTES + ROUNDS + WARM_UP },
  })
  return { name: 'rollup', machine: machine(), cases: [...casesOf(rounds), ...lagCases(lag)] }
}

type Point = 'young first' | 'young last' | 'old first' | 'old last' | 'copy' | 'all minutes'
type Rounds = Record<Point, number[]>

async function measure(young: Stage, old: Stage): Promise<Rounds> {
  const rounds: Rounds = {
    ...{ 'young first': [], 'young last': [], 'old first': [], 'old last': [], copy: [], 'all minutes': [] },
  }
  const client = await old.db.pool.connect()
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const work: Record<Point, () => Promise<number>> = {
      'young first': () => foldOf(young, { open: young.beginning, minute: round }),
      'young last': () => foldOf(young, { open: young.ending, minute: STORED_MINUTES + round }),
      'old first': () => foldOf(old, { open: old.beginning, minute: round }),
      'old last': () => foldOf(old, { open: old.ending, minute: STORED_MINUTES + round }),
      copy: () => copyOf(old, client, { open: old.ending, minute: STORED_MINUTES + round }),
      'all minutes': () => rebuildOf(old),
    }
    // Who comes first changes from round to round.
    const points = Object.keys(work) as Point[]
    const turn = round % points.length
    for (const point of [...points.slice(turn), ...points.slice(0, turn)]) {
      const ms = await work[point]()
      if (round >= WARM_UP) rounds[point].push(ms)
    }
  }
  client.release()
  return rounds
}

interface Place {
  open: Micros
  minute: number
}

async function foldOf(s: Stage, place: Place): Promise<number> {
  await writeBatch(s.db, batchOf(picture(s.ids, place)))
  return await timed(() => rollUpBatches(s.db, { limit: 1 }))
}

async function copyOf(s: Stage, client: PoolClient, place: Place): Promise<number> {
  const rows = bareRowsOf(picture(s.ids, place), s.sourceId)
  return await timed(() => copyRows(client, rows))
}

const rebuildOf = (s: Stage): Promise<number> =>
  timed(() => rebuildDays(s.db, { open: s.ending, date: isoFromMicros(s.ending).slice(0, 10) }))

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

function casesOf(rounds: Rounds): BenchCase[] {
  const against = (name: string, of: Point, control: Point, aim: { text: string; max: number | null }) => {
    const ratios = rounds[of].map((ms, i) => ms / rounds[control][i]!)
    const ratio = median(ratios)
    return {
      ...{ case: name, value: median(rounds[of]), unit: 'ms', control: median(rounds[control]), ratio },
      ...{ spread: spreadOf(ratios), aim: aim.text, holds: aim.max === null || ratio <= aim.max },
    }
  }
  const constant = { text: `<= ${AIM}`, max: AIM }
  return [
    against('end of a session of 16 / its beginning', 'old last', 'old first', constant),
    against('end of the only session / its beginning', 'young last', 'young first', constant),
    against('end of a session: 16 stored / 1 stored', 'old last', 'young last', constant),
    against('end of a session of 16 / raw COPY of its rows', 'old last', 'copy', {
      text: 'printed',
      max: null,
    }),
    against('rejected: days from all minutes / raw COPY', 'all minutes', 'copy', {
      text: 'printed',
      max: null,
    }),
  ]
}

function lagCases({ ms, batchesBehind }: { ms: number[]; batchesBehind: number }): BenchCase[] {
  const p95 = quantile(ms, 0.95)
  const bare = { control: null, ratio: null, spread: null }
  return [
    {
      ...{
        case: 'lag behind the ledger at 8,000 + 8,000 rows every 5 s, p95',
        value: p95,
        unit: 'ms',
        ...bare,
      },
      ...{ aim: `<= ${EVERY_MS}`, holds: p95 <= EVERY_MS },
    },
    {
      ...{
        case: 'most batches behind when the next one comes',
        value: batchesBehind,
        unit: 'batches',
        ...bare,
      },
      ...{ aim: '<= 1', holds: batchesBehind <= 1 },
    },
  ]
}
