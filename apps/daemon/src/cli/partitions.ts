// `onetape partitions`: what the tape's tables are made of, how wide, packed or not; taken out, brought back, dropped.
import {
  attachPartition,
  detachPartition,
  dropPartition,
  type Moved,
  PARTITION_WIDTHS,
  PARTITIONED_TABLES,
  type Packed,
  type PartitionedTable,
  type PartitionRow,
  type PartitionWidth,
  packPartitions,
  readPartitions,
  readPartitionWidths,
  recordEvent,
  setPartitionWidth,
} from '@onetape/db'
import type { Micros } from '@onetape/market'
import type { Command } from 'commander'
import { type Console, count, json, table, UsageProblem } from './console.ts'
import { envOf, type ModeOption, type OpenTape, openTape } from './open-tape.ts'

type Options = ModeOption & { json?: boolean; table?: string; yesDeleteItsRows?: boolean }

const EXIT_LEFT = 1
const MB = 1024 * 1024

export function addPartitions(program: Command, to: Console, done: (code: number) => void): void {
  const partitions = program
    .command('partitions')
    .description('The partitions of ticks, bars and roll-ups: ranges, sizes, packed or not.')
  const command = (name: string, description: string, isDefault = false) =>
    partitions
      .command(name, { isDefault })
      .description(description)
      .option('--live', 'of the live database')
      .option('--json', 'report as JSON on stdout')
  const run = (work: (open: OpenTape) => Promise<void>) => async (options: Options) => {
    await using open = await openTape(envOf(options))
    await work(open)
  }
  command('list [table]', 'All of them, or of ticks, bars or rollups alone.', true).action((of, options) =>
    run((open) => list(open, of, { options, to }))(options),
  )
  command('width [width]', `How wide new ones for recent times are made: ${PARTITION_WIDTHS.join(', ')}.`)
    .option('--table <table>', 'ticks, bars or rollups; all of them unless told')
    .action((width, options) => run((open) => changeWidth(open, width, { options, to }))(options))
  command('pack [names...]', 'Sort and shrink what is closed; in use, it is left for another time.').action(
    (names, options) => run(async (open) => done(await pack(open, names, { options, to })))(options),
  )
  command('detach <name>', 'Take one out of the tape; its rows stay in a table of that name.').action(
    (name, options) => run((open) => detach(open, name, { options, to }))(options),
  )
  command('attach <name>', 'Bring a detached one back.').action((name, options) =>
    run((open) => attach(open, name, { options, to }))(options),
  )
  command('drop <name>', 'Delete a detached one with all its rows, for good.')
    .option('--yes-delete-its-rows', 'really')
    .action((name, options) => run((open) => drop(open, name, { options, to }))(options))
}

interface Asked {
  options: Options
  to: Console
}

async function list({ tape }: OpenTape, of: string | undefined, { options, to }: Asked): Promise<void> {
  const only = of === undefined ? null : tableOf(of)
  const partitions = (await readPartitions(tape.db)).filter((p) => only === null || p.table === only)
  if (options.json) {
    const widths = await readPartitionWidths(tape.db)
    to.out(json({ widths, partitions: partitions.map(toJson) }))
    return
  }
  const head = ['partition', 'from', 'to', 'rows', 'MB', 'index MB', '']
  const rows = partitions.map((p) => [
    ...[p.name, dateOf(p.from), dateOf(p.to), p.rows],
    ...[Math.round(p.bytes / MB), Math.round(p.indexBytes / MB), stateOf(p)],
  ])
  to.out(rows.length === 0 ? 'No partitions yet: the daemon makes them.\n' : table([head, ...rows]))
}

async function changeWidth(
  { tape, marketClock }: OpenTape,
  wanted: string | undefined,
  { options, to }: Asked,
): Promise<void> {
  const { db } = tape
  if (wanted === undefined) {
    const widths = await readPartitionWidths(db)
    to.out(options.json ? json({ widths }) : table(Object.entries(widths)))
    return
  }
  const width = widthOf(wanted)
  const tables = options.table === undefined ? PARTITIONED_TABLES : [tableOf(options.table)]
  const changes = []
  for (const name of tables)
    changes.push(await setPartitionWidth(db, { table: name, width, marketNow: marketClock.now() }))
  const told = changes.map((c) => ({ ...c, holdsFrom: dateOf(c.holdsFrom) }))
  if (options.json) to.out(json({ changes: told }))
  else
    for (const c of told) {
      const remade = c.remade.length === 0 ? '' : `; ${c.remade.length} empty ones ahead were made anew`
      to.out(`${c.table}: a ${c.width} each from ${c.holdsFrom} on (before: a ${c.before})${remade}.\n`)
    }
}

async function pack(
  { tape, marketClock }: OpenTape,
  names: readonly string[],
  { options, to }: Asked,
): Promise<number> {
  await requireKnown({ tape }, names)
  const packed = await packPartitions(tape.db, {
    marketNow: marketClock.now(),
    signal: to.signal,
    ...(names.length > 0 && { names }),
    onPacked: (p) => {
      if (!options.json) to.out(packedLine(p))
    },
  })
  if (options.json) to.out(json({ packed }))
  else if (packed.length === 0) to.out('Nothing to pack: what is closed is packed.\n')
  to.signal.throwIfAborted()
  return packed.every((p) => p.left === null) ? 0 : EXIT_LEFT
}

function packedLine(p: Packed): string {
  if (p.left !== null) return `${p.name}: left for another time, ${p.left}.\n`
  const of = p.parts.length > 1 ? ` from ${p.parts.length} partitions` : ''
  const perRow = (bytes: number) => (bytes / Math.max(1, p.rows)).toFixed(1)
  return `${p.name}${of}: ${count(p.rows)} rows, ${perRow(p.bytesBefore)} -> ${perRow(p.bytesAfter)} bytes a row, ${(p.durationMs / 1000).toFixed(1)} s, the table held for ${Math.ceil(p.heldMs)} ms.\n`
}

async function detach(open: OpenTape, name: string, { options, to }: Asked): Promise<void> {
  const moved = await detachPartition(open.tape.db, name, to.signal)
  await note(open, 'partition.detached', moved)
  to.out(
    options.json ? json(movedJson(moved)) : `${name} is detached${waited(moved)}. Its rows stay there.\n`,
  )
}

async function attach(open: OpenTape, name: string, { options, to }: Asked): Promise<void> {
  const moved = await attachPartition(open.tape.db, name, to.signal)
  await note(open, 'partition.attached', moved)
  to.out(options.json ? json(movedJson(moved)) : `${name} is attached${waited(moved)}.\n`)
}

async function drop(open: OpenTape, name: string, { options, to }: Asked): Promise<void> {
  if (!options.yesDeleteItsRows)
    throw new UsageProblem(`this deletes every row of ${name} for good; say --yes-delete-its-rows`)
  const dropped = await dropPartition(open.tape.db, name)
  await note(open, 'partition.dropped', dropped)
  to.out(options.json ? json(toJson(dropped)) : `${name} is gone, with ${count(dropped.rows)} rows.\n`)
}

const note = ({ tape, marketClock }: OpenTape, kind: string, p: { name: string; from: Micros; to: Micros }) =>
  recordEvent(tape.db, kind, toJson(p), marketClock.now())

async function requireKnown({ tape }: Pick<OpenTape, 'tape'>, names: readonly string[]): Promise<void> {
  const known = new Set((await readPartitions(tape.db)).map((p) => p.name))
  const stranger = names.find((name) => !known.has(name))
  if (stranger) throw new UsageProblem(`no partition is called "${stranger}"; see onetape partitions`)
}

function tableOf(name: string): PartitionedTable {
  const found = PARTITIONED_TABLES.find((t) => t === name || t === `market_data_${name}`)
  if (found) return found
  throw new UsageProblem(`"${name}" has no partitions; ticks, bars and rollups have`)
}

function widthOf(text: string): PartitionWidth {
  const width = PARTITION_WIDTHS.find((w) => w === text)
  if (width) return width
  throw new UsageProblem(`a partition is a ${PARTITION_WIDTHS.join(', ')} wide, not "${text}"`)
}

const waited = (m: Moved): string =>
  ` after ${m.tries} ${m.tries === 1 ? 'try' : 'tries'} in ${Math.round(m.waitedMs)} ms; the table was held for ${Math.ceil(m.heldMs)} ms`
const stateOf = (p: PartitionRow): string =>
  [p.packed ? 'packed' : '', p.attached ? '' : 'detached'].filter(Boolean).join(', ')
const dateOf = (us: Micros): string => new Date(us / 1000).toISOString().slice(0, 10)
const toJson = <T extends { from: Micros; to: Micros }>(p: T) => ({
  ...p,
  from: dateOf(p.from),
  to: dateOf(p.to),
})
const movedJson = (m: Moved) => ({
  ...toJson(m),
  waitedMs: Math.round(m.waitedMs),
  heldMs: Math.ceil(m.heldMs),
})
