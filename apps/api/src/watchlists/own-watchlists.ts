// A user's lists, from the database: each call is one transaction as that user, and what it changed is told to the
// other tabs by the same transaction.
import { createHash } from 'node:crypto'
import {
  addWatchlist,
  addWatchlistItems,
  asUser,
  changeWatchlist,
  type Db,
  dropWatchlistItems,
  holdWatch,
  noSuchList,
  notifyUser,
  orderWatchlists,
  readBySymbol,
  readWatchlistIds,
  readWatchlists,
  removeWatchlist,
  type UserTx,
  WATCHLIST_ITEMS_MAX,
  WatchlistProblem,
} from '@onetape/db'
import { ApiProblem } from '../errors.ts'
import { exportList } from './export-list.ts'
import { formsOf, judgeLines } from './import-lines.ts'
import type { ImportReport, OwnWatchlists, Watchlists } from './ports.ts'
import { readLines } from './read-lines.ts'

/** A page that shows a list says so this often; when the last one is gone, its symbols leave the tier after the lease. */
const RENEW_WITHIN_MS = 8_000
const LEASE_MS = 22_000

export const createWatchlists =
  (db: Db): Watchlists =>
  (userId) => {
    const read = <T>(work: (tx: UserTx) => Promise<T>) => told(asUser(db, userId, work))
    const change = <T>(work: (tx: UserTx) => Promise<T>) =>
      read(async (tx) => {
        const result = await work(tx)
        await notifyUser(tx, 'watchlists')
        return result
      })
    return {
      list: () => read((tx) => readWatchlists(tx)),
      create: (o) => change((tx) => addWatchlist(tx, o)),
      change: (o) => change(async (tx) => ({ version: await changeWatchlist(tx, o) })),
      remove: (id) => change(async (tx) => ({ removed: await removeWatchlist(tx, id) })),
      order: (ids) => change((tx) => orderWatchlists(tx, ids)),
      add: (o) => change((tx) => addWatchlistItems(tx, o)),
      drop: (o) => change((tx) => dropWatchlistItems(tx, o)),
      async import({ name, text }): Promise<ImportReport> {
        const { keys, lines, counts } = await judge(db, text)
        if (keys.length === 0) return { list: null, lines, counts }
        const list = await change((tx) => addWatchlist(tx, { name, keys }))
        return { list, lines, counts }
      },
      async export(id) {
        const [list] = await read((tx) => readWatchlists(tx, { id }))
        if (!list) throw problemOf(noSuchList())
        return exportList(list)
      },
      async watch(id) {
        const instrumentIds = await read((tx) => readWatchlistIds(tx, id))
        if (!instrumentIds) throw problemOf(noSuchList())
        await holdWatch(db, { leaseId: leaseOf(userId, id), instrumentIds, ttlMs: LEASE_MS })
        return { renewWithinMs: RENEW_WITHIN_MS }
      },
    } satisfies OwnWatchlists
  }

async function judge(db: Db, text: string) {
  const lines = linesOf(text)
  const found = await readBySymbol(db, formsOf(lines))
  const judged = judgeLines(lines, (form) => found.get(form) ?? null)
  if (judged.keys.length > WATCHLIST_ITEMS_MAX)
    throw new ApiProblem(
      'invalid_request',
      `These are ${judged.keys.length} instruments; a list holds at most ${WATCHLIST_ITEMS_MAX}. Split it into several.`,
    )
  return judged
}

function linesOf(text: string) {
  try {
    return readLines(text)
  } catch (error) {
    if (error instanceof RangeError) throw new ApiProblem('invalid_request', error.message, error)
    throw error
  }
}

/**
 * One lease for each list, however many of its owner's pages show it and whichever process they ask. It says nothing of
 * the list or of its owner to whoever reads it.
 */
function leaseOf(userId: string, id: string): string {
  const digest = createHash('sha256').update(`onetape watch ${userId} ${id}`).digest('hex')
  return digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof WatchlistProblem ? problemOf(error) : error
  }
}

const problemOf = (problem: WatchlistProblem): ApiProblem =>
  new ApiProblem(problem.kind === 'not_found' ? 'not_found' : 'invalid_request', problem.message, problem)
