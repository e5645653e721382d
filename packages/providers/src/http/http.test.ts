import { describe, expect, it } from 'vitest'
import { ProviderError } from '../errors.ts'
import { testVendor } from '../testing-server.ts'
import { inPieces } from './bounded.ts'
import { parseJson } from './json.ts'
import { createHttp, type HttpOptions } from './request.ts'
import { RETRY_DELAYS_MS } from './retry.ts'
import { retryAfterMs } from './retry-after.ts'
import { urlOf } from './url.ts'

const KEY = 'secret-key-123'
const noPause = async () => {}

const httpWith = (over: Partial<HttpOptions> = {}) =>
  createHttp({ provider: 'acme', fetch, timeoutMs: 2000, secrets: [KEY], pause: noPause, ...over })

const ask = (http: ReturnType<typeof httpWith>, base: string, extra = {}) =>
  http({ role: "Acme's API", url: urlOf(base, '/v1/prices', { key: KEY }), ...extra })

async function errorOf(promise: Promise<unknown>): Promise<ProviderError> {
  const error = await promise.then(
    () => null,
    (e: unknown) => e,
  )
  expect(error).toBeInstanceOf(ProviderError)
  return error as ProviderError
}

describe('status to kind', () => {
  const cases = [
    [400, 'invalid_request'],
    [401, 'unauthorized'],
    [403, 'not_entitled'],
    [404, 'not_found'],
    [422, 'invalid_request'],
    [429, 'rate_limited'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [302, 'unavailable'],
  ] as const
  for (const [status, kind] of cases) {
    it(`${status} is ${kind}`, async () => {
      await using vendor = await testVendor(() => ({ status, body: { message: 'no' } }))
      const error = await errorOf(ask(httpWith(), vendor.url))
      expect(error.kind).toBe(kind)
      expect(error.status).toBe(status)
      expect(error.message).not.toContain(KEY)
      expect(error.message).not.toContain(vendor.url)
    })
  }

  it("a vendor's own words and kind win, and never carry the key or an address", async () => {
    await using vendor = await testVendor(() => ({ status: 403, body: 'no' }))
    const explain = () => ({
      kind: 'unauthorized' as const,
      message: `bad ${KEY} at https://x.test/a?apiKey=${KEY} ok`,
    })
    const error = await errorOf(ask(httpWith({ explain }), vendor.url))
    expect(error.kind).toBe('unauthorized')
    expect(error.message).toBe("Acme's API answered 403: bad *** at x.test ok")
  })
})

describe('Retry-After', () => {
  it('in seconds', async () => {
    await using vendor = await testVendor(() => ({ status: 429, headers: { 'retry-after': '7' } }))
    expect((await errorOf(ask(httpWith(), vendor.url))).retryAfterMs).toBe(7000)
  })

  it("as a date is measured by the answer's own Date", () => {
    const date = 'Wed, 21 Oct 2026 07:28:00 GMT'
    const until = 'Wed, 21 Oct 2026 07:29:30 GMT'
    expect(retryAfterMs(new Headers({ date, 'retry-after': until }))).toBe(90_000)
    expect(retryAfterMs(new Headers({ date: until, 'retry-after': date }))).toBe(0)
    expect(retryAfterMs(new Headers({ 'retry-after': until }))).toBeNull()
    expect(retryAfterMs(new Headers({ date, 'retry-after': 'soon' }))).toBeNull()
  })

  it('is not given where the kind is not rate_limited', async () => {
    await using vendor = await testVendor(() => ({ status: 503, headers: { 'retry-after': '7' } }))
    const error = await errorOf(ask(httpWith(), vendor.url))
    expect([error.kind, error.retryAfterMs]).toEqual(['unavailable', null])
    expect(vendor.seen).toHaveLength(1) // told to wait: not ours to repeat
  })
})

describe('retries', () => {
  it('a gateway error is tried three times, with the pauses of the table', async () => {
    await using vendor = await testVendor((_r, i) => (i < 2 ? { status: 502 } : { body: { ok: true } }))
    const pauses: number[] = []
    const answer = await ask(httpWith({ pause: async (ms) => void pauses.push(ms) }), vendor.url)
    expect(pauses).toEqual(RETRY_DELAYS_MS.gateway)
    expect(answer.calls).toBe(3)
  })

  it('a dropped connection is tried again, and an unanswered request is not counted', async () => {
    await using vendor = await testVendor((_r, i) => (i === 0 ? 'drop' : { body: '{}' }))
    expect((await ask(httpWith(), vendor.url)).calls).toBe(1)
    expect(vendor.seen).toHaveLength(2)
  })

  for (const status of [400, 401, 403, 404, 429]) {
    it(`${status} is never tried again`, async () => {
      await using vendor = await testVendor(() => ({ status }))
      await errorOf(ask(httpWith(), vendor.url))
      expect(vendor.seen).toHaveLength(1)
    })
  }

  it('a form is never sent twice', async () => {
    await using vendor = await testVendor(() => ({ status: 502 }))
    await errorOf(ask(httpWith(), vendor.url, { form: new URLSearchParams({ a: '1' }) }))
    expect(vendor.seen).toHaveLength(1)
    expect(vendor.seen[0]!.body).toBe('a=1')
  })

  it('the deadline ends the pauses too; the reason stays the vendor’s', async () => {
    await using vendor = await testVendor(() => ({ status: 502 }))
    const error = await errorOf(ask(httpWith({ pause: undefined, timeoutMs: 120 }), vendor.url))
    expect(error.message).toContain('answered 502')
    expect(vendor.seen).toHaveLength(1)
  })
})

describe('what the network does', () => {
  it('no answer in time', async () => {
    await using vendor = await testVendor(() => 'hang')
    const error = await errorOf(ask(httpWith({ timeoutMs: 60 }), vendor.url))
    expect([error.kind, error.message]).toEqual(['unavailable', "Acme's API did not answer within 60 ms"])
  })

  it("the caller's own signal", async () => {
    await using vendor = await testVendor(() => 'hang')
    const error = await errorOf(ask(httpWith(), vendor.url, { call: { signal: AbortSignal.timeout(30) } }))
    expect(error.message).toContain('cancelled')
  })

  it('a closed port is named, the address is not', async () => {
    const vendor = await testVendor(() => ({}))
    await vendor[Symbol.asyncDispose]()
    const error = await errorOf(ask(httpWith(), vendor.url))
    expect(error.message).toBe("Acme's API cannot be reached: connection refused (ECONNREFUSED)")
  })

  it('an unknown name is said and not repeated', async () => {
    let calls = 0
    const failing = async () => {
      calls++
      throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) })
    }
    const error = await errorOf(ask(httpWith({ fetch: failing as typeof fetch }), 'http://nowhere.test'))
    expect(error.message).toContain('its name does not resolve (ENOTFOUND)')
    expect(calls).toBe(1)
  })

  it('a body past the cap is refused, announced or not', async () => {
    const body = 'x'.repeat(2048)
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }] as Record<string, string>[]) {
      await using vendor = await testVendor(() => ({ body, headers }))
      expect((await errorOf(ask(httpWith({ bodyBytesMax: 1024 }), vendor.url))).kind).toBe('malformed')
    }
  })

  it('a redirect is not followed: the key stays here', async () => {
    await using other = await testVendor(() => ({ body: '{}' }))
    await using vendor = await testVendor(() => ({ status: 301, headers: { location: other.url } }))
    const error = await errorOf(ask(httpWith(), vendor.url, { headers: { authorization: `Bearer ${KEY}` } }))
    expect(error.kind).toBe('unavailable')
    expect(other.seen).toHaveLength(0)
  })
})

describe('a body taken while it arrives', () => {
  /** Says something, and then the line is lost. */
  const brokenOff = (text: string) => {
    const pieces = [new TextEncoder().encode(text)]
    const pull = (c: ReadableStreamDefaultController) => {
      const piece = pieces.shift()
      if (piece) c.enqueue(piece)
      else c.error(new TypeError('terminated'))
    }
    return new Response(new ReadableStream({ pull }))
  }

  it('goes to a new sink at each try, and what is refused goes to none', async () => {
    const answers = [new Response('down', { status: 503 }), brokenOff('cut o'), new Response('the whole')]
    const taken: string[] = []
    const sink = () => {
      const at = taken.push('') - 1
      const decoder = new TextDecoder()
      return {
        push(bytes: Uint8Array) {
          taken[at] += decoder.decode(bytes)
        },
      }
    }
    const http = httpWith({ fetch: async () => answers.shift()! })
    const { text } = await ask(http, 'http://acme.test', { sink })
    expect(text).toBe('')
    expect(taken).toEqual(['cut o', 'the whole'])
  })

  it('is refused past the cap like any other', async () => {
    await using vendor = await testVendor(() => ({ body: 'x'.repeat(2048) }))
    const sink = () => ({ push: () => {} })
    expect((await errorOf(ask(httpWith({ bodyBytesMax: 1024 }), vendor.url, { sink }))).kind).toBe(
      'malformed',
    )
  })
})

describe('JSON', () => {
  it('long integers of the named fields keep every digit; nothing else changes', () => {
    const text =
      '{"t": 1651251948407646487, "n":1651251948407646487, "s":"\\"t\\":1651251948407646487,", "updated":12}'
    expect(parseJson(text, 'Acme', ['t', 'updated'])).toEqual({
      t: '1651251948407646487',
      n: 1651251948407646500,
      s: '"t":1651251948407646487,',
      updated: 12,
    })
  })

  it('says what came instead', () => {
    expect(() => parseJson('<html>', 'Acme')).toThrow('Acme answered with a web page, not JSON')
    expect(() => parseJson('{"a":', 'Acme')).toThrow('cut short')
    expect(() => parseJson('', 'Acme')).toThrow('an empty body')
    expect(() => parseJson('Too Many', 'Acme')).toThrow(expect.objectContaining({ kind: 'malformed' }))
  })
})

describe('a list in pieces', () => {
  const fail = (n: number) => new ProviderError('unavailable', `piece ${n}`, { provider: 'acme' })

  it('never more than the limit in flight, results in order', async () => {
    let inFlight = 0
    let most = 0
    const { done } = await inPieces([5, 1, 4, 2, 3], { limit: 2 }, async (n) => {
      most = Math.max(most, ++inFlight)
      for (let i = 0; i < n; i++) await Promise.resolve()
      inFlight--
      return n * 10
    })
    expect(done).toEqual([50, 10, 40, 20, 30])
    expect(most).toBe(2)
  })

  it('keeps what came, names the failure, starts nothing after it', async () => {
    const asked: number[] = []
    const { done, failure } = await inPieces([1, 2, 3, 4], { limit: 1 }, async (n) => {
      asked.push(n)
      if (n === 2) throw fail(n)
      return n
    })
    expect([done, failure?.message, asked]).toEqual([[1], 'piece 2', [1, 2]])
  })

  it('throws when nothing came', async () => {
    await expect(inPieces([1], { limit: 1 }, async (n) => Promise.reject(fail(n)))).rejects.toThrow('piece 1')
  })
})
