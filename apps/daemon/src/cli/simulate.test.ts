// `onetape simulate` against a real simulator, found the way a running demo announces it.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Simulator, startSimulator } from '@onetape/simulator'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { runCli } from './program.ts'

let simulator: Simulator
const stateDir = mkdtempSync(join(tmpdir(), 'onetape-simulate-'))
beforeAll(async () => {
  simulator = await startSimulator()
  const card = { pid: process.pid, vendorUrls: {}, simulatorUrl: simulator.url }
  writeFileSync(join(stateDir, 'run-demo.json'), JSON.stringify(card))
})
afterAll(() => simulator.close())
afterEach(() => vi.unstubAllEnvs())

async function simulate(args: string[], dir = stateDir) {
  vi.stubEnv('ONETAPE_STATE_DIR', dir)
  let [stdout, stderr] = ['', '']
  const to = {
    out: (text: string) => {
      stdout += text
    },
    err: (text: string) => {
      stderr += text
    },
    terminal: false,
    signal: new AbortController().signal,
  }
  return { code: await runCli(['simulate', ...args], to), stdout, stderr }
}

it('orders a fault, shows it, and ends it', async () => {
  const ordered = await simulate([
    '--fault',
    'rate_limited',
    '--vendor',
    'coinbase',
    '--retry-after',
    '7',
    '--count',
    '2',
    '--json',
  ])
  expect(ordered.code).toBe(0)
  expect(JSON.parse(ordered.stdout).faults).toEqual([
    expect.objectContaining({ kind: 'rate_limited', vendor: 'coinbase', retryAfterS: 7, count: 2 }),
  ])
  const answer = await fetch(`${simulator.endpoints.coinbase!.rest}/api/v3/brokerage/market/products`)
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7'])
  const shown = await simulate([])
  expect(shown.stdout).toMatch(/rate_limited\s+coinbase/)
  expect(shown.stdout).toMatch(/coinbase\s+429/)
  const cleared = await simulate(['--clear'])
  expect(cleared.stdout).toContain('no faults stand')
})

it('one credential alone can be struck, and its time moved on', async () => {
  const ordered = await simulate([
    '--fault',
    'server_error',
    '--vendor',
    'polygon',
    '--key',
    'my-key',
    '--json',
  ])
  expect(JSON.parse(ordered.stdout).faults).toEqual([
    expect.objectContaining({ kind: 'server_error', key: 'my-k' }),
  ])
  const status = async (key: string) => {
    const url = `${simulator.endpoints.polygon!.rest}/v1/marketstatus/now`
    return (await fetch(url, { headers: { authorization: `Bearer ${key}` } })).status
  }
  expect([await status('my-key'), await status('your-key')]).toEqual([500, 200])
  await simulate(['--clear'])
  const before = simulator.requestsAfter(0).at(-1)!.at
  expect((await simulate(['--forward-days', '8'])).code).toBe(0)
  await status('my-key')
  expect(simulator.requestsAfter(0).at(-1)!.at - before).toBeGreaterThanOrEqual(8 * 86_400_000)
})

it('an unknown kind, options without a fault, and no demo are one clear line each', async () => {
  const unknown = await simulate(['--fault', 'earthquake'])
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/kind: .*rate_limited/)])
  const lost = await simulate(['--vendor', 'polygon'])
  expect([lost.code, lost.stderr]).toEqual([2, expect.stringContaining('--fault KIND')])
  const nothing = await simulate([], join(stateDir, 'nowhere'))
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('npm start')])
})
