// What a person does with a source that is connected: test, pause, rename, another key, remove.
import { asUser, changeUserSource, readUserSource, removeUserSource, type UserSource } from '@onetape/db'
import { healthKeyOf, type ProbeFindings } from '@onetape/providers'
import { ApiProblem } from '../errors.ts'
import { type Credentials, checkedCredentials, hintOf } from './credentials.ts'
import type { SeenSource } from './mine.ts'
import { credentialsOf, ownCredentialId } from './own-source.ts'
import type { MineParts } from './parts.ts'
import { requireOk } from './probes.ts'
import { sealedFor } from './store-source.ts'
import type { Vendor } from './vendor-book.ts'

const gone = () => new ApiProblem('not_found', 'You have no such source; it may have been removed.')

export async function sourceOf({ db }: MineParts, userId: string, id: string): Promise<UserSource> {
  const record = await asUser(db, userId, (tx) => readUserSource(tx, id))
  if (!record) throw gone()
  return record
}

/** Asks the vendor again; what it grants now is kept, and what failed before is forgotten where it answers. */
export async function testSource(
  parts: MineParts,
  userId: string,
  { id, signal }: { id: string; signal?: AbortSignal },
): Promise<ProbeFindings> {
  const record = await sourceOf(parts, userId, id)
  const vendor = parts.vendors.usable(record.provider)
  const opened = await credentialsOf(parts, { userId, record, vendor })
  if ('problem' in opened) throw new ApiProblem('invalid_request', opened.problem)
  const findings = await parts.probes.ask({ userId, vendor, credentials: opened.credentials, signal })
  if (findings.ok) await keepFindings(parts, userId, { asked: record, findings })
  return findings
}

/** The plan follows what is found, unless the person chose another one than was found before. */
async function keepFindings(
  parts: MineParts,
  userId: string,
  { asked, findings }: { asked: UserSource; findings: ProbeFindings },
): Promise<void> {
  const found = asked.capabilities as ProbeFindings | null
  await change(parts, userId, asked.id, (record) => {
    // Another key since: this is not what it can do.
    if (record.keyId === asked.keyId && !sameBytes(record.sealed, asked.sealed)) return null
    const follows = !found || found.tier === record.tier
    return {
      capabilities: follows ? findings : { ...findings, tier: record.tier },
      probedAt: parts.wallClock.now(),
      ...(follows ? { tier: findings.tier } : {}),
      ...(findings.expiresAt === null ? {} : { expiresAt: findings.expiresAt }),
    }
  })
  forgetFailures(parts, asked)
}

const sameBytes = (a: Buffer | null, b: Buffer | null): boolean =>
  a === b || (a !== null && b !== null && a.equals(b))

export async function pauseSource(
  parts: MineParts,
  userId: string,
  { id, version, paused }: SeenSource & { paused: boolean },
): Promise<void> {
  await changeSeen(parts, userId, { id, version, state: paused ? 'paused' : 'connected' })
}

export async function renameSource(
  parts: MineParts,
  userId: string,
  { id, version, label }: SeenSource & { label: string },
): Promise<void> {
  await changeSeen(parts, userId, { id, version, label })
}

/** The new key is asked first: one that fails is refused, and the old one stays. */
export async function replaceKey(
  parts: MineParts,
  userId: string,
  o: SeenSource & { credentials: Credentials; signal?: AbortSignal },
): Promise<void> {
  const record = await sourceOf(parts, userId, o.id)
  const vendor = parts.vendors.usable(record.provider)
  requireKey(vendor)
  const credentials = checkedCredentials(vendor.fields, o.credentials)
  const findings = await parts.probes.recent({ userId, vendor, credentials, signal: o.signal })
  requireOk(findings)
  await changeSeen(parts, userId, {
    ...{ id: o.id, version: o.version },
    ...(await sealedPatch(parts, userId, { record, vendor, credentials })),
    tier: findings.tier,
    expiresAt: findings.expiresAt,
    capabilities: findings,
    probedAt: parts.wallClock.now(),
  })
  forgetFailures(parts, record)
}

/** Other credentials for the source that is there. */
export async function sealedPatch(
  { keys }: MineParts,
  userId: string,
  { record, vendor, credentials }: { record: UserSource; vendor: Vendor; credentials: Credentials },
): Promise<Pick<UserSource, 'sealed' | 'keyId' | 'hint'>> {
  const sealed = await sealedFor(keys, { userId, sourceId: record.sourceId, credentials })
  return {
    sealed: sealed?.sealed ?? null,
    keyId: sealed?.keyId ?? null,
    hint: hintOf(vendor.fields, credentials),
  }
}

function requireKey({ how, definition: { label } }: Vendor): void {
  if (how === 'key') return
  const words = how === 'oauth' ? 'is renewed by signing in there again' : 'takes no key'
  throw new ApiProblem('invalid_request', `${label} ${words}.`)
}

export async function setPrimary(parts: MineParts, userId: string, id: string): Promise<void> {
  await change(parts, userId, id, ({ isPrimary }) => (isPrimary ? null : { isPrimary: true as const }))
}

export async function removeSource(parts: MineParts, userId: string, id: string): Promise<void> {
  const removed = await asUser(parts.db, userId, (tx) => removeUserSource(tx, id))
  if (!removed) throw gone()
  parts.views.drop(userId)
  // Looks now, so that what it kept open is closed now.
  await parts.views.of(userId)
}

/** What was known of the old credentials says nothing of the new ones. */
export const forgetFailures = ({ health }: MineParts, { name, sourceId }: UserSource): void =>
  health.reset(healthKeyOf({ name, owner: 'user', credentialId: ownCredentialId(sourceId) }))

type Patch = Omit<Parameters<typeof changeUserSource>[1], 'id' | 'version' | 'at'>

export async function changeSeen(
  { db, views, wallClock }: MineParts,
  userId: string,
  patch: Patch & SeenSource,
): Promise<void> {
  await asUser(db, userId, async (tx) => {
    if (!(await readUserSource(tx, patch.id))) throw gone()
    await changeUserSource(tx, { ...patch, at: wallClock.now() })
  })
  views.drop(userId)
}

/** As it is now, whatever the person saw. @param patchOf null leaves it as it is. */
async function change(
  { db, views, wallClock }: MineParts,
  userId: string,
  id: string,
  patchOf: (record: UserSource) => Patch | null,
): Promise<void> {
  await asUser(db, userId, async (tx) => {
    const record = await readUserSource(tx, id)
    if (!record) throw gone()
    const patch = patchOf(record)
    if (patch) await changeUserSource(tx, { ...patch, id, version: record.version, at: wallClock.now() })
  })
  views.drop(userId)
}
