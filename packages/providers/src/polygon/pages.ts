// How Polygon is asked: the key in a header, one answer at a time, and listings over all their pages.
import type { CallOptions } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import type { Http, HttpAnswer, HttpRequest } from '../http/request.ts'
import { type Page, parseResults } from './payload.ts'

/** The vendor was renamed; both hosts serve the same API, and pages may point to the other one. */
const VENDOR_HOSTS = ['api.massive.com', 'api.polygon.io']
const PAGES_MAX = 1000

export interface PolygonClientOptions {
  http: Http
  baseUrl: string
  apiKey: string | undefined
}

export type PolygonAnswer = Page & { calls: number }

export type PolygonPages = ReturnType<typeof createPolygonPages>

export function createPolygonPages({ http, baseUrl, apiKey }: PolygonClientOptions) {
  async function request(
    url: URL,
    options: CallOptions = {},
    more: Pick<HttpRequest, 'accept' | 'sink'> = {},
  ): Promise<HttpAnswer> {
    if (!apiKey) {
      throw new ProviderError('unauthorized', 'Polygon needs an API key (credential apiKey)', {
        provider: 'polygon',
      })
    }
    const headers = { authorization: `Bearer ${apiKey}` }
    return http({ role: "Polygon's API", url, headers, call: options, ...more })
  }

  /** All pages of a listing, in the vendor's order. */
  async function pages(first: URL, options: CallOptions = {}): Promise<PolygonAnswer> {
    const all: PolygonAnswer = { rows: [], delayed: false, nextUrl: null, ticker: null, calls: 0 }
    const seen = new Set<string>()
    for (let url: URL | null = first; url; ) {
      if (seen.has(url.href) || seen.size >= PAGES_MAX) {
        throw new ProviderError('malformed', 'Polygon pages in a circle', { provider: 'polygon' })
      }
      seen.add(url.href)
      const answer = await request(url, options)
      const page = parseResults(answer.text)
      // One by one: a page may hold more rows than a call takes arguments.
      for (const row of page.rows) all.rows.push(row)
      all.delayed ||= page.delayed
      all.ticker ??= page.ticker
      all.calls += answer.calls
      url = page.nextUrl === null ? null : nextPage(page.nextUrl, baseUrl)
    }
    return all
  }

  return { request, pages }
}

/**
 * The next page at our own base, or an error. The key travels in a header, so an address that the vendor's body
 * names is followed only where it is the host that we were given, or its other name.
 */
export function nextPage(nextUrl: string, baseUrl: string): URL {
  const base = new URL(baseUrl)
  const next = URL.canParse(nextUrl) ? new URL(nextUrl) : null
  if (next && next.origin === base.origin) return next
  if (next && VENDOR_HOSTS.includes(next.host) && VENDOR_HOSTS.includes(base.host)) {
    return new URL(next.pathname + next.search, base)
  }
  const where = next ? next.host : 'no address'
  throw new ProviderError(
    'malformed',
    `Polygon's next page is at ${where}, not at the host in use: not followed`,
    { provider: 'polygon' },
  )
}
