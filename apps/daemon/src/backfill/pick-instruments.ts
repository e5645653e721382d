// Which instruments a backfill is for. A symbol that the tape does not know is asked from the sources first: only
// one that has prices is minted.
import {
  type Db,
  type Instrument,
  mintInstruments,
  readInstrument,
  readInstruments,
  readMembers,
} from '@onetape/db'
import { DAY_US, type Micros } from '@onetape/market'
import { readSymbol } from '../import/file-name.ts'
import { CORE, mintCore } from '../universe/reference.ts'
import { type BarDesk, ChunkFailure } from './fetch-chunk.ts'

/** A request that cannot be carried out; the message is one clear line for a person. */
export class BackfillProblem extends Error {
  override name = 'BackfillProblem'
}

const PROOF_DAYS = 14

export async function pickInstruments(
  db: Db,
  o: { symbols: readonly string[] | null; desk: BarDesk; marketNow: Micros; signal: AbortSignal },
): Promise<Instrument[]> {
  if (o.symbols === null) return usualInstruments(db)
  const picked: Instrument[] = []
  for (const symbol of o.symbols) {
    const instrument = (await readInstrument(db, symbol)) ?? (await discover(db, { ...o, symbol }))
    if (!picked.some((p) => p.id === instrument.id)) picked.push(instrument)
  }
  return picked
}

/** The core tier, and every coin. A tape on which no daemon ever ran gets its core tier here. */
async function usualInstruments(db: Db): Promise<Instrument[]> {
  let core = await coreIds(db)
  if (core.size === 0) {
    await mintCore(db)
    core = await coreIds(db)
  }
  return (await readInstruments(db)).filter((i) => core.has(i.id) || i.assetClass === 'crypto')
}

const coreIds = async (db: Db): Promise<Set<number>> =>
  new Set((await readMembers(db)).filter((m) => m.tier === CORE).map((m) => m.instrumentId))

async function discover(
  db: Db,
  {
    symbol,
    desk,
    marketNow,
    signal,
  }: { symbol: string; desk: BarDesk; marketNow: Micros; signal: AbortSignal },
): Promise<Instrument> {
  const read = readSymbol(symbol)
  if (!read || 'foreign' in read)
    throw new BackfillProblem(
      `${JSON.stringify(symbol)} is no symbol of a US listing or a coin, e.g. AAPL or BTC-USD.`,
    )
  const { ref } = read
  const proof = { timeframe: '1d', from: marketNow - PROOF_DAYS * DAY_US, to: marketNow } as const
  const answer = await desk.fetch(ref, proof, signal).catch((error: unknown) => {
    if (!(error instanceof ChunkFailure)) throw error
    throw new BackfillProblem(
      error.retry
        ? `${ref.symbol} is new to the tape, and no source can be asked about it: ${error.message}.`
        : `No source knows ${ref.symbol}: ${error.message}.`,
    )
  })
  if (answer.fetched.rows.length === 0)
    throw new BackfillProblem(`No source has prices of ${ref.symbol}. Is the symbol right?`)
  const currency = ref.assetClass === 'equity' ? 'USD' : ref.symbol.split('-')[1]!
  const [minted] = await mintInstruments(db, [{ ref, currency }])
  return minted!
}
