import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readVendorUrls } from '../../apps/daemon/src/cli/running.ts'
import { envSchema } from '../../apps/daemon/src/env.ts'
import { announceVendors, vendorEnv, vendorsRun } from './vendors.ts'

const stateDir = mkdtempSync(join(tmpdir(), 'onetape-vendors-'))
afterAll(() => rmSync(stateDir, { recursive: true }))

describe('where the simulated vendors answer', () => {
  it('is said in the names that the daemon reads', () => {
    const { POLYGON_API_KEY, ...urls } = envSchema.parse(vendorEnv(4690))
    expect(POLYGON_API_KEY).toBe('demo-key')
    expect(Object.keys(vendorEnv(4690)).filter((name) => !(name in envSchema.shape))).toEqual([])
    expect(urls.COINBASE_BASE_URL).toBe('http://127.0.0.1:4690/coinbase')
  })

  it('is what the command line finds while we run, and no longer', async () => {
    expect(vendorsRun(stateDir)).toBe(false)
    {
      using _card = announceVendors(stateDir, 4690)
      expect(vendorsRun(stateDir)).toBe(true)
      const { POLYGON_API_KEY: _key, ...urls } = vendorEnv(4690)
      expect(await readVendorUrls(stateDir, 'demo')).toEqual(urls)
    }
    expect(vendorsRun(stateDir)).toBe(false)
    expect(await readVendorUrls(stateDir, 'demo')).toBeNull()
  })

  it('is not believed of a process that is no more', () => {
    const gone = 2 ** 22 - 1
    writeFileSync(join(stateDir, 'run-demo.json'), JSON.stringify({ pid: gone, vendorUrls: {} }))
    expect(vendorsRun(stateDir)).toBe(false)
  })
})
