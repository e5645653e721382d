// Where the simulated vendors answer. The launcher of `npm start` writes `<state dir>/run-<mode>.json` once they
// listen, and it is believed while the process that wrote it lives:
//   { "pid": 4711, "vendorUrls": { "POLYGON_BASE_URL": "http://127.0.0.1:40123/polygon", "YAHOO_BASE_URL": "...",
//     "YAHOO_CONSENT_URL": "...", "COINBASE_BASE_URL": "..." } }
// The names are those of the environment variables, which come first where they are set.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Env } from '../env.ts'

const url = z.url({ protocol: /^https?$/ })
const running = z.object({
  pid: z.int().positive(),
  vendorUrls: z.object({
    POLYGON_BASE_URL: url.optional(),
    YAHOO_BASE_URL: url.optional(),
    YAHOO_CONSENT_URL: url.optional(),
    COINBASE_BASE_URL: url.optional(),
  }),
})
export type VendorUrls = z.infer<typeof running>['vendorUrls']

const VENDOR_VARIABLES = [
  'POLYGON_BASE_URL',
  'YAHOO_BASE_URL',
  'YAHOO_CONSENT_URL',
  'COINBASE_BASE_URL',
] as const
/** What the simulator takes for a key. */
const DEMO_KEY = 'demo-key'
const REPOSITORY = join(import.meta.dirname, '../../../..')

/** Addresses of the vendors that a running `npm start` serves, or null when none runs. */
export async function readVendorUrls(stateDir: string, mode: string): Promise<VendorUrls | null> {
  const text = await readFile(join(stateDir, `run-${mode}.json`), 'utf8').catch(() => null)
  if (text === null) return null
  const parsed = running.safeParse(parseJson(text))
  return parsed.success && isAlive(parsed.data.pid) ? parsed.data.vendorUrls : null
}

/**
 * The settings with the addresses of the vendors to ask; null in demo when nothing simulates them. A demo tape must
 * never be filled from a real vendor: it asks only addresses that were given.
 */
export async function withVendorUrls(env: Env): Promise<Env | null> {
  if (env.ONETAPE_MODE === 'live') return env
  const given = Object.fromEntries(VENDOR_VARIABLES.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
  const found = await readVendorUrls(env.ONETAPE_STATE_DIR ?? join(REPOSITORY, '.data'), env.ONETAPE_MODE)
  const urls = { ...found, ...given }
  if (VENDOR_VARIABLES.some((name) => !urls[name])) return null
  return { ...env, ...urls, POLYGON_API_KEY: env.POLYGON_API_KEY ?? DEMO_KEY }
}

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
