// Puts the daemon together: the tape, the house's sources, the two clocks and the logger, from the settings.
import { randomUUID } from 'node:crypto'
import type { Clock } from '@onetape/market'
import { registry } from '@onetape/providers'
import { runBackfill } from './backfill/run-backfill.ts'
import { createMarketClock, type MarketClock } from './clock/market-clock.ts'
import { wallClock } from './clock/wall-clock.ts'
import type { DaemonDeps } from './daemon.ts'
import type { Env } from './env.ts'
import type { Fill } from './history/first-fill.ts'
import { createHouse } from './house.ts'
import type { House } from './ingest/ask-house.ts'
import type { SourceState } from './ingest/source-board.ts'
import type { Log } from './log.ts'
import { connectTape, type Tape } from './tape.ts'

export { connectTape, type Tape } from './tape.ts'

const POOL_MAX = 8
/** Live sweeps go first: history is filled with half of what a backfill by hand may use. */
const FILL_CONCURRENCY = 2

/** The house's sources as every process of ours asks them; `log` hears of each change of state. */
export function composeHouse(env: Env, o: { market: Clock; log: Log }): House {
  const onChange = (state: SourceState) => sayState(o.log, state)
  return createHouse({
    env,
    definitions: registry.definitions,
    wall: wallClock,
    market: o.market,
    fetch,
    onChange,
  })
}

/** @throws DatabaseProblem when there is no usable tape. */
export async function composeDaemon(env: Env, log: Log): Promise<DaemonDeps & { tape: Tape }> {
  const onLog = (line: string) => log.info(line)
  const tape = await connectTape(env, { applicationName: 'onetape-daemon', poolMax: POOL_MAX, onLog })
  const market = createMarketClock(wallClock, tape.shiftUs)
  const house = composeHouse(env, { market, log })
  const fill = composeFill({ tape, house, market })
  return { tape, house, wall: wallClock, market, log, instanceId: randomUUID(), pid: process.pid, fill }
}

export function composeFill({
  tape,
  house,
  market,
}: {
  tape: Pick<Tape, 'db'>
  house: House
  market: MarketClock
}): Fill {
  return async ({ days, symbols, timeframes, signal, onProgress }) => {
    const deps = {
      db: tape.db,
      sources: house.sources,
      wallClock,
      marketClock: market,
      concurrency: FILL_CONCURRENCY,
    }
    const { chunks, rows } = await runBackfill(deps, { days, symbols, timeframes, signal, onProgress })
    signal.throwIfAborted()
    return { failed: chunks.failed, rowsWritten: rows.inserted + rows.updated }
  }
}

function sayState(log: Log, { name, status, message }: SourceState): void {
  if (status === 'ok') log.info({ source: name }, `${name} answers`)
  else log.warn({ source: name, status }, `${name} is ${status}: ${message}`)
}
