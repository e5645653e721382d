// The way of a key: asked with nothing stored, then connected.
import { type ProbeFindings, type Proposal, proposePlaces, tierOf } from '@onetape/providers'
import { ApiProblem } from '../errors.ts'
import { checkedCredentials } from './credentials.ts'
import type { ConnectOrder, ProbeOrder } from './mine.ts'
import type { MineParts } from './parts.ts'
import { requireOk } from './probes.ts'
import type { ProbeAnswer } from './reports.ts'
import { freeName, takenNames } from './source-name.ts'
import { storeSource } from './store-source.ts'
import type { Vendor } from './vendor-book.ts'

export async function probeKey(
  parts: MineParts,
  userId: string,
  { order, signal }: { order: ProbeOrder; signal?: AbortSignal },
): Promise<ProbeAnswer> {
  const vendor = byKey(parts, order.provider)
  const credentials = checkedCredentials(vendor.fields, order.credentials)
  const found = await parts.probes.ask({ userId, vendor, credentials, signal })
  const findings = withTier(vendor, found, order.tier)
  const { own } = await parts.views.of(userId)
  const records = own.map(({ record }) => record)
  const name = freeName(order.provider, takenNames(parts.house, records))
  return { findings, name, places: findings.ok ? await placesFor(parts, userId, { findings, name }) : [] }
}

/** @returns the id of the new source. */
export async function connectKey(
  parts: MineParts,
  userId: string,
  { order, signal }: { order: ConnectOrder; signal?: AbortSignal },
): Promise<string> {
  const vendor = byKey(parts, order.provider)
  const credentials = checkedCredentials(vendor.fields, order.credentials)
  const found = await parts.probes.recent({ userId, vendor, credentials, signal })
  requireOk(found)
  const findings = withTier(vendor, found, order.tier)
  return await storeSource(parts, userId, {
    ...{ vendor, credentials, findings },
    label: order.label,
    tier: findings.tier,
    expiresAt: findings.expiresAt,
    orders: order.orders,
    proposedName: order.name,
  })
}

export async function placesFor(
  { views }: MineParts,
  userId: string,
  { findings, name }: { findings: ProbeFindings; name: string },
): Promise<Proposal[]> {
  const { sources, orders } = await views.of(userId)
  return proposePlaces({ findings, name, sources, orders })
}

/** Where a person signs in at the vendor there is no key to paste. */
function byKey({ vendors }: MineParts, provider: string): Vendor {
  const vendor = vendors.usable(provider)
  if (vendor.how !== 'oauth') return vendor
  throw new ApiProblem('invalid_request', `${vendor.definition.label} is connected by signing in there.`)
}

/** What the person says of their plan goes before what could be seen of it. */
export function withTier(
  { definition: { capabilities, label } }: Vendor,
  findings: ProbeFindings,
  tier: string | undefined,
): ProbeFindings {
  if (tier === undefined) return findings
  const names = capabilities.tiers.map(({ name }) => name)
  if (!names.includes(tier)) throw new ApiProblem('invalid_request', `tier: ${label} has ${names.join(', ')}`)
  return { ...findings, tier, tierLabel: tierOf(capabilities, tier).label }
}
