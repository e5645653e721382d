// One connection of a user, opened: its credentials through the key ring, its provider by the vendor's definition. What
// cannot be opened is said in one line and keeps nobody from the others.
import {
  type BudgetBook,
  CustodyProblem,
  type Db,
  declareBudgets,
  type KeyRing,
  openCredentials,
  type UserSource,
} from '@onetape/db'
import type { Micros } from '@onetape/market'
import {
  type IDataProvider,
  type ProviderDeps,
  ProviderError,
  type RoutedSource,
  tierOf,
} from '@onetape/providers'
import type { Credentials } from './credentials.ts'
import type { Vendor, VendorBook } from './vendor-book.ts'

export interface OwnSource {
  record: UserSource
  routed: RoutedSource
  /** The stored credentials cannot be read. */
  unreadable: boolean
  /** The provider may go on where the next record has the same. */
  mark: string
}

export type VendorDeps = Pick<ProviderDeps, 'fetch' | 'marketClock' | 'wallClock' | 'random' | 'timeoutMs'>

export interface OpenerDeps {
  db: Db
  vendors: VendorBook
  keys: KeyRing | null
  budgets: Pick<BudgetBook, 'forCredential'>
  vendorDeps: VendorDeps
  onProblem(error: unknown): void
}

/** Names the budget and, with the source's name, the breaker: nobody else's is touched. */
export const ownCredentialId = (sourceId: string): string => `user:${sourceId}`

export const NO_KEYS =
  'This OneTape has no key ring: it cannot keep credentials. The operator has to give it one.'
const UNREADABLE = 'Its stored credentials cannot be read. Replace the key, or remove the source.'
const UNKNOWN_KEY =
  'Its credentials are sealed with a key that this OneTape does not have at the moment. The operator can bring it back; or replace the key.'

/** @param before the same connection as it was open until now: a provider whose credentials did not change goes on. */
export async function openOwnSource(
  deps: OpenerDeps,
  { userId, record, before, now }: { userId: string; record: UserSource; before?: OwnSource; now: Micros },
): Promise<OwnSource> {
  const mark = markOf(record)
  const said = (
    state: RoutedSource['state'],
    o: { message: string | null; provider?: IDataProvider | null; unreadable?: boolean },
  ): OwnSource => ({
    record,
    unreadable: o.unreadable ?? false,
    mark,
    routed: {
      name: record.name,
      label: record.label,
      provider: o.provider ?? null,
      providerName: record.provider,
      tier: record.tier,
      owner: 'user',
      state,
      message: o.message,
      credentialId: ownCredentialId(record.sourceId),
    },
  })
  const vendor = deps.vendors.find(record.provider)
  if (!vendor) return said('not_connected', { message: `OneTape has no vendor ${record.provider} any more.` })
  if (vendor.fault) return said('not_connected', { message: vendor.fault })
  const opened = await credentialsOf(deps, { userId, record, vendor })
  if ('problem' in opened) return said('not_connected', { message: opened.problem, unreadable: true })
  if (record.state === 'paused') return said('paused', { message: `You switched ${record.label} off.` })
  if (record.expiresAt !== null && record.expiresAt <= now) {
    return said('expired', { message: `The sign-in of ${record.label} has run out; sign in again.` })
  }
  if (before?.mark === mark && before.routed.provider) {
    return said('connected', { message: null, provider: before.routed.provider })
  }
  try {
    const provider = createOwn(deps, { vendor, record, credentials: opened.credentials })
    const { limits } = tierOf(vendor.definition.capabilities, record.tier)
    await declareBudgets(deps.db, ownCredentialId(record.sourceId), limits).catch(deps.onProblem)
    return said('connected', { message: null, provider })
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    return said('not_connected', { message: error.message })
  }
}

const markOf = ({ provider, tier, sealed, keyId, expiresAt }: UserSource): string =>
  JSON.stringify([provider, tier, keyId, sealed?.toString('base64') ?? null, expiresAt])

/** What was stored, and the house's app where the person has none of their own. */
export async function credentialsOf(
  { keys }: Pick<OpenerDeps, 'keys'>,
  { userId, record, vendor }: { userId: string; record: UserSource; vendor: Vendor },
): Promise<{ credentials: Credentials } | { problem: string }> {
  const { sealed, keyId, sourceId } = record
  if (!sealed || keyId === null) return { credentials: {} }
  if (!keys) return { problem: NO_KEYS }
  try {
    const stored = await openCredentials(keys, { userId, sourceId, keyId, sealed })
    return { credentials: { ...vendor.houseApp, ...stored } }
  } catch (error) {
    if (!(error instanceof CustodyProblem)) throw error
    return { problem: error.kind === 'unknown_key' ? UNKNOWN_KEY : UNREADABLE }
  }
}

function createOwn(
  { budgets, vendorDeps }: OpenerDeps,
  { vendor, record, credentials }: { vendor: Vendor; record: UserSource; credentials: Credentials },
): IDataProvider {
  return vendor.definition.create({
    ...vendorDeps,
    baseUrls: vendor.baseUrls,
    credentials,
    tier: record.tier,
    budget: budgets.forCredential(ownCredentialId(record.sourceId)),
  })
}
