// `onetape keys`: the keys that seal users' credentials; a change of keys while everybody goes on; an old one forgotten.
import { join } from 'node:path'
import { recordEvent } from '@onetape/db'
import { openKeyRing } from '@onetape/db/embedded'
import { isoFromMicros, type Micros } from '@onetape/market'
import type { Command } from 'commander'
import { dropKey } from '../custody/drop-key.ts'
import { type KeyList, listKeys } from '../custody/list-keys.ts'
import { type RotationReport, rotateKeys } from '../custody/rotate-keys.ts'
import type { UnreadableRecord } from '../custody/unreadable.ts'
import type { Env } from '../env.ts'
import { type Console, count, json, Stopped, table } from './console.ts'
import { envOf, type ModeOption, type OpenTape, openTape } from './open-tape.ts'
import { openProgress } from './progress.ts'

type Options = ModeOption & { json?: boolean }

interface Asked {
  options: Options
  to: Console
}

const EXIT_UNREADABLE = 1
const REPOSITORY = join(import.meta.dirname, '../../../..')

export function addKeys(program: Command, to: Console, done: (code: number) => void): void {
  const keys = program
    .command('keys')
    .description("The keys that seal users' credentials: which there are, another one, an old one gone.")
  const command = (name: string, description: string, isDefault = false) =>
    keys
      .command(name, { isDefault })
      .description(description)
      .option('--live', 'of the live database')
      .option('--json', 'report as JSON on stdout')
  const run = (work: (open: OpenTape) => Promise<void>) => async (options: Options) => {
    await using open = await openTape(envOf(options))
    await work(open)
  }
  command('list', 'All of them, how many records need each, and the records that do not open.', true).action(
    (options) => run((open) => list(open, { options, to }))(options),
  )
  command(
    'rotate',
    'Seal every record with another key, while users go on: a new one, or the first of ONETAPE_KEYS.',
  ).action((options) => run(async (open) => done(await rotate(open, { options, to })))(options))
  command('drop <id>', 'Forget an old key that no record of this database needs, for good.').action(
    (id, options) => run((open) => drop(open, id, { options, to }))(options),
  )
}

/** A ring that is not there yet is the API's to make: here it would hide that another folder is meant. */
const ringOf = (env: Env) =>
  openKeyRing({
    keys: env.ONETAPE_KEYS,
    file: env.ONETAPE_KEY_FILE ?? join(env.ONETAPE_STATE_DIR ?? join(REPOSITORY, '.data'), 'keys.json'),
    create: false,
  })

/** The embedded server keeps demo and live side by side, and one key file serves both. */
function besidesOf(env: Env, url: string): string[] {
  if (env.DATABASE_URL) return []
  const other = new URL(url)
  other.pathname = `/onetape_${env.ONETAPE_MODE === 'demo' ? 'live' : 'demo'}`
  return [other.href]
}

async function list({ env, tape }: OpenTape, { options, to }: Asked): Promise<void> {
  const found = await listKeys({ tape, ring: ringOf(env), signal: to.signal })
  to.out(options.json ? json({ ...found, keys: found.keys.map(keyJson) }) : describeList(found))
}

async function rotate({ env, tape, marketClock }: OpenTape, { options, to }: Asked): Promise<number> {
  const progress = openProgress(to, 'records')
  const report = await rotateKeys({
    ...{ tape, ring: ringOf(env), signal: to.signal },
    onBegin: ({ keyId, goesOn, records }) =>
      to.err(
        `${goesOn ? 'Going on with the rotation to' : 'Rotating to'} the key ${keyId}: ${count(records)} records to move.\n`,
      ),
    onProgress: (done, total) => {
      if (total > 0) progress.update(done, total, '')
    },
  })
    .catch((error: unknown) => {
      if (!to.signal.aborted) throw error
      throw new Stopped('Stopped; every record opens. The same command goes on from here.')
    })
    .finally(() => progress.stop())
  const { unreadable, ...rest } = report
  await recordEvent(tape.db, 'keys.rotated', { ...rest, unreadable: unreadable.length }, marketClock.now())
  to.out(options.json ? json(report) : describeRotation(report))
  return unreadable.length > 0 ? EXIT_UNREADABLE : 0
}

async function drop({ env, tape, marketClock }: OpenTape, id: string, { options, to }: Asked): Promise<void> {
  await dropKey(id, {
    ...{ tape, ring: ringOf(env), signal: to.signal, besides: besidesOf(env, tape.url) },
    onWait: (seconds) =>
      to.err(`Waiting ${seconds} s: what was sealed with it just before is still being written.\n`),
  })
  await recordEvent(tape.db, 'keys.dropped', { id }, marketClock.now())
  to.out(options.json ? json({ dropped: id }) : `The key ${id} is gone.\n`)
}

function describeList({ place, rotating, keys, missing, unreadable }: KeyList): string {
  const head = ['key', '', 'made', 'retired', 'records']
  const rows = keys.map((k) => [
    ...[k.id, k.isCurrent ? 'current' : 'retired', dayOf(k.createdAt), dayOf(k.retiredAt), k.records],
  ])
  const gone = missing.map(({ id, records }) => [id, 'missing', '', '', records])
  const unfinished = rotating
    ? '\nA rotation was begun and not ended: onetape keys rotate goes on with it.\n'
    : ''
  return `Keys in ${place}\n${table([head, ...rows, ...gone])}${unfinished}${describeUnreadable(unreadable)}`
}

function describeRotation({ keyId, moved, unreadable }: RotationReport): string {
  const what =
    moved === 0
      ? `No record had to move: what opens is sealed with the key ${keyId}.\n`
      : `${count(moved)} ${moved === 1 ? 'record is' : 'records are'} sealed with the key ${keyId} now. The old keys stay until they are dropped.\n`
  return what + describeUnreadable(unreadable)
}

function describeUnreadable(unreadable: readonly UnreadableRecord[]): string {
  if (unreadable.length === 0) return ''
  const rows = unreadable.map(({ owner, userId, sourceId, why }) => [
    ...[owner ? `${owner.user.name} <${owner.user.email}>` : userId, owner?.source ?? sourceId, why],
  ])
  const many = unreadable.length === 1 ? '1 record does' : `${count(unreadable.length)} records do`
  return `\n${many} not open. Its user has to enter the credentials again, unless the key is found:\n${table(rows)}`
}

const dayOf = (at: Micros | null): string => (at === null ? '' : isoFromMicros(at).slice(0, 10))
const keyJson = ({ createdAt, retiredAt, ...key }: KeyList['keys'][number]) => ({
  ...key,
  createdAt: createdAt === null ? null : isoFromMicros(createdAt),
  retiredAt: retiredAt === null ? null : isoFromMicros(retiredAt),
})
