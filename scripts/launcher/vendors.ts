// Where the simulated vendors answer: told to our processes by environment, and to the command line by a file.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { readIfThere, writeWhole } from '@onetape/db/embedded'
import { registry, simulatedSettings } from '@onetape/providers'

/** Addresses by vendor and endpoint name, as the simulator says them when it is ready. */
export type Endpoints = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The settings that point the apps at the simulated vendors, by the names that the vendors' folders give them. */
export const vendorEnv = (endpoints: Endpoints): Record<string, string> =>
  simulatedSettings(registry.definitions, endpoints)

/** What the simulator's message of being ready says of its addresses. */
export const endpointsOf = (ready: Record<string, unknown>): Endpoints =>
  (ready.endpoints as Endpoints | undefined) ?? {}

const cardOf = (stateDir: string): string => join(stateDir, 'run-demo.json')

/** The file is believed while this process lives; see apps/daemon/src/cli/running.ts. */
export function announceVendors(stateDir: string, endpoints: Endpoints): Disposable {
  const card = JSON.stringify({ pid: process.pid, vendorUrls: vendorEnv(endpoints) })
  writeWhole(cardOf(stateDir), card)
  return {
    [Symbol.dispose]() {
      if (readIfThere(cardOf(stateDir)) === card) rmSync(cardOf(stateDir), { force: true })
    },
  }
}

/** Whether whoever started us says where the vendors are. */
export const namesVendors = (): boolean =>
  registry.definitions.some(({ settings }) =>
    settings.some(({ role, env }) => role === 'baseUrl' && process.env[env]),
  )

/** Whether a launcher runs that serves them. */
export function vendorsRun(stateDir: string): boolean {
  try {
    process.kill((JSON.parse(readIfThere(cardOf(stateDir)) ?? 'null') as { pid: number }).pid, 0)
    return true
  } catch {
    return false
  }
}
