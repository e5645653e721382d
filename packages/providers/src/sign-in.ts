// Vendors where a person signs in at the vendor's own page, and we get a code to exchange: OAuth's authorization code.
import type { Micros } from '@onetape/market'
import type { ProviderDeps } from './contract.ts'

export interface AuthorizeRequest {
  /** Overrides of the vendor's addresses, as in `ProviderDeps`. */
  baseUrls?: Readonly<Record<string, string>>
  /** Those of the app are enough: `appFields`. */
  credentials: Readonly<Record<string, string>>
  /** Where the vendor sends the person back to; the vendor compares it letter by letter. */
  redirectUri: string
  /** Comes back unchanged: ties the answer to who began. */
  state: string
}

export interface OAuthSignIn {
  /** Credential fields that belong to the app and must be there before a person can sign in. */
  appFields: readonly string[]
  /** Where the person's browser goes. Holds the app's public id and never a secret. */
  authorizeUrl(request: AuthorizeRequest): string
  /**
   * The code that the vendor handed the browser, once, for credentials that last. `deps.credentials` are the app's.
   * @throws ProviderError `unauthorized` for a code that is used up, too old, or of another app.
   */
  exchange(
    deps: ProviderDeps,
    answer: { code: string; redirectUri: string },
  ): Promise<{
    /** All that `create` needs, those of the app included. */
    credentials: Record<string, string>
    /** Wall time at which a person has to sign in again; null where the credentials do not run out. */
    expiresAt: Micros | null
  }>
}
