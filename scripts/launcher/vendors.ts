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

/** Where faults are ordered and requests are looked up. */
export const simulatorUrlOf = (endpoints: Endpoints): string | null =>
  addressesOf(endpoints)
    .filter((address) => address.startsWith('http:'))
    .map((address) => new URL(address).origin)[0] ?? null

/** The socket port beside the HTTP one, or null: kept over a restart, for the apps know it. */
export const tcpPortOf = (endpoints: Endpoints): number | null =>
  addressesOf(endpoints)
    .filter((address) => address.startsWith('tcp:'))
    .map((address) => Number(new URL(address).port))[0] ?? null

const addressesOf = (endpoints: Endpoints): string[] => Object.values(endpoints).flatMap(Object.values)

/** What a running launcher has written down, or null. */
export function announcedVendors(stateDir: string): Record<string, string> | null {
  const card = JSON.parse(readIfThere(cardOf(stateDir)) ?? 'null') as {
    vendorUrls: Record<string, string>
  } | null
  return card && vendorsRun(stateDir) ? card.vendorUrls : null
}

const cardOf = (stateDir: string): string => join(stateDir, 'run-demo.json')

/** The file is believed while this process lives; see apps/daemon/src/cli/running.ts. */
export function announceVendors(stateDir: string, endpoints: Endpoints): Disposable {
  const card = JSON.stringify({
    pid: process.pid,
    vendorUrls: vendorEnv(endpoints),
    simulatorUrl: simulatorUrlOf(endpoints),
  })
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
