// A whole API with accounts, on a real socket and a database of its own; and clients as browsers and programs are.
import type { AddressInfo } from 'node:net'
import { testDatabase } from '@onetape/db/testing'
import { type Logger, pino } from 'pino'
import { type Auth, openAuth } from '../src/auth/open-auth.ts'
import { Origins } from '../src/http/origins.ts'
import { wallClock } from '../src/market-clock.ts'
import { buildServer } from '../src/server.ts'
import { ENVIRONMENT_ID, fakePorts } from './fake-ports.ts'
import { latestView } from './latest-view.ts'

export interface AuthServer extends AsyncDisposable {
  base: string
  auth: Auth
  ports: ReturnType<typeof fakePorts>
  query: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>
  /** A second process on the same database. */
  twin(): Promise<{ base: string; auth: Auth } & AsyncDisposable>
}

export interface AuthServerOptions {
  mode: 'demo' | 'live'
  signUp?: 'open' | 'closed'
  host?: string
  publicUrl?: string
  log?: Logger
}

const SECRET = 'a secret of the tests, long enough to sign with'

export async function authServer(o: AuthServerOptions): Promise<AuthServer> {
  await using stack = new AsyncDisposableStack()
  const database = await testDatabase({ mode: o.mode })
  stack.defer(() => database.drop())
  const ports = fakePorts()
  ports.hub.reset({ environmentId: ENVIRONMENT_ID, cursor: 3, rows: [latestView('AAPL', { batchId: 3 })] })
  const log = o.log ?? pino({ level: 'silent' })
  const open = async () => {
    await using opening = new AsyncDisposableStack()
    const auth = opening.use(
      await openAuth({
        db: database.as('onetape_api'),
        mode: o.mode,
        secret: SECRET,
        secure: new Origins(o.host ?? '127.0.0.1', o.publicUrl).secure,
        signUp: o.signUp ?? 'open',
        wallClock,
        log,
      }),
    )
    const host = o.host ?? '127.0.0.1'
    const server = await buildServer({
      ...ports,
      auth,
      host,
      publicUrl: o.publicUrl,
      webDist: '/nowhere',
      log,
    })
    opening.defer(async () => {
      server.server.closeAllConnections()
      await server.close()
    })
    await server.listen({ host, port: 0 })
    const held = opening.move()
    return {
      base: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
      auth,
      [Symbol.asyncDispose]: () => held.disposeAsync(),
    }
  }
  const first = stack.use(await open())
  const held = stack.move()
  return {
    ...first,
    ports,
    query: async (text, values) => (await database.db.pool.query(text, values)).rows,
    twin: open,
    async [Symbol.asyncDispose]() {
      ports.hub.close()
      await held.disposeAsync()
    },
  }
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever was answered
  json: any
}

/** As a page of ours in a browser: its cookies, its Origin. */
export class Browser {
  readonly base: string
  readonly cookies = new Map<string, string>()
  headers: Record<string, string> = {}

  constructor(base: string) {
    this.base = base
  }

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.base}${path}`, {
      ...init,
      headers: {
        origin: this.base,
        ...(this.cookies.size > 0 ? { cookie: this.cookie } : {}),
        ...this.headers,
        ...(init.headers as Record<string, string>),
      },
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      if (/max-age=0/i.test(line)) this.cookies.delete(name!)
      else this.cookies.set(name!, value!)
    }
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: parsed(text) }
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  }

  call(path: string, input?: unknown): Promise<Answer> {
    return this.ask(
      `/trpc/${path}${input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`}`,
    )
  }

  change(path: string, input?: unknown): Promise<Answer> {
    return this.post(`/trpc/${path}`, input === undefined ? '{}' : input)
  }

  signUp(fields: Record<string, unknown>): Promise<Answer> {
    return this.post('/api/auth/sign-up/email', { ...ANN, ...fields })
  }

  signIn(fields: Record<string, unknown> = {}): Promise<Answer> {
    return this.post('/api/auth/sign-in/email', { email: ANN.email, password: ANN.password, ...fields })
  }
}

export const ANN = { name: 'Ann', email: 'ann@example.com', password: 'three quiet otters' }

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
