import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { envSchema as apiSchema } from '../../apps/api/src/env.ts'
import { readVendorUrls } from '../../apps/daemon/src/cli/running.ts'
import { envSchema } from '../../apps/daemon/src/env.ts'
import {
  announcedVendors,
  announceVendors,
  endpointsOf,
  simulatorUrlOf,
  tcpPortOf,
  vendorEnv,
  vendorsRun,
} from './vendors.ts'

const stateDir = mkdtempSync(join(tmpdir(), 'onetape-vendors-'))
const endpoints = endpointsOf({
  endpoints: {
    polygon: { rest: 'http://127.0.0.1:4690/polygon', stream: 'ws://127.0.0.1:4690/polygon/ws' },
    coinbase: { rest: 'http://127.0.0.1:4690/coinbase', stream: 'ws://127.0.0.1:4690/coinbase/ws' },
    ibkr: { tws: 'tcp://127.0.0.1:4691' },
  },
})
afterAll(() => rmSync(stateDir, { recursive: true }))

describe('where the simulated vendors answer', () => {
  it('is said in the names that the apps read', () => {
    const given = vendorEnv(endpoints)
    expect(given).toMatchObject({
      POLYGON_API_KEY: 'demo-key',
      POLYGON_BASE_URL: 'http://127.0.0.1:4690/polygon',
      POLYGON_STREAM_URL: 'ws://127.0.0.1:4690/polygon/ws',
      COINBASE_BASE_URL: 'http://127.0.0.1:4690/coinbase',
    })
    for (const schema of [envSchema, apiSchema]) {
      expect(Object.keys(given).filter((name) => !(name in schema.shape))).toEqual([])
    }
  })

  it('is what the command line finds while we run, and no longer', async () => {
    expect(vendorsRun(stateDir)).toBe(false)
    {
      using _card = announceVendors(stateDir, endpoints)
      expect(vendorsRun(stateDir)).toBe(true)
      expect(await readVendorUrls(stateDir, 'demo')).toEqual(vendorEnv(endpoints))
      expect(announcedVendors(stateDir)).toEqual(vendorEnv(endpoints))
      const card = JSON.parse(readFileSync(join(stateDir, 'run-demo.json'), 'utf8'))
      expect(card).toMatchObject({ pid: process.pid, simulatorUrl: 'http://127.0.0.1:4690' })
    }
    expect(vendorsRun(stateDir)).toBe(false)
    expect(await readVendorUrls(stateDir, 'demo')).toBeNull()
    expect(announcedVendors(stateDir)).toBeNull()
  })

  it('keeps the socket port for a next run of the simulator', () => {
    expect([tcpPortOf(endpoints), tcpPortOf({})]).toEqual([4691, null])
    expect(simulatorUrlOf({})).toBeNull()
  })

  it('is not believed of a process that is no more', () => {
    const gone = 2 ** 22 - 1
    writeFileSync(join(stateDir, 'run-demo.json'), JSON.stringify({ pid: gone, vendorUrls: {} }))
    expect(vendorsRun(stateDir)).toBe(false)
  })
})
