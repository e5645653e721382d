// Tiny's one endpoint: prices of a list, by key.
import type { CallOptions } from '../contract.ts'
import type { Http, HttpAnswer } from '../http/request.ts'
import { urlOf } from '../http/url.ts'

export function createTinyClient({ http, baseUrl, apiKey }: { http: Http; baseUrl: string; apiKey: string }) {
  return {
    fetchPrices: (symbols: readonly string[], options?: CallOptions): Promise<HttpAnswer> =>
      http({
        role: "Tiny's API",
        url: urlOf(baseUrl, '/prices', { symbols: symbols.join(',') }),
        headers: { 'x-api-key': apiKey },
        call: options,
      }),
  }
}
