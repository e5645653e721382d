import { describe, expect, it } from 'vitest'
import type { BudgetLesson, CallBudget, WireCall } from '../contract.ts'
import { testVendor } from '../testing-server.ts'
import { providerAt, stock } from './testing-alpaca.ts'

const NVDA = stock('NVDA')

describe('refusals', () => {
  const cases: [number, unknown, string][] = [
    [401, { message: 'unauthorized' }, 'unauthorized'],
    [403, { message: 'forbidden.' }, 'unauthorized'],
    [403, '<html><h1>403 Forbidden</h1></html>', 'unauthorized'],
    [403, { code: 40310000, message: 'request is not authorized' }, 'unauthorized'],
    [403, { message: 'subscription does not permit querying recent SIP data' }, 'not_entitled'],
    [
      422,
      { code: 42210000, message: 'your subscription does not permit querying data from the past 15 minutes' },
      'not_entitled',
    ],
    [403, { message: 'OPRA agreement is not signed' }, 'not_entitled'],
    [422, { message: 'invalid feed: foo' }, 'invalid_request'],
    [404, { message: 'endpoint not found' }, 'not_found'],
    [429, { message: 'too many requests.' }, 'rate_limited'],
    [500, { message: 'internal server error occurred' }, 'unavailable'],
  ]
  for (const [status, body, kind] of cases) {
    it(`${status} ${JSON.stringify(body).slice(0, 60)} is ${kind}`, async () => {
      await using vendor = await testVendor(() => ({ status, body }))
      await expect(providerAt(vendor.url).getQuotes([NVDA])).rejects.toMatchObject({ kind, status })
    })
  }

  it('without a key nothing is sent, and no message holds a credential', async () => {
    await using vendor = await testVendor((r) => ({
      status: 403,
      body: { message: `forbidden: ${r.headers['apca-api-secret-key']}` },
    }))
    const keyless = providerAt(vendor.url, { credentials: {} })
    await expect(keyless.getQuotes([NVDA])).rejects.toMatchObject({ kind: 'unauthorized' })
    expect(vendor.seen).toHaveLength(0)
    const refused = await providerAt(vendor.url)
      .getQuotes([NVDA])
      .catch((e: Error) => e)
    expect((refused as Error).message).toContain('***')
    expect((refused as Error).message).not.toContain('very-secret')
  })

  it('bodies that are no such answer are malformed', async () => {
    for (const body of ['', '[]', '{"NVDA":', '<html>']) {
      await using vendor = await testVendor(() => ({ body }))
      await expect(providerAt(vendor.url).getQuotes([NVDA])).rejects.toMatchObject({ kind: 'malformed' })
    }
  })
})

describe('the budget', () => {
  const budgetOf = (lessons: BudgetLesson[]): CallBudget => ({
    take: async () => ({ granted: true, release() {} }),
    learn: (lesson) => lessons.push(lesson),
  })
  const date = 'Wed, 25 Feb 2026 15:00:00 GMT'
  const reset = String(Date.parse(date) / 1000 + 42)

  it('learns what X-RateLimit headers say, against the answer’s own Date', async () => {
    const lessons: BudgetLesson[] = []
    await using vendor = await testVendor(() => ({
      headers: {
        date,
        'x-ratelimit-limit': '200',
        'x-ratelimit-remaining': '17',
        'x-ratelimit-reset': reset,
      },
      body: {},
    }))
    await providerAt(vendor.url, { budget: budgetOf(lessons) }).getQuotes([NVDA])
    expect(lessons).toEqual([{ scope: 'rest', limit: 200, remaining: 17, resetMs: 42_000 }])
  })

  it('a 429 without Retry-After is waited for until the window’s reset', async () => {
    const lessons: BudgetLesson[] = []
    const calls: WireCall[] = []
    await using vendor = await testVendor(() => ({
      status: 429,
      headers: { date, 'x-ratelimit-limit': '200', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
      body: { message: 'too many requests.' },
    }))
    const provider = providerAt(vendor.url, { budget: budgetOf(lessons) })
    const call = provider.getQuotes([NVDA], { onCall: (c) => calls.push(c) })
    await expect(call).rejects.toMatchObject({ kind: 'rate_limited', retryAfterMs: 42_000, origin: 'vendor' })
    expect(lessons).toEqual([{ scope: 'rest', blockedForMs: 42_000 }])
    expect(calls).toMatchObject([{ outcome: 'rate_limited', status: 429, scope: 'rest' }])
  })
})
