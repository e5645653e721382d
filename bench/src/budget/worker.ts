// One of several processes on one credential: asks the budget for calls as its work comes, in simulated time that the
// parent moves on once every process waits. A denied call waits for as long as the budget says, then asks again.
import { type BudgetPriority, connect, takeBudget } from '@onetape/db'
import type { FromWorker, ToWorker, WorkerOptions } from './week.ts'

const options = JSON.parse(process.argv[2]!) as WorkerOptions
const db = connect({ url: options.url, applicationName: 'budget bench', poolMax: 1 })
const say = (message: FromWorker) => process.send!(message)

/** A deterministic generator, so that a run can be had again. */
let state = options.seed
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}

interface Lane {
  priority: BudgetPriority
  /** How long its work pauses between two bursts, as a multiple. */
  slowness: number
  nextMs: number
}

/** Each kind of work comes by itself and waits by itself; live work never runs out. */
const lanes: Lane[] = (
  [
    ['user', 12],
    ['live', 0.5],
    ['repair', 4],
    ['backfill', 2],
  ] as const
).map(([priority, slowness]) => ({ priority, slowness, nextMs: options.startMs }))

async function work(lane: Lane, nowMs: number): Promise<void> {
  const { credential } = options
  for (let asked = 0; asked < options.burst; asked++) {
    const { priority } = lane
    const taken = await takeBudget(db, { credential, scope: 'rest', weight: 1, priority, holdMs: 60_000 })
    if (!taken.granted) {
      lane.nextMs = nowMs + Math.max(1, taken.retryAfterMs)
      return
    }
    // The way to the vendor takes a while, and not always the same.
    say({ type: 'called', priority, atMs: nowMs + random() * options.jitterMs })
  }
  lane.nextMs = nowMs + 2 * random() * options.pauseMs * lane.slowness
}

async function workUntilWaiting(nowMs: number): Promise<number> {
  for (const lane of lanes) if (lane.nextMs <= nowMs) await work(lane, nowMs)
  return Math.min(...lanes.map((lane) => lane.nextMs))
}

process.on('message', async (message: ToWorker) => {
  if (message.type === 'wake') say({ type: 'waiting', untilMs: await workUntilWaiting(message.nowMs) })
  else {
    await db.end()
    process.disconnect()
  }
})
say({ type: 'waiting', untilMs: options.startMs })
