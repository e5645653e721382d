import type { ProviderDeps } from '../contract.ts'
import { clockAt, type SeenRequest, type TestAnswer } from '../testing-server.ts'
import { yahoo } from './index.ts'

/** A Wednesday, ten in the morning in New York. */
export const NOW = '2026-02-25T15:00:00Z'

export const depsAt = (url: string, over: Partial<ProviderDeps> = {}): ProviderDeps => ({
  fetch,
  marketClock: clockAt(NOW),
  wallClock: { now: () => Date.now() * 1000 },
  random: () => 0.5,
  timeoutMs: 2000,
  baseUrls: { query: url, cookie: url, stream: url },
  credentials: {},
  ...over,
})

export const providerAt = (url: string, over: Partial<ProviderDeps> = {}) => yahoo.create(depsAt(url, over))

/** Cookie and crumb as the vendor gives them; `then` answers the rest. */
export const withTicket = (
  then: (request: SeenRequest) => TestAnswer,
  crumbOf: (nth: number) => string = (n) => `crumb.${n}`,
) => {
  let crumbs = 0
  return (r: SeenRequest): TestAnswer => {
    if (r.path === '/quote/AAPL')
      return { headers: { 'set-cookie': 'A3=d; Path=/; Secure; HttpOnly' }, body: '<html>' }
    if (r.path === '/v1/test/getcrumb') return { body: crumbOf(++crumbs) }
    return then(r)
  }
}
