// Cookie and crumb, Yahoo's entrance ticket. One jar and one crumb per provider; a refresh runs once, whoever asks.
//
//   nothing --(first call)--> fetching: cookie page -> [redirects, consent form] -> getcrumb --> held
//   held --(401 Invalid Crumb)--> nothing: both are dropped, the caller tries once more
//   fetching --(fails)--> nothing: every waiter gets the error, the next call starts anew
import { CookieJar } from 'tough-cookie'
import type { CallOptions } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import type { Http, HttpAnswer } from '../http/request.ts'
import { urlOf } from '../http/url.ts'
import { agreeTo } from './consent.ts'
import { type CookieStep, cookieStep } from './cookie-step.ts'

/** Cookie page, guce, consent form, its answer, copyConsent, back: seven visits on a good day. */
const HOPS_MAX = 10

/** Without a browser's name Yahoo answers 429. */
export const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

export interface Ticket {
  crumb: string
  cookie: string
}

export interface CrumbStore {
  /**
   * `calls` were spent on the way: all of a refresh by who began it, none by who waits for it or finds a ticket held.
   * The call's signal stops the waiting; the refresh itself goes on for the other waiters.
   */
  get(call: CallOptions): Promise<{ ticket: Ticket; calls: number }>
  /** Forgets a ticket that the vendor refused, unless a newer one is already held. */
  drop(ticket: Ticket): void
}

export interface CrumbOptions {
  http: Http
  baseUrls: { query: string; cookie: string }
}

interface Fetched {
  ticket: Ticket
  calls: number
}

export function createCrumbStore(options: CrumbOptions): CrumbStore {
  let fetching: Promise<Fetched> | null = null
  let held: Ticket | null = null
  return {
    async get({ signal, priority, onCall }) {
      if (held) return { ticket: held, calls: 0 }
      if (fetching) return { ...(await untilAborted(fetching, signal)), calls: 0 }
      fetching = fetchTicket({ ...options, call: { priority, onCall } })
        .then((fetched) => {
          held = fetched.ticket
          return fetched
        })
        .finally(() => {
          fetching = null
        })
      return untilAborted(fetching, signal)
    },
    drop(ticket) {
      if (held === ticket) held = null
    },
  }
}

function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise
  const cancelled = () =>
    new ProviderError('unavailable', "Yahoo's cookie page was not waited for: the call was cancelled", {
      provider: 'yahoo',
    })
  if (signal.aborted) return Promise.reject(cancelled())
  return new Promise((resolve, reject) => {
    const stop = () => reject(cancelled())
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

async function fetchTicket({ http, baseUrls, call }: CrumbOptions & { call: CallOptions }): Promise<Fetched> {
  const jar = new CookieJar()
  let calls = 0
  const visit: Visit = async (url, form) => {
    const answer = await visitWith({ http, jar, call }, url, form)
    calls += answer.calls
    return answer
  }
  await gatherCookies(visit, baseUrls)
  const url = urlOf(baseUrls.query, '/v1/test/getcrumb')
  const cookie = await jar.getCookieString(url.href)
  if (cookie === '') throw refused('unavailable', "Yahoo's cookie page set no cookie")
  const answer = await visit(url)
  const step = stepOf(url, answer)
  if (step.step === 'crumb') {
    const ticket = { crumb: step.crumb, cookie: await jar.getCookieString(url.href) }
    return { ticket, calls }
  }
  const reason = step.step === 'refused_crumb' ? step.reason : 'a redirect'
  if (reason === 'too many requests')
    throw refused('rate_limited', 'Yahoo gave no crumb: too many requests', 60_000)
  throw refused('unavailable', `Yahoo gave no crumb but ${reason === 'empty' ? 'an empty body' : reason}`)
}

type Visit = (url: URL, form?: URLSearchParams) => Promise<HttpAnswer>

/** Follows the cookie page to where cookies are set, agreeing to the consent form if there is one. */
async function gatherCookies(visit: Visit, baseUrls: CrumbOptions['baseUrls']): Promise<void> {
  let url = urlOf(baseUrls.cookie, '/quote/AAPL')
  let form: URLSearchParams | undefined
  for (let hops = 0; hops <= HOPS_MAX; hops++) {
    const step = stepOf(url, await visit(url, form))
    form = undefined
    if (step.step === 'redirect') url = followed(step.to, url, baseUrls)
    else if (step.step === 'consent' && step.form) form = agreeTo(step.form)
    else if (step.step === 'consent')
      throw refused('unavailable', "Yahoo's consent page holds no form to agree to")
    else return
  }
  throw refused('unavailable', `Yahoo's cookie page redirects more than ${HOPS_MAX} times`)
}

const stepOf = (url: URL, answer: HttpAnswer): CookieStep =>
  cookieStep({
    status: answer.status,
    path: url.pathname,
    location: answer.headers.get('location'),
    text: answer.text,
  })

/** Cookies go to Yahoo and to the hosts that were injected, nowhere else. */
function followed(location: string, from: URL, baseUrls: CrumbOptions['baseUrls']): URL {
  const to = new URL(location, from)
  const injected = Object.values(baseUrls).some((base) => new URL(base).origin === to.origin)
  if (injected || (to.protocol === 'https:' && /(^|\.)yahoo\.com$/.test(to.hostname))) return to
  throw refused('unavailable', `Yahoo's cookie page leads to ${to.host}: not followed`)
}

interface Visitor {
  http: Http
  jar: CookieJar
  call: CallOptions
}

async function visitWith(
  { http, jar, call }: Visitor,
  url: URL,
  form?: URLSearchParams,
): Promise<HttpAnswer> {
  const cookie = await jar.getCookieString(url.href)
  const answer = await http({
    role: url.pathname.endsWith('/getcrumb') ? "Yahoo's crumb endpoint" : "Yahoo's cookie page",
    url,
    form,
    call,
    headers: { 'user-agent': USER_AGENT, ...(cookie ? { cookie } : {}) },
    // The cookie page may answer 404 and still set the cookie; redirects are followed here, with the jar.
    accept: (status) =>
      (status >= 300 && status < 400) || (status === 404 && !url.pathname.endsWith('/getcrumb')),
  })
  for (const header of answer.headers.getSetCookie())
    await jar.setCookie(header, url.href, { ignoreError: true })
  return answer
}

const refused = (
  kind: 'unavailable' | 'rate_limited',
  message: string,
  retryAfterMs?: number,
): ProviderError => new ProviderError(kind, message, { provider: 'yahoo', retryAfterMs })
