// Puts the daemon together: the tape, the house's sources, the two clocks and the logger, from the settings.
import { randomUUID } from 'node:crypto'
import { keepPartitionWidth, readSlotBoard } from '@onetape/db'
import { type Clock, SECOND_US } from '@onetape/market'
import { registry } from '@onetape/providers'
import { runBackfill } from './backfill/run-backfill.ts'
import { createMarketClock, type MarketClock } from './clock/market-clock.ts'
import { createTapeClock } from './clock/tape-clock.ts'
import { wallClock } from './clock/wall-clock.ts'
import type { DaemonDeps } from './daemon.ts'
import type { Env } from './env.ts'
import type { Fill } from './history/first-fill.ts'
import { createHouse } from './house.ts'
import { accessOf, type House } from './ingest/ask-source.ts'
import { HOUSE_ORDER } from './ingest/house-order.ts'
import type { SourceState } from './ingest/source-states.ts'
import type { Log } from './log.ts'
import { connectTape, type Tape } from './tape.ts'

export { connectTape, type Tape } from './tape.ts'

const POOL_MAX = 8
/** Live sweeps go first: history is filled with half of what a backfill by hand may use. */
const FILL_CONCURRENCY = 2

/** The house's sources as every process of ours asks them; `log` hears of each change of state. */
export function composeHouse(
  env: Env,
  o: { tape: Pick<Tape, 'db'>; market: Clock; log: Log; wall?: Clock },
): Promise<House> {
  return createHouse({
    env,
    definitions: registry.definitions,
    db: o.tape.db,
    wall: o.wall ?? wallClock,
    market: o.market,
    fetch,
    onChange: (state: SourceState) => sayState(o.log, state),
    onProblem: (error) => o.log.debug({ err: error }, 'health of the sources is not shared for now'),
  })
}

/** @throws DatabaseProblem when there is no usable tape. */
export async function composeDaemon(env: Env, log: Log): Promise<DaemonDeps & { tape: Tape }> {
  const onLog = (line: string) => log.info(line)
  const tape = await connectTape(env, { applicationName: 'onetape-daemon', poolMax: POOL_MAX, onLog })
  const tapeClock = createTapeClock(wallClock)
  await tapeClock.ask(() => readSlotBoard(tape.db))
  if (tapeClock.offsetUs !== 0) sayOffset(log, tapeClock.offsetUs)
  const market = createMarketClock(tapeClock, tape.shiftUs)
  const width = env.ONETAPE_PARTITION_WIDTH
  if (width) await keepPartitionWidth(tape.db, { width, marketNow: market.now() })
  const house = await composeHouse(env, { tape, market, log, wall: tapeClock })
  const fill = composeFill({ tape, house, market, wall: tapeClock })
  const own = { instanceId: randomUUID(), pid: process.pid, streams: env.ONETAPE_STREAMS === 'on' }
  return { tape, house, wall: tapeClock, tapeClock, market, log, fill, ...own }
}

export function composeFill({
  tape,
  house,
  market,
  wall = wallClock,
}: {
  tape: Pick<Tape, 'db'>
  house: House
  market: MarketClock
  wall?: Clock
}): Fill {
  return async ({ days, symbols, timeframes, signal, onProgress }) => {
    const deps = {
      db: tape.db,
      sources: house.sources,
      optionsOf: (source: string, signal: AbortSignal) =>
        house.calls.options({ source, priority: 'repair', signal }),
      wallClock: wall,
      marketClock: market,
      concurrency: FILL_CONCURRENCY,
      houseOrder: historyOrder(house),
    }
    const { chunks, rows } = await runBackfill(deps, { days, symbols, timeframes, signal, onProgress })
    signal.throwIfAborted()
    return { failed: chunks.failed, rowsWritten: rows.inserted + rows.updated }
  }
}

/**
 * Every vendor works an index out by itself, and a series stands on one source: its history is had from the source
 * that will go on with it, or is waited for. Its vendor counts calls closely, so another one would often be quicker.
 */
function historyOrder({ sources }: House): typeof HOUSE_ORDER {
  const has = (name: string) => {
    const source = sources.get(name)
    const { bars } = source?.provider.getCapabilities().byAssetClass.index ?? {}
    return source !== undefined && bars?.includes('1d') && accessOf(source, 'index', 'charts') !== null
  }
  return { ...HOUSE_ORDER, index: HOUSE_ORDER.index.filter(has).slice(0, 1) }
}

function sayOffset(log: Log, offsetUs: number): void {
  const seconds = Math.round(Math.abs(offsetUs) / SECOND_US)
  const side = offsetUs > 0 ? 'behind' : 'ahead of'
  log.warn(`this machine's clock is ${seconds} s ${side} the database's, whose time is taken; set it right`)
}

function sayState(log: Log, { name, status, message }: SourceState): void {
  if (status === 'ok') log.info({ source: name }, `${name} answers`)
  else log.warn({ source: name, status }, `${name} is ${status}: ${message}`)
}
