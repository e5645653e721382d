// A new source of a user, sealed and written with the orders that it was given a place in: all of it or nothing.
import { randomUUID } from 'node:crypto'
import {
  addUserSource,
  asUser,
  type KeyRing,
  lockUser,
  readOrders,
  readUserSources,
  type Sealed,
  sealCredentials,
  type UserTx,
  writeOrder,
} from '@onetape/db'
import type { Micros } from '@onetape/market'
import type { ProbeFindings } from '@onetape/providers'
import { ApiProblem } from '../errors.ts'
import { type Credentials, hintOf } from './credentials.ts'
import type { OrderChoice } from './mine.ts'
import { NO_KEYS } from './own-source.ts'
import type { MineParts } from './parts.ts'
import { freeName, renamedIn, takenNames } from './source-name.ts'
import type { Vendor } from './vendor-book.ts'

/** More than anybody has accounts; each costs memory and sockets. */
export const SOURCES_MAX = 24

export interface NewSource {
  vendor: Vendor
  label: string
  /** What is sealed; those of the house's app are not among them. */
  credentials: Credentials
  tier: string
  /** Null: it was not asked yet. */
  findings: ProbeFindings | null
  expiresAt: Micros | null
  orders: readonly OrderChoice[]
  /** The name that stands in `orders` for it. */
  proposedName?: string
}

/** @returns the id of the new source. */
export async function storeSource(parts: MineParts, userId: string, source: NewSource): Promise<string> {
  const sealed = await sealSource(parts, userId, source)
  await asUser(parts.db, userId, (tx) => addSealed(tx, parts, sealed))
  parts.views.drop(userId)
  return sealed.id
}

export interface SealedSource extends NewSource {
  id: string
  sourceId: string
  sealed: Sealed | null
}

export async function sealSource(
  { keys }: Pick<MineParts, 'keys'>,
  userId: string,
  source: NewSource,
): Promise<SealedSource> {
  const sourceId = randomUUID()
  const sealed = await sealedFor(keys, { userId, sourceId, credentials: source.credentials })
  return { ...source, id: randomUUID(), sourceId, sealed }
}

export async function addSealed(
  tx: UserTx,
  { house, wallClock }: Pick<MineParts, 'house' | 'wallClock'>,
  source: SealedSource,
): Promise<void> {
  await lockUser(tx)
  const own = await readUserSources(tx)
  if (own.length >= SOURCES_MAX)
    throw new ApiProblem('too_many', `You have ${SOURCES_MAX} sources, which is the most. Remove one first.`)
  const { id, sourceId, sealed, vendor, credentials, findings, label, tier, expiresAt } = source
  const provider = vendor.definition.name
  const at = wallClock.now()
  const name = freeName(provider, takenNames(house, own))
  await addUserSource(tx, {
    ...{ id, sourceId, name, provider, label, tier, expiresAt, at },
    isPrimary: false,
    state: 'connected',
    hint: hintOf(vendor.fields, credentials),
    keyId: sealed?.keyId ?? null,
    sealed: sealed?.sealed ?? null,
    capabilities: findings,
    probedAt: findings && at,
  })
  await writePlaces(tx, source, { name, known: [...house, ...own].map((other) => other.name), at })
}

/** Null where there is nothing to keep. */
export async function sealedFor(
  keys: KeyRing | null,
  o: { userId: string; sourceId: string; credentials: Credentials },
): Promise<Sealed | null> {
  if (Object.keys(o.credentials).length === 0) return null
  if (!keys) throw new ApiProblem('unavailable', NO_KEYS)
  return await sealCredentials(keys, { ...o, credentials: { ...o.credentials } })
}

/** The person saw these orders a moment ago and says what they are to be: they are written over what is there. */
async function writePlaces(
  tx: UserTx,
  { orders, proposedName }: NewSource,
  { name, known, at }: { name: string; known: readonly string[]; at: Micros },
): Promise<void> {
  if (orders.length === 0) return
  const there = await readOrders(tx)
  for (const { kind, assetClass, order } of orders) {
    const meant = renamedIn(order, proposedName ?? name, name)
    const unknown = meant.find((other) => other !== name && !known.includes(other))
    if (unknown !== undefined) throw unknownSource(unknown)
    const [primary, ...fallbacks] = meant
    const before = there.find((o) => o.kind === kind && o.assetClass === assetClass)
    if (primary === undefined) continue
    await writeOrder(tx, {
      ...{ kind, assetClass, at },
      order: { primary, fallbacks },
      version: before?.version ?? 0,
    })
  }
}

export const unknownSource = (name: string): ApiProblem =>
  new ApiProblem(
    'invalid_request',
    `You have no source called ${JSON.stringify(name.slice(0, 40))}; it may have been removed.`,
  )
