// «No secret in a log, an error, a response, a URL or a trace»: a whole OneTape runs, people connect vendors with keys
// that are good, wrong, hostile and half, vendors fail, keys are rotated; then all that was said and stored is searched.
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { listSealed, openCredentials } from '@onetape/db'
import { openKeyFile } from '@onetape/db/embedded'
import { type Secret, searchForSecrets } from '@onetape/db/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storedText } from './stored-text.ts'
import { madeUp, type Visitor, type WholeRun, wholeRun } from './whole-run.ts'

let run: WholeRun
const secrets: Secret[] = []
beforeAll(async () => {
  run = await wholeRun()
  secrets.push(...run.secrets)
}, 240_000)
afterAll(() => run?.[Symbol.asyncDispose](), 60_000)

function secret(name: string, prefix = ''): string {
  const value = madeUp(prefix)
  secrets.push({ name, value })
  return value
}

const ask = (visit: Visitor, path: string, input?: unknown) =>
  visit(`/trpc/${path}${input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`}`)
const tell = (visit: Visitor, path: string, body: unknown) => visit(`/trpc/${path}`, { body })

const AAPL = { key: 'equity:US:AAPL' }
interface Source {
  id: string
  name: string
  version: number
}
const sourcesOf = async (visit: Visitor) => (await ask(visit, 'mine.sources')).data as Source[]

async function signUp(): Promise<Visitor> {
  const visit = run.visitor()
  const password = secret("Ann's password")
  const ann = { name: 'Ann Example', email: 'ann@example.org', password }
  expect(await visit('/api/auth/sign-up/email', { body: ann })).toMatchObject({ status: 200 })
  const wrong = { email: ann.email, password: secret('a wrong password') }
  expect((await run.visitor()('/api/auth/sign-in/email', { body: wrong })).status).toBeGreaterThanOrEqual(400)
  await visit('/api/auth/sign-in/email', {
    raw: `{"email": "x", "password": "${secret('a password in broken JSON')}`,
  })
  return visit
}

/** Polygon and Alpaca, well and badly. */
async function connectVendors(visit: Visitor): Promise<void> {
  const polygon = { provider: 'polygon', credentials: { apiKey: secret('a Polygon key', 'advanced-') } }
  expect((await tell(visit, 'mine.probe', polygon)).status).toBe(200)
  const order = { kind: 'quotes', assetClass: 'all', order: ['polygon:2'] }
  const connected = await tell(visit, 'mine.connect', {
    ...polygon,
    label: 'Ann at Polygon',
    orders: [order],
  })
  expect(connected).toMatchObject({ status: 200, data: { state: 'connected' } })
  const alpaca = { keyId: secret("an Alpaca key's id", 'AK'), secretKey: secret('an Alpaca secret') }
  const second = { provider: 'alpaca', credentials: alpaca, label: 'Ann at Alpaca', orders: [] }
  expect((await tell(visit, 'mine.connect', second)).status).toBe(200)
  const { id, version } = (await sourcesOf(visit)).find((s) => s.name.startsWith('polygon'))!
  const replaced = { apiKey: secret('a later Polygon key', 'advanced-') }
  expect((await tell(visit, 'mine.replaceKey', { id, version, credentials: replaced })).status).toBe(200)
}

async function connectBadly(visit: Visitor): Promise<void> {
  const hostile: ((value: string) => Record<string, string>)[] = [
    (value) => ({ apiKey: value + 'x'.repeat(5_000) }),
    (value) => ({ apiKey: `${value} with spaces` }),
    (value) => ({ apiKey: `${value}\u0000` }),
    (value) => ({ apiKey: `<script>${value}</script>` }),
    (value) => ({ apikey: value }),
    (value) => ({ [value]: 'a secret for a name' }),
  ]
  for (const credentials of hostile)
    for (const path of ['mine.probe', 'mine.connect']) {
      const typed = { provider: 'polygon', credentials: credentials(secret('a hostile key')) }
      const isConnect = path === 'mine.connect'
      // What looks like a key is asked of the vendor; nothing ends in an error of ours.
      const { status } = await tell(visit, path, { ...typed, ...(isConnect && { label: 'Bad', orders: [] }) })
      expect(status).toBeLessThan(500)
    }
  for (const raw of [
    `{"provider": "polygon", "credentials": {"apiKey": "${secret('a key in broken JSON')}`,
    `{"provider": "polygon", "credentials": "${secret('a key for an object')}"}`,
    `{"provider": "polygon", "credentials": {"apiKey": ["${secret('a key in a list')}"]}}`,
    `{"provider": "nobody", "credentials": {"apiKey": "${secret('a key for nobody')}"}}`,
  ])
    expect((await visit('/trpc/mine.probe', { raw })).status).toBeGreaterThanOrEqual(400)
  await visit('/trpc/no.such', { body: { apiKey: secret('a key for no procedure') } })
}

/** Through the vendor's page and back, with an app of one's own. */
async function signInAtSchwab(visit: Visitor): Promise<void> {
  const credentials = {
    clientId: secret("a Schwab app's key"),
    clientSecret: secret("a Schwab app's secret"),
  }
  const begun = await tell(visit, 'mine.signInBegin', { provider: 'schwab', label: 'Schwab', credentials })
  const { url } = begun.data as { url: string }
  // The app's own key names the app at the vendor's page: its address must hold that, and nothing else of it.
  expect(url).not.toContain(credentials.clientSecret)
  const answer = run.said.at(-1)!
  answer.text = answer.text.replaceAll(credentials.clientId, '')
  const callback = (await visit('', { absolute: url })).location!
  secrets.push({ name: 'a Schwab code', value: new URL(callback).searchParams.get('code')! })
  const { pathname, search } = new URL(callback)
  expect((await visit(pathname + search)).location).toContain('connected=')
}

const bars = { ...AAPL, timeframe: '1m' }
const READS: Record<string, unknown> = {
  quote: AAPL,
  snapshot: { keys: [AAPL.key] },
  bars,
  fundamentals: AAPL,
  optionsChain: AAPL,
  explain: { ...AAPL, kind: 'quotes' },
  receipt: AAPL,
  receipts: { ...AAPL, limit: 50 },
  providers: undefined,
  'quotes.latest': {},
  'series.get': bars,
  'instruments.get': AAPL,
  'account.me': undefined,
  'account.sessions': undefined,
  'mine.vendors': undefined,
  'mine.sources': undefined,
  'mine.orders': undefined,
  'mine.pins': undefined,
  'mine.outages': undefined,
  'watchlists.list': undefined,
}

async function useThem(visit: Visitor): Promise<void> {
  for (const [path, input] of Object.entries(READS)) {
    const { status, text } = await ask(visit, path, input)
    expect(`${path} ${status === 200 ? 'answers' : text}`).toBe(`${path} answers`)
  }
  for (const { id } of await sourcesOf(visit)) {
    await tell(visit, 'mine.test', { id })
    expect((await ask(visit, 'mine.problems', { id })).status).toBe(200)
  }
  expect((await visit('/api/health')).text).toContain('demo')
  // The demo's own user runs it.
  expect((await ask(run.visitor(), 'operations')).status).toBe(200)
}

async function failVendors(visit: Visitor): Promise<void> {
  for (const kind of ['unauthorized', 'server_error', 'malformed_row', 'rate_limited']) {
    run.simulator.send({ type: 'fault', vendor: '*', kind })
    await ask(visit, 'quote', AAPL)
    await ask(visit, 'bars', bars)
    for (const { id } of await sourcesOf(visit)) {
      await tell(visit, 'mine.test', { id })
      await ask(visit, 'mine.problems', { id })
    }
    run.simulator.send({ type: 'clear_faults' })
  }
}

/** What custody holds by now, tokens of vendors and of the demo's own user with it, and the keys themselves. */
async function heldSecrets(): Promise<void> {
  const ring = openKeyFile(run.keyFile)
  for (const row of await listSealed(run.database.db, { afterId: null, limit: 1_000 }))
    for (const [field, value] of Object.entries(await openCredentials(ring, row)))
      if (value.length >= 8) secrets.push({ name: `${field} of ${row.sourceId}`, value })
  for (const { id, key } of JSON.parse(readFileSync(run.keyFile, 'utf8')).keys)
    secrets.push({ name: `the key ${id}`, value: Buffer.from(key, 'base64') })
}

describe('no secret anywhere', { timeout: 400_000 }, () => {
  it('is said, answered or stored by a whole run', async () => {
    for (const end = Date.now() + 120_000; ; await delay(250)) {
      const answer = await ask(run.visitor(), 'quote', AAPL)
      if (answer.status === 200) break
      if (Date.now() > end) throw new Error(`no quote of AAPL: ${answer.text}`)
    }
    const visit = await signUp()
    await connectVendors(visit)
    await connectBadly(visit)
    await signInAtSchwab(visit)
    await useThem(visit)
    await heldSecrets()
    await run.onetape('keys', 'rotate')
    await failVendors(visit)
    for (const args of [['keys', 'list', '--json'], ['status'], ['sources']]) await run.onetape(...args)
    await heldSecrets()
    const stored = await storedText(run.database.db)
    await run.stop()

    // The search sees what it is to see.
    expect(secrets.length).toBeGreaterThan(30)
    const seen = (where: RegExp, words: string) =>
      [...run.said, ...stored].some((said) => where.test(said.where) && said.text.includes(words))
    expect(seen(/stderr of apps\/api/, '"level":10') || seen(/stderr of apps\/api/, '"level":20')).toBe(true)
    expect(seen(/stderr of apps\/daemon/, 'the daemon is up')).toBe(true)
    expect(seen(/answer to GET \/trpc\/mine.sources/, 'Ann at Polygon')).toBe(true)
    expect(seen(/^broker_connections.label/, 'Ann at Alpaca')).toBe(true)
    expect(seen(/^provider_calls\./, 'polygon')).toBe(true)
    expect(seen(/^onetape keys list/, '"isCurrent": true')).toBe(true)
    expect(stored.find(({ where }) => where === 'user_data_sources.sealed')!.values).toBeGreaterThanOrEqual(3)

    expect(searchForSecrets([...run.said, ...stored], secrets)).toEqual([])
  })
})
