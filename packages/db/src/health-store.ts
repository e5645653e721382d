// The breakers of all processes as one object: what a health board keeps them in.
import type { Db } from './connect.ts'
import { readSourceHealth, type SourceHealthRow } from './reads/read-source-health.ts'
import { claimProbe } from './writes/claim-probe.ts'
import { writeSourceHealth } from './writes/write-source-health.ts'

export interface HealthStore {
  read(): Promise<SourceHealthRow[]>
  write(health: SourceHealthRow, what: 'all' | 'details'): Promise<void>
  claimProbe(source: string, leaseMs: number): Promise<boolean>
}

export const createHealthStore = (db: Db): HealthStore => ({
  read: () => readSourceHealth(db),
  write: (health, what) => writeSourceHealth(db, health, what),
  claimProbe: (source, leaseMs) => claimProbe(db, source, leaseMs),
})
