// `onetape universe`: which instruments belong to which tier, and how often they are swept.
import { readFile } from 'node:fs/promises'
import { mintInstruments, readInstruments, readMembers, readTiers, setTierMembers } from '@onetape/db'
import { instrumentKey, isInstrumentKey } from '@onetape/market'
import type { Command } from 'commander'
import { type MemberList, readMemberList } from '../import/member-list.ts'
import { FULL_UNIVERSE } from '../universe/reference.ts'
import { addCadence } from './cadence.ts'
import { type Console, count, json, table } from './console.ts'
import { addUniverseEdits, checkTier } from './edit-universe.ts'
import { envOf, type ModeOption, openTape } from './open-tape.ts'

type Options = ModeOption & { json?: boolean; tier?: string; replace?: boolean }

const EXAMPLES_SHOWN = 5

export function addUniverse(program: Command, to: Console, done: (code: number) => void): void {
  const universe = program
    .command('universe')
    .description('Which instruments belong to which tier, and how often they are swept.')
  universe
    .command('list')
    .description('The tiers, or those of which one is the fastest tier.')
    .argument('[tier]')
    .option('--live', 'of the live database')
    .option('--json', 'report as JSON on stdout')
    .action((tier: string | undefined, options: Options) => list(tier, options, to))
  universe
    .command('import')
    .description('Members of a tier from a file: a symbol a line, or a CSV with a column "symbol".')
    .argument('<file>')
    .option('--tier <tier>', 'e.g. sp500', FULL_UNIVERSE)
    .option('--replace', 'members that the file lacks leave the tier')
    .option('--live', 'into the live database')
    .option('--json', 'report as JSON on stdout')
    .action(async (file: string, options: Options) => done(await importMembers(file, options, to)))
  addUniverseEdits(universe, to)
  addCadence(universe, to)
}

async function list(name: string | undefined, options: Options, to: Console): Promise<void> {
  await using open = await openTape(envOf(options))
  const { db } = open.tape
  const [tiers, members] = await Promise.all([readTiers(db), readMembers(db)])
  if (name === undefined) {
    const listed = tiers.map((t) => ({ ...t, swept: members.filter((m) => m.tier === t.name).length }))
    const rows = listed.map((t) => [
      t.name,
      t.members,
      t.swept,
      t.frequencyS,
      t.priority,
      t.enabled ? '' : 'disabled',
    ])
    const head = ['tier', 'members', 'fastest here', 'every s', 'priority', '']
    to.out(options.json ? json({ tiers: listed }) : table([head, ...rows]))
    return
  }
  await checkTier(db, name)
  const instruments = await readInstruments(db)
  const ids = new Set(members.filter((m) => m.tier === name).map((m) => m.instrumentId))
  const found = instruments
    .filter((i) => ids.has(i.id))
    .map(({ key, symbol, assetClass, name }) => ({ key, symbol, assetClass, name }))
  to.out(
    options.json
      ? json({ tier: name, members: found })
      : table(found.map((i) => [i.symbol, i.key, i.name ?? ''])),
  )
}

async function importMembers(file: string, options: Options, to: Console): Promise<number> {
  const members = await readList(file)
  await using open = await openTape(envOf(options))
  const { db } = open.tape
  const tier = options.tier!
  await checkTier(db, tier)
  const known = members.accepted.filter((m) => isInstrumentKey(instrumentKey(m.ref)))
  const minted = await mintInstruments(
    db,
    known.map(({ ref, name }) => ({
      ref,
      name,
      currency: ref.assetClass === 'equity' ? 'USD' : ref.symbol.split('-')[1]!,
    })),
  )
  const added = await setTierMembers(db, {
    tier,
    instrumentIds: minted.map((i) => i.id),
    replace: options.replace === true,
  })
  const report = {
    file,
    tier,
    mode: open.tape.mode,
    rows: members.rows,
    members: minted.length,
    added,
    rejected: members.rejected,
  }
  to.out(options.json ? json(report) : describe(report))
  return 0
}

function describe(r: {
  tier: string
  members: number
  added: number
  rejected: MemberList['rejected']
}): string {
  const examples = r.rejected.slice(0, EXAMPLES_SHOWN).map((x) => `  line ${x.row}: ${x.reason}\n`)
  const more =
    r.rejected.length > EXAMPLES_SHOWN
      ? `  and ${r.rejected.length - EXAMPLES_SHOWN} more (--json lists all)\n`
      : ''
  return `${r.tier}: ${count(r.members)} members in the file, ${count(r.added)} added, ${count(r.rejected.length)} lines rejected.\n${examples.join('')}${more}`
}

async function readList(file: string): Promise<MemberList> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read: ${error.code}.`,
    )
  })
  const members = readMemberList(bytes)
  if (members.accepted.length > 0) return members
  const why = members.rejected[0]
    ? `line ${members.rejected[0].row}: ${members.rejected[0].reason}`
    : 'it is empty'
  throw new Error(`${file} holds no symbols: ${why}.`)
}
