import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { parseEnv } from '../env.ts'
import { makeFolder } from '../import/fixtures/folder.ts'
import { readVendorUrls, withVendorUrls } from './running.ts'

const vendorUrls = {
  POLYGON_API_KEY: 'demo-key',
  POLYGON_BASE_URL: 'http://127.0.0.1:1/polygon',
  POLYGON_STREAM_URL: 'ws://127.0.0.1:1/polygon/ws',
  YAHOO_BASE_URL: 'http://127.0.0.1:1/yahoo',
  YAHOO_CONSENT_URL: 'http://127.0.0.1:1/yahoo',
  COINBASE_BASE_URL: 'http://127.0.0.1:1/coinbase',
}
const card = (pid: number | undefined) => JSON.stringify({ pid, vendorUrls })

describe('the simulated vendors of a running npm start', () => {
  it('are believed while the process that told of them lives', async () => {
    const gone = spawnSync(process.execPath, ['--version']).pid
    await using folder = await makeFolder({ 'run-demo.json': card(process.pid) })
    expect(await readVendorUrls(folder.path, 'demo')).toEqual(vendorUrls)
    expect(await readVendorUrls(folder.path, 'live')).toBeNull()
    await folder.write({ 'run-demo.json': card(gone) })
    expect(await readVendorUrls(folder.path, 'demo')).toBeNull()
    await folder.write({
      'run-demo.json': JSON.stringify({ pid: process.pid, vendorUrls: { POLYGON_BASE_URL: 'x' } }),
    })
    expect(await readVendorUrls(folder.path, 'demo')).toBeNull()
    for (const rubbish of ['', '{', '[]', '{"pid":"1"}', card(-1)]) {
      await folder.write({ 'run-demo.json': rubbish })
      expect(await readVendorUrls(folder.path, 'demo'), rubbish).toBeNull()
    }
  })

  it('give way to the environment, and never stand beside a real vendor', async () => {
    await using folder = await makeFolder({ 'run-demo.json': card(process.pid) })
    const demo = { ONETAPE_STATE_DIR: folder.path }
    const own = { YAHOO_BASE_URL: 'http://127.0.0.1:2/yahoo' }
    expect(await withVendorUrls(parseEnv({ ...demo, ...own }))).toMatchObject({
      vendors: { ...vendorUrls, ...own },
    })
    await folder.write({ 'run-demo.json': '' })
    expect(await withVendorUrls(parseEnv({ ...demo, ...own }))).toBeNull()
    const live = parseEnv({ ...demo, ONETAPE_MODE: 'live' })
    expect(await withVendorUrls(live)).toEqual(live)
  })
})
