// A user's source as reads and writes speak of it: a connection and what it is asked by, as one.
import type { Micros } from '@onetape/market'
import { eq } from 'drizzle-orm'
import { brokerConnections, userDataSources } from './schema/index.ts'
import type { UserTx } from './user-scope.ts'

export interface UserSource {
  /** Of the connection. */
  id: string
  /** Of the source: what its credentials are sealed to. */
  sourceId: string
  /** Unique among the user's: what orders, pins and outages say. */
  name: string
  provider: string
  label: string
  isPrimary: boolean
  tier: string
  state: 'connected' | 'paused'
  hint: string | null
  keyId: string | null
  /** Null with a vendor that wants no credentials. */
  sealed: Buffer | null
  /** Wall time. */
  expiresAt: Micros | null
  /** What a probe found, as JSON; null before the first. */
  capabilities: unknown
  probedAt: Micros | null
  version: number
  createdAt: Micros
  updatedAt: Micros
}

const c = brokerConnections
const s = userDataSources

/** The user's own, before any further condition. */
export const selectSources = (tx: UserTx) =>
  tx.drizzle
    .select({
      id: c.id,
      sourceId: s.id,
      name: s.source,
      provider: c.provider,
      label: c.label,
      isPrimary: c.isPrimary,
      tier: s.tier,
      state: c.state,
      hint: s.hint,
      keyId: s.keyId,
      sealed: s.sealed,
      expiresAt: s.expiresAt,
      capabilities: c.capabilities,
      probedAt: c.probedAt,
      version: c.version,
      createdAt: c.createdAt,
      updatedAt: c.updatedAt,
    })
    .from(c)
    .innerJoin(s, eq(s.connectionId, c.id))
