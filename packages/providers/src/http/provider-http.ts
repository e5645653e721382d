// The way out that a provider's folder asks for: what it was given, and its own manners.
import type { ProviderDeps } from '../contract.ts'
import { createHttp, type Http, type HttpOptions } from './request.ts'

export const httpFor = (
  deps: ProviderDeps,
  own: Pick<HttpOptions, 'provider' | 'secrets' | 'explain' | 'lesson' | 'bodyBytesMax'>,
): Http =>
  createHttp({
    ...own,
    fetch: deps.fetch,
    timeoutMs: deps.timeoutMs,
    budget: deps.budget,
    wallClock: deps.wallClock,
    random: deps.random,
  })
