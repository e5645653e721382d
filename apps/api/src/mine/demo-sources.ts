// What the demo user has connected when a demo begins: simulated accounts at two vendors. Made once; a source that the
// user removed stays removed.
import { asUser, hasEvent, lockUser, recordEvent, type UserTx } from '@onetape/db'
import { tierOf } from '@onetape/providers'
import { testSource } from './keeping.ts'
import type { MineParts } from './parts.ts'
import { addSealed, type NewSource, sealSource } from './store-source.ts'

const SEEDED = 'demo_sources'

/** Simulated vendors take any key; its beginning says which plan it has. */
const ACCOUNTS: readonly (Pick<NewSource, 'label' | 'credentials'> & { provider: string })[] = [
  { provider: 'polygon', label: 'My Polygon', credentials: { apiKey: 'advanced-demo-polygon-7K2Q' } },
  {
    provider: 'alpaca',
    label: 'My Alpaca',
    credentials: { keyId: 'DEMO-ALPACA', secretKey: 'demo-alpaca-secret-M4XD' },
  },
]

export async function seedDemoSources(parts: MineParts, userId: string): Promise<void> {
  const fresh = newSources(parts)
  if (fresh.length === 0) return // nobody simulates them: perhaps the next start
  const sealed = await Promise.all(fresh.map((source) => sealSource(parts, userId, source)))
  const seeded = await asUser(parts.db, userId, async (tx: UserTx) => {
    await lockUser(tx) // of several processes that start at once, one seeds
    if (await hasEvent(tx, SEEDED)) return false
    for (const source of sealed) await addSealed(tx, parts, source)
    await recordEvent(tx, SEEDED, { userId }, parts.wallClock.now())
    return true
  })
  if (!seeded) return
  parts.views.drop(userId)
  // What they can do is found out as for everybody, but nobody waits for it; where it fails the person's own test asks.
  void Promise.allSettled(sealed.map(({ id }) => testSource(parts, userId, { id })))
}

const newSources = ({ vendors }: MineParts): NewSource[] =>
  ACCOUNTS.flatMap(({ provider, label, credentials }) => {
    const vendor = vendors.find(provider)
    if (!vendor || vendor.fault) return []
    const tier = tierOf(vendor.definition.capabilities).name
    return [{ vendor, label, credentials, tier, findings: null, expiresAt: null, orders: [] }]
  })
