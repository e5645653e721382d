// Every procedure of the router, also those that do not exist yet: it says whom it answers, it answers nobody else, and
// whoever asks with the ids and names of somebody else's things sees none of them and changes none.
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { appRouter } from '../src/router.ts'
import type { Meta } from '../src/trpc.ts'
import { Browser } from './auth-server.ts'
import { type InputBook, madeInput, type Thing } from './made-input.ts'
import { type WholeServer, wholeServer } from './whole-server.ts'

/** Stands in every text that Ann typed, her password and keys apart. */
const MARK = 'annmark7'
const HINT = 'zq9x'
const AAPL = 'equity:US:AAPL'
/** What may be asked without signing in: whoever adds to it has thought about it. */
const PUBLIC = ['account.me', 'health.get', 'health.watch']
const PASSWORDS = { ann: 'three quiet otters', bob: 'a walk in the rain', olga: 'seven green bottles' }

interface Procedure {
  path: string
  type: 'query' | 'mutation' | 'subscription'
  scope: Meta['scope'] | undefined
  inputs: readonly unknown[]
}

const PROCEDURES: Procedure[] = Object.entries(
  appRouter._def.procedures as unknown as Record<
    string,
    { _def: { type: Procedure['type']; meta?: Meta; inputs: unknown[] } }
  >,
).map(([path, { _def }]) => ({ path, type: _def.type, scope: _def.meta?.scope, inputs: _def.inputs }))
const guarded = PROCEDURES.filter(({ scope }) => scope !== 'public')

let server: WholeServer
let ann: Browser
let bob: Browser
let olga: Browser
let annsId: string

beforeAll(async () => {
  server = await wholeServer()
  ann = new Browser(server.base)
  bob = new Browser(server.base)
  olga = new Browser(server.base)
  ann.headers = { 'user-agent': `${MARK}/1.0` }
  const code = server.auth.operatorCode
  await must(olga.signUp({ name: 'Olga', email: 'olga@example.com', password: PASSWORDS.olga, code }))
  const signedUp = await must(
    ann.signUp({ name: MARK, email: `${MARK}@example.com`, password: PASSWORDS.ann }),
  )
  annsId = signedUp.user.id
  await must(bob.signUp({ name: 'Bob', email: 'bob@example.com', password: PASSWORDS.bob }))
  await furnish(ann)
}, 120_000)
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

/** Something in every table that holds what is a user's. */
async function furnish(browser: Browser): Promise<void> {
  const source = await made(browser, 'mine.connect', {
    provider: 'polygon',
    label: `${MARK} at Polygon`,
    credentials: { apiKey: `advanced-${MARK}-${HINT}` },
    orders: [],
  })
  const order = [source.name, 'yahoo']
  await made(browser, 'mine.setOrder', { kind: 'quotes', assetClass: 'all', order, version: 0 })
  await made(browser, 'mine.setPin', { key: AAPL, kind: 'quotes', source: source.name, version: 0 })
  await must(browser.call('quote', { key: AAPL }))
  await made(browser, 'mine.simulateOutage', { source: source.name, minutes: 60 })
  await made(browser, 'watchlists.create', { name: `${MARK} list`, keys: [AAPL] })
  await made(browser, 'mine.signInBegin', {
    provider: 'schwab',
    label: `${MARK} at Schwab`,
    credentials: { clientId: `${MARK}-client-id`, clientSecret: `${MARK}-client-${HINT}` },
  })
  await vi.waitFor(async () => expect((await rowsOf(annsId)).provider_calls).not.toEqual([]), 15_000)
}

const made = async (browser: Browser, path: string, input: unknown) =>
  (await must(browser.change(path, input))).result.data

async function must(answer: ReturnType<Browser['call']>) {
  const { status, text, json } = await answer
  expect(status, text).toBe(200)
  return json
}

type Row = Record<string, unknown>

/** All rows of one user, by table; a table that is made tomorrow is among them. */
async function rowsOf(userId: string): Promise<Record<string, Row[]>> {
  const { pool } = server.database.db
  const { rows: tables } = await pool.query<{ name: string }>(
    `select c.relname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
     where a.attname = 'user_id' and c.relkind in ('r', 'p') and not c.relispartition
       and c.relnamespace = 'public'::regnamespace order by 1`,
  )
  const found: Record<string, Row[]> = {}
  for (const { name } of tables) {
    const { rows } = await pool.query(
      `select to_jsonb(t) as row from ${name} t where user_id = $1 order by to_jsonb(t)::text`,
      [userId],
    )
    found[name] = rows.map((r) => r.row)
  }
  const { rows } = await pool.query('select to_jsonb(u) as row from users u where id = $1', [userId])
  return { ...found, users: rows.map((r) => r.row) }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Every id in her rows, with the version that stands beside it. */
function thingsIn(tables: Record<string, Row[]>): Thing[] {
  const things = new Map<string, Thing>()
  for (const row of Object.values(tables).flat())
    for (const [column, value] of Object.entries(row)) {
      const isSecret = column === 'state' && String(value).length > 20 // of a sign-in at a vendor
      if (typeof value !== 'string' || !(UUID.test(value) || isSecret)) continue
      const version = typeof row.version === 'number' ? row.version : (things.get(value)?.version ?? 1)
      things.set(value, { id: value, version })
    }
  return [...things.values()]
}

const ask = (browser: Browser, { path, type }: Procedure, input?: unknown) =>
  type === 'mutation' ? browser.change(path, input) : browser.call(path, input)

describe('every procedure', () => {
  it('says whom it answers, and only a few answer anybody', () => {
    expect(PROCEDURES.length).toBeGreaterThan(40)
    expect(PROCEDURES.filter(({ scope }) => scope === undefined).map(({ path }) => path)).toEqual([])
    expect(
      PROCEDURES.filter(({ scope }) => scope === 'public')
        .map(({ path }) => path)
        .sort(),
    ).toEqual(PUBLIC)
  })

  it.each(guarded)('$path answers nobody who has not signed in', async (procedure) => {
    const answer = await ask(new Browser(server.base), procedure)
    expect([answer.status, answer.text]).toEqual([401, expect.stringContaining('UNAUTHORIZED')])
  })

  it.each(guarded.filter(({ scope }) => scope === 'operator'))(
    '$path answers no member',
    async (procedure) => {
      const answer = await ask(bob, procedure)
      expect([answer.status, answer.json.error.data.code]).toEqual([403, 'FORBIDDEN'])
    },
  )
})

describe('every stream', () => {
  it.each(guarded.filter(({ type }) => type === 'subscription'))(
    '$path ends with the session that opened it',
    async ({ path }) => {
      const other = new Browser(server.base)
      await must(other.signIn({ email: 'bob@example.com', password: PASSWORDS.bob }))
      const { text, ended } = await eventsOf(other, `/trpc/${path}?input=%7B%7D`)
      await must(bob.change('account.revokeOthers'))
      await ended
      expect(text()).toMatch(/serialized-error\n.*UNAUTHORIZED/)
    },
  )
})

describe('what is Ann’s', () => {
  it('is in every table that holds what is a user’s, or this test proves nothing', async () => {
    for (const [table, rows] of Object.entries(await rowsOf(annsId)))
      if (table !== 'auth_verifications') expect(rows.length, table).toBeGreaterThan(0)
  })

  it.each(['bob', 'olga'] as const)(
    'is neither seen nor changed by %s, with any of her ids, through any procedure',
    async (name) => {
      const browser = { bob, olga }[name]
      const before = await rowsOf(annsId)
      const things = thingsIn(before)
      const sources = before.user_data_sources!.map((row) => String(row.source))
      expect(things.length).toBeGreaterThan(6)
      const secrets = [...things.map(({ id }) => id), MARK, HINT]
      for (const procedure of guarded) {
        if (procedure.type === 'subscription' || procedure.scope === 'operator') continue
        const told = new Set<string>()
        const books = ['polygon', 'schwab'].flatMap((provider) =>
          things.map((thing): InputBook => ({ thing, sources, provider, key: AAPL })),
        )
        for (const book of books) {
          const input = madeInput(procedure.inputs, book)
          const sent = JSON.stringify(input) ?? ''
          if (told.has(sent)) continue
          told.add(sent)
          const { text } = await ask(browser, procedure, input)
          // What she sends herself may be said back to her.
          const leaks = secrets.filter(
            (secret) => !sent.includes(secret) && text.toLowerCase().includes(secret),
          )
          expect(leaks, `${procedure.path} ${sent}: ${text.slice(0, 500)}`).toEqual([])
        }
      }
      expect(await rowsOf(annsId)).toEqual(before)
    },
    120_000,
  )

  it('but for her name, e-mail and id is not seen by an operator either', async () => {
    const things = thingsIn(await rowsOf(annsId)).filter(({ id }) => id !== annsId)
    for (const procedure of guarded.filter(({ scope, type }) => scope === 'operator' && type === 'query')) {
      const { text } = await ask(olga, procedure)
      for (const secret of [...things.map(({ id }) => id), HINT, `${MARK} list`, `${MARK} at`, `${MARK}/1.0`])
        expect(text, procedure.path).not.toContain(secret)
    }
  })

  it('moves no stream of anybody else, and moves her own', async () => {
    const streams = guarded.filter(({ type }) => type === 'subscription')
    expect(streams.map(({ path }) => path)).toContain('mine.changes')
    const open = async (browser: Browser) =>
      new Map(
        await Promise.all(
          streams.map(
            async ({ path }) => [path, await eventsOf(browser, `/trpc/${path}?input=%7B%7D`)] as const,
          ),
        ),
      )
    const [hers, his] = [await open(ann), await open(bob)]
    await made(ann, 'watchlists.create', { name: `${MARK} other`, keys: [] })
    await expect.poll(() => hers.get('mine.changes')!.text()).toContain('watchlists')
    await made(bob, 'watchlists.create', { name: 'his own', keys: [] })
    await expect.poll(() => his.get('mine.changes')!.text()).toContain('watchlists')
    // His came after hers, through the same channel: hers would be there by now.
    expect(
      his
        .get('mine.changes')!
        .text()
        .match(/"what"/g),
    ).toHaveLength(1)
    for (const [path, { text }] of his) expect(text(), path).not.toContain(MARK)
  })

  it('is not given away by the addresses beside the procedures', async () => {
    const before = await rowsOf(annsId)
    const state = String(before.oauth_sign_ins![0]!.state)
    const back = await fetch(`${server.base}/api/oauth/callback?code=x&state=${encodeURIComponent(state)}`, {
      headers: { cookie: bob.cookie },
      redirect: 'manual',
    })
    expect(back.headers.get('location')).toMatch(/^\/sources\?problem=/)
    const quotes = await bob.ask('/api/quotes?symbols=AAPL')
    expect([quotes.status, quotes.text.includes(MARK)]).toEqual([200, false])
    expect((await new Browser(server.base).ask('/api/quotes?symbols=AAPL')).status).toBe(401)
    expect(await rowsOf(annsId)).toEqual(before)
  })

  it('has no other address to look for it', () => {
    // Whoever adds one here has asked above what it tells of somebody else.
    const routes = [...server.routes.matchAll(/── (\S+) \(([A-Z, ]+)\)/g)].map(([, path]) => path)
    expect(routes.sort()).toEqual([
      '*',
      '/',
      'api/auth/change-password',
      'api/auth/sign-in/email',
      'api/auth/sign-out',
      'api/auth/sign-up/email',
      'api/health',
      'api/oauth/callback',
      'api/quotes',
      'index.html',
      'trpc/:path',
      'trpc/quotes.live',
    ])
  })
})

/** What a stream has said so far, once it has begun. */
async function eventsOf({ base, cookie }: Browser, path: string) {
  const req = request(`${base}${path}`, { headers: { cookie, accept: 'text/event-stream' } })
  req.on('error', () => {})
  req.end()
  const [response] = (await once(req, 'response')) as [IncomingMessage]
  response.on('error', () => {})
  let text = ''
  const begun = Promise.withResolvers<void>()
  response.on('data', (chunk: Buffer) => {
    text += chunk
    begun.resolve()
  })
  const ended = new Promise<void>((resolve) => response.once('close', () => resolve()))
  await begun.promise
  return { text: () => text, ended }
}
