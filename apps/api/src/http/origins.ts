// Under which address people reach this server, and what follows: whether cookies are for https alone, which pages may
// change things, where a vendor sends somebody back to.
import type { FastifyRequest } from 'fastify'

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])
const LOOPBACK_BINDS = new Set(['localhost', '127.0.0.1', '::1'])

type Asked = Pick<FastifyRequest, 'headers'>

export class Origins {
  readonly isLoopback: boolean
  /** Whether cookies are for https alone. */
  readonly secure: boolean
  readonly #publicUrl: URL | null
  /** Nearly every request names the same one. */
  #lastTaken: string | undefined

  /** @param bindHost the address that is listened on. @param publicUrl where people reach it, when that is another. */
  constructor(bindHost: string, publicUrl: string | undefined) {
    this.isLoopback = LOOPBACK_BINDS.has(bindHost)
    this.#publicUrl = publicUrl === undefined ? null : new URL(publicUrl)
    this.secure = this.#publicUrl ? this.#publicUrl.protocol === 'https:' : !this.isLoopback
  }

  /** Behind a proxy on this machine, which says whose request it passes on. */
  get isProxied(): boolean {
    return this.#publicUrl !== null
  }

  /**
   * On loopback a request must name a loopback host: a foreign name that resolves to this machine is a page of
   * someone else reading our tape through the browser (DNS rebinding).
   */
  takesHost(host: string | undefined): boolean {
    if (!this.isLoopback) return true
    if (host !== undefined && host === this.#lastTaken) return true
    const taken =
      isLoopbackHost(host) || (this.#publicUrl !== null && host?.toLowerCase() === this.#publicUrl.host)
    if (taken) this.#lastTaken = host
    return taken
  }

  /** Whether a page of this origin is ours. */
  isOurs(origin: string, host: string | undefined): boolean {
    const url = URL.canParse(origin) ? new URL(origin) : null
    if (!url || !/^https?:$/.test(url.protocol)) return false
    if (this.#publicUrl && url.origin === this.#publicUrl.origin) return true
    if (this.#publicUrl && !isLoopbackHost(host)) return false
    return url.host === host?.toLowerCase()
  }

  /** Whether the browser that sent this will send our cookies again. */
  keepsCookies({ headers }: Asked): boolean {
    const { origin } = headers
    return !this.secure || !origin?.startsWith('http://') || isLoopbackHost(new URL(origin).host)
  }

  /** Of this server as the person's browser names it; null where it has no name that a vendor may send them back to. */
  originOf({ headers }: Asked): string | null {
    if (this.#publicUrl) return this.#publicUrl.origin
    return this.isLoopback && isLoopbackHost(headers.host) ? `http://${headers.host}` : null
  }
}

function isLoopbackHost(host: string | undefined): boolean {
  const named = /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(host ?? '')
  return named !== null && LOOPBACK_HOSTS.has(named[1]!.toLowerCase())
}
