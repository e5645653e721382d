// Where the simulated vendors answer: told to our processes by environment, and to the command line by a file.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { readIfThere, writeWhole } from '@onetape/db/embedded'

/** The same names as in the apps' env.ts. */
export function vendorEnv(simulatorPort: number): Record<string, string> {
  return { ...vendorUrls(simulatorPort), POLYGON_API_KEY: 'demo-key' }
}

function vendorUrls(simulatorPort: number): Record<string, string> {
  const address = `http://127.0.0.1:${simulatorPort}`
  return {
    POLYGON_BASE_URL: `${address}/polygon`,
    YAHOO_BASE_URL: `${address}/yahoo`,
    YAHOO_CONSENT_URL: `${address}/yahoo`,
    COINBASE_BASE_URL: `${address}/coinbase`,
  }
}

const cardOf = (stateDir: string): string => join(stateDir, 'run-demo.json')

/** The file is believed while this process lives; see apps/daemon/src/cli/running.ts. */
export function announceVendors(stateDir: string, simulatorPort: number): Disposable {
  const card = JSON.stringify({ pid: process.pid, vendorUrls: vendorUrls(simulatorPort) })
  writeWhole(cardOf(stateDir), card)
  return {
    [Symbol.dispose]() {
      if (readIfThere(cardOf(stateDir)) === card) rmSync(cardOf(stateDir), { force: true })
    },
  }
}

/** Whether a launcher runs that serves them. */
export function vendorsRun(stateDir: string): boolean {
  try {
    process.kill((JSON.parse(readIfThere(cardOf(stateDir)) ?? 'null') as { pid: number }).pid, 0)
    return true
  } catch {
    return false
  }
}
