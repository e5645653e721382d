// Asking a vendor what credentials can do, before anything is stored. A person looks at the findings, then connects: the
// findings of moments ago are taken then, found again by a digest; the credentials themselves are not kept.
import { createHmac, randomBytes } from 'node:crypto'
import type { Clock } from '@onetape/market'
import { type ProbeFindings, probeSource } from '@onetape/providers'
import { ApiProblem } from '../errors.ts'
import type { Credentials } from './credentials.ts'
import type { VendorDeps } from './own-source.ts'
import type { Vendor } from './vendor-book.ts'

export interface ProbeRequest {
  userId: string
  vendor: Vendor
  /** Complete: those of the house's app among them where they are used. */
  credentials: Credentials
  signal?: AbortSignal
}

export interface Probes {
  /** Asks the vendor. @throws ApiProblem `too_many` for a person who asks without end. */
  ask(request: ProbeRequest): Promise<ProbeFindings>
  /** What the same credentials gave minutes ago, else asks. */
  recent(request: ProbeRequest): Promise<ProbeFindings>
}

const KEEP_US = 5 * 60_000_000
const KEPT_MAX = 500
const ASKED_WITHIN_US = 60_000_000
const ASKED_MAX = 30

export function createProbes(deps: VendorDeps): Probes {
  const { wallClock, marketClock } = deps
  const digestKey = randomBytes(32)
  const kept = new Map<string, { findings: ProbeFindings; until: number }>()
  const rate = createRate(wallClock)
  const digestOf = ({ userId, vendor, credentials }: ProbeRequest): string => {
    const said = Object.entries(credentials).sort(([a], [b]) => (a < b ? -1 : 1))
    const text = JSON.stringify([userId, vendor.definition.name, said])
    return createHmac('sha256', digestKey).update(text).digest('base64')
  }
  const keep = (digest: string, findings: ProbeFindings) => {
    kept.delete(digest)
    if (findings.ok) kept.set(digest, { findings, until: wallClock.now() + KEEP_US })
    for (const [oldest, { until }] of kept) {
      if (kept.size <= KEPT_MAX && until > wallClock.now()) break
      kept.delete(oldest)
    }
  }
  const ask = async (request: ProbeRequest): Promise<ProbeFindings> => {
    rate.count(request.userId)
    const { vendor, credentials } = request
    const findings = await probeSource({
      definition: vendor.definition,
      deps: { ...deps, baseUrls: vendor.baseUrls, credentials },
      marketClock,
      signal: request.signal,
    }).catch((error) => {
      throw request.signal?.aborted ? new ApiProblem('invalid_request', 'The test was called off.') : error
    })
    keep(digestOf(request), findings)
    return findings
  }
  return {
    ask,
    async recent(request) {
      const known = kept.get(digestOf(request))
      return known && known.until > wallClock.now() ? known.findings : await ask(request)
    },
  }
}

/** A probe asks the vendor some ten times: nobody tries keys here by the thousand. */
function createRate(wallClock: Clock) {
  const asked = new Map<string, number[]>()
  return {
    count(userId: string): void {
      const now = wallClock.now()
      for (const [user, times] of asked) {
        const recent = times.filter((at) => at > now - ASKED_WITHIN_US)
        if (recent.length > 0) asked.set(user, recent)
        else asked.delete(user)
      }
      const mine = asked.get(userId) ?? []
      if (mine.length >= ASKED_MAX)
        throw new ApiProblem('too_many', 'That are many tests in one minute. Wait a minute, then test again.')
      asked.set(userId, [...mine, now])
    },
  }
}

/** @throws ApiProblem with plain words and the fix where the vendor did not take the credentials. */
export function requireOk(findings: ProbeFindings): void {
  if (findings.ok) return
  const { words, fix } = findings.problem ?? {
    words: 'The vendor gave nothing for these credentials.',
    fix: 'Check them and test again.',
  }
  throw new ApiProblem('invalid_request', `${words} ${fix}`)
}
