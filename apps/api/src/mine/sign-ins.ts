// Signing in at a vendor's own page. A person is sent there with a state that is good once, for ten minutes, for them
// alone; what comes back is exchanged, asked, then stored. Nothing is stored before that.
import { randomBytes } from 'node:crypto'
import {
  asUser,
  beginSignIn,
  CustodyProblem,
  type OAuthSignInRow,
  openCredentials,
  takeSignIn,
} from '@onetape/db'
import { MINUTE_US, type Micros } from '@onetape/market'
import { type OAuthSignIn, type ProbeFindings, ProviderError, wordsOf } from '@onetape/providers'
import { ApiProblem } from '../errors.ts'
import { type Credentials, checkedCredentials } from './credentials.ts'
import { changeSeen, forgetFailures, sealedPatch, sourceOf } from './keeping.ts'
import type { SignInEnd, SignInOrder } from './mine.ts'
import type { VendorDeps } from './own-source.ts'
import type { MineParts } from './parts.ts'
import { requireOk } from './probes.ts'
import { sealedFor, storeSource } from './store-source.ts'
import type { Vendor } from './vendor-book.ts'

export interface SignInParts extends MineParts {
  vendorDeps: VendorDeps
}

export const CALLBACK_PATH = '/api/oauth/callback'

const GOOD_FOR_US = 10 * MINUTE_US
const SPENT = 'This sign-in was used already, is not yours, or was never begun. Begin again.'
const TOO_LATE = 'The sign-in took longer than ten minutes. Begin again.'
const NO_ORIGIN =
  'The vendor cannot send you back here: the operator has to set ONETAPE_PUBLIC_URL to the address of this page.'

const redirectUri = (origin: string): string => `${origin}${CALLBACK_PATH}`

export async function beginVendorSignIn(
  parts: SignInParts,
  userId: string,
  { order, origin }: { order: SignInOrder; origin: string | null },
): Promise<{ url: string }> {
  const { vendor, signIn } = bySignIn(parts, order.provider)
  if (origin === null) throw new ApiProblem('invalid_request', NO_ORIGIN)
  const renews = order.connectionId ? await sourceOf(parts, userId, order.connectionId) : null
  if (renews && renews.provider !== order.provider)
    throw new ApiProblem('invalid_request', `${renews.label} is not a source of ${vendor.definition.label}.`)
  const given = checkedCredentials(vendor.fields, order.credentials)
  const app = Object.keys(given).length > 0 ? given : renews ? await storedApp(parts, userId, renews) : {}
  const state = randomBytes(32).toString('base64url')
  const sealed = await sealedFor(parts.keys, { userId, sourceId: state, credentials: app })
  const url = signIn.authorizeUrl({
    ...{ baseUrls: vendor.baseUrls, state },
    credentials: completeApp(vendor, app),
    redirectUri: redirectUri(origin),
  })
  await asUser(parts.db, userId, (tx) =>
    beginSignIn(tx, {
      ...{ state, provider: order.provider, label: order.label },
      connectionId: renews?.id ?? null,
      sealed: sealed?.sealed ?? null,
      keyId: sealed?.keyId ?? null,
      expiresAt: parts.wallClock.now() + GOOD_FOR_US,
    }),
  )
  return { url }

  /** A renewal goes through the app that the source was connected with. */
  async function storedApp(
    { keys }: SignInParts,
    owner: string,
    { sourceId, keyId, sealed: record }: NonNullable<typeof renews>,
  ): Promise<Credentials> {
    if (!keys || !record || keyId === null) return {}
    const stored = await openCredentials(keys, { userId: owner, sourceId, keyId, sealed: record }).catch(
      () => ({}) as Credentials, // unreadable: the house's app, or the form asks
    )
    return Object.fromEntries(Object.entries(stored).filter(([field]) => signIn.appFields.includes(field)))
  }
}

/** @throws what is no word for the person; everything they can mend is in the answer. */
export async function endVendorSignIn(
  parts: SignInParts,
  userId: string,
  { code, state, origin }: { code: string; state: string; origin: string },
): Promise<SignInEnd> {
  try {
    const begun = await asUser(parts.db, userId, (tx) => takeSignIn(tx, state))
    if (!begun) return { problem: SPENT }
    if (begun.expiresAt <= parts.wallClock.now()) return { problem: TOO_LATE }
    return { connected: await finish(parts, userId, { begun, code, origin }) }
  } catch (error) {
    const problem = lineOf(error)
    if (problem === null) throw error
    return { problem }
  }
}

function lineOf(error: unknown): string | null {
  if (error instanceof ApiProblem && error.kind !== 'internal') return error.message
  if (error instanceof CustodyProblem) return SPENT
  if (!(error instanceof ProviderError)) return null
  const { words, fix } = wordsOf(error)
  return `${words} ${fix}`
}

/** @returns the name of the source. */
async function finish(
  parts: SignInParts,
  userId: string,
  { begun, code, origin }: { begun: OAuthSignInRow; code: string; origin: string },
): Promise<string> {
  const { vendor, signIn } = bySignIn(parts, begun.provider)
  const own = await ownApp(parts, userId, begun)
  const app = completeApp(vendor, own)
  const given = await signIn.exchange(
    { ...parts.vendorDeps, baseUrls: vendor.baseUrls, credentials: app },
    { code, redirectUri: redirectUri(origin) },
  )
  const findings = await parts.probes.ask({ userId, vendor, credentials: { ...app, ...given.credentials } })
  requireOk(findings)
  // The house's app is not the person's to keep: it is added when the source is opened.
  const credentials =
    Object.keys(own).length > 0 ? given.credentials : without(given.credentials, signIn.appFields)
  const found = { vendor, findings, credentials, expiresAt: given.expiresAt ?? findings.expiresAt }
  return begun.connectionId === null
    ? await connectNew(parts, userId, { ...found, label: begun.label })
    : await renew(parts, userId, { ...found, id: begun.connectionId })
}

interface Exchanged {
  vendor: Vendor
  findings: ProbeFindings
  credentials: Credentials
  expiresAt: Micros | null
}

/** Its places in the orders are the person's to choose. */
async function connectNew(
  parts: SignInParts,
  userId: string,
  o: Exchanged & { label: string },
): Promise<string> {
  const id = await storeSource(parts, userId, { ...o, tier: o.findings.tier, orders: [] })
  return (await sourceOf(parts, userId, id)).name
}

/** Id, name and places stay what they are. */
async function renew(parts: SignInParts, userId: string, o: Exchanged & { id: string }): Promise<string> {
  const record = await sourceOf(parts, userId, o.id)
  await changeSeen(parts, userId, {
    ...{ id: record.id, version: record.version },
    ...(await sealedPatch(parts, userId, { record, ...o })),
    tier: o.findings.tier,
    expiresAt: o.expiresAt,
    capabilities: o.findings,
    probedAt: parts.wallClock.now(),
  })
  forgetFailures(parts, record)
  return record.name
}

/** Of the person's own app; empty where the house's is used. */
async function ownApp(
  { keys }: SignInParts,
  userId: string,
  { state, keyId, sealed }: OAuthSignInRow,
): Promise<Credentials> {
  if (!keys || !sealed || keyId === null) return {}
  return await openCredentials(keys, { userId, sourceId: state, keyId, sealed })
}

/** All of the person's own, or all of the house's: never half of each. */
function completeApp({ definition, houseApp }: Vendor, own: Credentials): Credentials {
  if (definition.signIn?.appFields.every((field) => own[field])) return own
  if (houseApp && Object.keys(own).length === 0) return houseApp
  const names = definition.signIn?.appFields.map(
    (field) => definition.settings.find((s) => s.field === field)?.label ?? field,
  )
  throw new ApiProblem('invalid_request', `${definition.label} needs ${names?.join(' and ')} of your app.`)
}

function bySignIn({ vendors }: MineParts, provider: string): { vendor: Vendor; signIn: OAuthSignIn } {
  const vendor = vendors.usable(provider)
  const { signIn, label } = vendor.definition
  if (signIn) return { vendor, signIn }
  throw new ApiProblem('invalid_request', `${label} is connected with a key, not by signing in.`)
}

const without = (credentials: Credentials, fields: readonly string[]): Credentials =>
  Object.fromEntries(Object.entries(credentials).filter(([field]) => !fields.includes(field)))
