// Opens the tape of the mode that was asked for, with its market clock.
import { createMarketClock, type MarketClock } from '../clock/market-clock.ts'
import { wallClock } from '../clock/wall-clock.ts'
import { type Env, readEnv } from '../env.ts'
import { connectTape, type Tape } from '../tape.ts'

export interface ModeOption {
  live?: boolean
}

export interface OpenTape extends AsyncDisposable {
  env: Env
  tape: Tape
  marketClock: MarketClock
}

export const envOf = ({ live }: ModeOption): Env => readEnv(live ? { ONETAPE_MODE: 'live' } : {})

/** @throws DatabaseProblem or EnvProblem, one clear line each. */
export async function openTape(env: Env): Promise<OpenTape> {
  const tape = await connectTape(env, { applicationName: 'onetape command line', poolMax: 6 })
  return {
    env,
    tape,
    marketClock: createMarketClock(wallClock, tape.shiftUs),
    [Symbol.asyncDispose]: () => tape[Symbol.asyncDispose](),
  }
}
