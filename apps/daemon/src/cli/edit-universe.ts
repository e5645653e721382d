// `onetape universe add`, `remove` and `set`: rows that a running daemon hears of at once.
import {
  type Db,
  type Instrument,
  mintInstruments,
  readInstrument,
  readTiers,
  removeTierMembers,
  setTier,
  setTierMembers,
} from '@onetape/db'
import type { Command } from 'commander'
import { readSymbol } from '../import/file-name.ts'
import { type Console, count, json, UsageProblem } from './console.ts'
import { envOf, type ModeOption, openTape } from './open-tape.ts'

type Options = ModeOption & { json?: boolean; tier: string }

interface TierOptions extends ModeOption {
  json?: boolean
  frequency?: string
  priority?: string
  enable?: boolean
  disable?: boolean
}

const FREQUENCY_MAX_S = 86_400
const PRIORITY_MAX = 100

export function addUniverseEdits(universe: Command, to: Console): void {
  universe
    .command('add')
    .description('Symbols into a tier; an instrument in several is swept as often as the fastest of them.')
    .argument('<symbols...>')
    .requiredOption('--tier <tier>', 'e.g. user_watchlist')
    .option('--live', 'into the live database')
    .option('--json', 'report as JSON on stdout')
    .action((symbols: string[], options: Options) => add(symbols, options, to))
  universe
    .command('remove')
    .description('Symbols out of a tier; their prices stay on the tape.')
    .argument('<symbols...>')
    .requiredOption('--tier <tier>', 'e.g. user_watchlist')
    .option('--live', 'of the live database')
    .option('--json', 'report as JSON on stdout')
    .action((symbols: string[], options: Options) => remove(symbols, options, to))
  universe
    .command('set')
    .description('How often a tier is swept, and how urgent it is.')
    .argument('<tier>')
    .option('--frequency <seconds>', 'seconds between two sweeps')
    .option('--priority <n>', '1 is the most urgent')
    .option('--enable', 'sweep it')
    .option('--disable', 'do not sweep it; its members belong to their next fastest tier')
    .option('--live', 'of the live database')
    .option('--json', 'report as JSON on stdout')
    .action((tier: string, options: TierOptions) => set(tier, options, to))
}

export async function checkTier(db: Db, name: string): Promise<void> {
  const tiers = await readTiers(db)
  if (tiers.some((t) => t.name === name)) return
  throw new UsageProblem(`there is no tier "${name}"; the tiers are ${tiers.map((t) => t.name).join(', ')}`)
}

async function add(symbols: readonly string[], options: Options, to: Console): Promise<void> {
  await using open = await openTape(envOf(options))
  const { db } = open.tape
  const { tier } = options
  await checkTier(db, tier)
  const instruments: Instrument[] = []
  for (const symbol of symbols)
    instruments.push((await readInstrument(db, symbol)) ?? (await mint(db, symbol)))
  const ids = instruments.map((i) => i.id)
  const added = await setTierMembers(db, { tier, instrumentIds: ids, replace: false })
  const report = { tier, members: instruments.map((i) => i.key), added }
  to.out(
    options.json
      ? json(report)
      : `${tier}: ${count(added)} added, ${count(ids.length - added)} were in it.\n`,
  )
}

/** A symbol that the tape does not know yet. */
async function mint(db: Db, text: string): Promise<Instrument> {
  const read = readSymbol(text)
  if (!read) throw new UsageProblem(`"${text}" is no symbol, e.g. AAPL or BTC-USD`)
  if ('foreign' in read) throw new Error(`${read.foreign} is listed outside the US.`)
  const { ref } = read
  const currency = ref.assetClass === 'equity' ? 'USD' : ref.symbol.split('-')[1]!
  return (await mintInstruments(db, [{ ref, currency }]))[0]!
}

async function remove(symbols: readonly string[], options: Options, to: Console): Promise<void> {
  await using open = await openTape(envOf(options))
  const { db } = open.tape
  const { tier } = options
  await checkTier(db, tier)
  const found = await Promise.all(symbols.map(async (symbol) => (await readInstrument(db, symbol)) ?? symbol))
  const unknown = found.find((f) => typeof f === 'string')
  if (unknown !== undefined) throw new Error(`The tape knows no ${unknown}.`)
  const instrumentIds = (found as Instrument[]).map((i) => i.id)
  const removed = await removeTierMembers(db, { tier, instrumentIds })
  to.out(options.json ? json({ tier, removed }) : `${tier}: ${count(removed)} removed.\n`)
}

async function set(tier: string, options: TierOptions, to: Console): Promise<void> {
  const change = {
    frequencyS: numberOf('--frequency', options.frequency, FREQUENCY_MAX_S),
    priority: numberOf('--priority', options.priority, PRIORITY_MAX),
    enabled: enabledOf(options),
  }
  if (Object.values(change).every((value) => value === undefined))
    throw new UsageProblem('say what to set: --frequency, --priority, --enable or --disable')
  await using open = await openTape(envOf(options))
  const { db } = open.tape
  await checkTier(db, tier)
  await setTier(db, tier, change)
  const row = (await readTiers(db)).find((t) => t.name === tier)!
  const state = row.enabled ? '' : ', disabled'
  to.out(
    options.json
      ? json(row)
      : `${tier}: every ${count(row.frequencyS)} s, priority ${row.priority}${state}. A running daemon takes it up at once.\n`,
  )
}

function enabledOf({ enable, disable }: TierOptions): boolean | undefined {
  if (enable && disable) throw new UsageProblem('--enable and --disable contradict each other')
  if (!enable && !disable) return undefined
  return enable === true
}

function numberOf(option: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= max) return number
  throw new UsageProblem(`${option} takes a whole number from 1 to ${max}, not "${text}"`)
}
