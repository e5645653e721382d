import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ASSET_CLASSES, TIMEFRAMES } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { houseOrder } from './house-order.ts'
import { createProvider, createRegistry, registry } from './registry.ts'
import { clockAt } from './testing-server.ts'

const src = import.meta.dirname
/** A folder that is a vendor's: it has an index that presents a provider. */
/** Folders that belong to no vendor. */
const SHARED = ['http', 'probe', 'router', 'stream']
const folders = readdirSync(src, { withFileTypes: true })
  .filter((e) => e.isDirectory() && !SHARED.includes(e.name))
  .map((e) => e.name)
  .filter((name) => name !== 'router')

describe('registry', () => {
  it('rejects an unknown name and lists the known ones', () => {
    expect(() => registry.get('robinhood')).toThrow(
      `there is no provider called "robinhood"; known are ${registry.names.join(', ')}`,
    )
    // A vendor more needs no line here: the names are the folders, see below.
    expect(registry.names.length).toBeGreaterThanOrEqual(7)
    expect(() => registry.get('robinhood')).toThrow(expect.objectContaining({ kind: 'invalid_request' }))
  })

  it('refuses TD Ameritrade, whose API is gone, and names its successor', () => {
    for (const name of ['td_ameritrade', 'tdameritrade', 'TD_Ameritrade']) {
      expect(registry.has(name)).toBe(false)
      expect(() => registry.get(name)).toThrow(
        expect.objectContaining({ kind: 'unsupported', message: expect.stringMatching(/schwab$/) }),
      )
    }
  })

  it('refuses two of one name', () => {
    const one = registry.get('yahoo')
    expect(() => createRegistry([one, one])).toThrow('two providers are called yahoo')
  })

  it('makes a provider that says its name and what it can', () => {
    for (const name of registry.names) {
      const provider = createProvider(name, {
        fetch,
        marketClock: clockAt('2026-02-25T15:00:00Z'),
        wallClock: { now: () => Date.now() * 1000 },
        random: () => 0.5,
        timeoutMs: 1000,
        credentials: {},
      })
      expect(provider.getName()).toBe(name)
      expect(provider.getCapabilities()).toBe(registry.get(name).capabilities)
    }
  })
})

describe('every vendor folder is complete and registered (STYLE: one folder and one registry line)', () => {
  it('folders and registry lines are the same', () => {
    expect([...registry.names].sort()).toEqual(folders.sort())
  })

  for (const name of folders) {
    it(`${name} has index, client, payload, normalize, README and fixtures`, () => {
      for (const file of ['index.ts', 'client.ts', 'payload.ts', 'normalize.ts', 'README.md', 'fixtures']) {
        expect(existsSync(join(src, name, file)), `${name}/${file} is missing`).toBe(true)
      }
      expect(readdirSync(join(src, name, 'fixtures')).length).toBeGreaterThan(0)
      const readme = readFileSync(join(src, name, 'README.md'), 'utf8')
      expect(readme, `${name}/README.md tells the vendor's quirks`).toMatch(/## Quirks/)
      expect(readdirSync(join(src, name)).some((f) => f.endsWith('.test.ts'))).toBe(true)
    })

    it(`${name}: normalize is pure and the client knows no bars`, () => {
      const read = (file: string) => readFileSync(join(src, name, file), 'utf8')
      for (const file of readdirSync(join(src, name)).filter((f) => /^normalize.*(?<!\.test)\.ts$/.test(f))) {
        expect(read(file), `${file} waits or does I/O`).not.toMatch(
          /\bawait\b|\basync\b|\bfetch\b|client\.ts/,
        )
      }
      expect(read('client.ts'), 'client.ts maps to nouns').not.toMatch(
        /normalize|\bBar\b|\bQuote\b|\bSnapshot\b/,
      )
    })

    it(`${name}: what it declares is what the contract knows`, () => {
      const { capabilities, recordings, baseUrls } = registry.get(name)
      for (const [assetClass, capability] of Object.entries(capabilities.byAssetClass)) {
        expect(ASSET_CLASSES).toContain(assetClass)
        for (const timeframe of capability.bars) expect(TIMEFRAMES).toContain(timeframe)
      }
      expect(recordings.length).toBeGreaterThan(0)
      expect(new Set(recordings.map((r) => r.endpoint)).size).toBe(recordings.length)
      for (const url of Object.values(baseUrls)) expect(url).toMatch(/^(https|wss|tcp):\/\/[^/]+$/)
    })
  }
})

describe('house order', () => {
  it('names known providers that have the asset class, each once', () => {
    for (const [assetClass, names] of Object.entries(houseOrder)) {
      expect(new Set(names).size).toBe(names.length)
      for (const name of names) {
        expect(registry.get(name).capabilities.byAssetClass).toHaveProperty(assetClass)
      }
    }
  })
})
