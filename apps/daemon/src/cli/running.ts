// Where the simulated vendors answer. The launcher of `npm start` writes `<state dir>/run-<mode>.json` once they
// listen, and it is believed while the process that wrote it lives:
//   { "pid": 4711, "vendorUrls": { "POLYGON_BASE_URL": "http://127.0.0.1:40123/polygon", "POLYGON_API_KEY": "...", ... } }
// The names are those of the vendors' environment variables, which come first where they are set.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type HouseSettings, registry } from '@onetape/providers'
import { z } from 'zod'
import { type Env, vendorSchema } from '../env.ts'

const running = z.object({ pid: z.int().positive(), vendorUrls: z.record(z.string(), z.string()) })

const REPOSITORY = join(import.meta.dirname, '../../../..')

/** Addresses of the vendors that a running `npm start` serves, or null when none runs. */
export async function readVendorUrls(stateDir: string, mode: string): Promise<HouseSettings | null> {
  const text = await readFile(join(stateDir, `run-${mode}.json`), 'utf8').catch(() => null)
  if (text === null) return null
  const parsed = running.safeParse(parseJson(text))
  if (!parsed.success || !isAlive(parsed.data.pid)) return null
  const vendors = vendorSchema.safeParse(parsed.data.vendorUrls)
  return vendors.success ? vendors.data : null
}

/**
 * The settings with the addresses of the vendors to ask; null in demo when nothing simulates them. A demo tape must
 * never be filled from a real vendor: it asks only addresses that were given.
 */
export async function withVendorUrls(env: Env): Promise<Env | null> {
  if (env.ONETAPE_MODE === 'live') return env
  const found = await readVendorUrls(env.ONETAPE_STATE_DIR ?? join(REPOSITORY, '.data'), env.ONETAPE_MODE)
  const vendors = { ...found, ...env.vendors }
  return isAnyConnected(vendors) ? { ...env, vendors } : null
}

const isAnyConnected = (settings: HouseSettings): boolean =>
  registry.definitions.some(({ settings: named }) => {
    const addresses = named.filter((s) => s.role === 'baseUrl')
    return addresses.length > 0 && addresses.every((s) => settings[s.env] !== undefined)
  })

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** A process of another user answers EPERM: it lives. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
