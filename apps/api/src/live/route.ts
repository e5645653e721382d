// `quotes.live` on the wire: the same address, input and events as the procedure of that name, straight from memory to
// the socket. Whatever is out of the ordinary (an input that does not parse, no room, nothing read yet) is left to the
// procedure, which says what is wrong in its own way.
import { getTRPCErrorShape } from '@trpc/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Visitor } from '../auth/open-auth.ts'
import { type ApiProblem, type ErrorLog, trpcErrorOf } from '../errors.ts'
import { appRouter } from '../router.ts'
import { liveInput } from '../routers/quotes.ts'
import { PING_INTERVAL_MS, RECONNECT_AFTER_INACTIVITY_MS } from '../trpc.ts'
import { connectedEvent, errorEvent, SSE_HEADERS } from './sse.ts'
import type { LiveStreams } from './streams.ts'

export interface LiveRouteDeps {
  streams: LiveStreams
  visitorOf: (request: FastifyRequest, reply: FastifyReply) => Promise<Visitor>
  logError: ErrorLog
  /** The procedure. */
  otherwise: (request: FastifyRequest, reply: FastifyReply, path: string) => Promise<void>
}

const PATH = 'quotes.live'
type SentHeaders = Record<string, number | string | readonly string[]>

export function routeLiveQuotes(server: FastifyInstance, prefix: string, deps: LiveRouteDeps): void {
  server.get(`${prefix}/${PATH}`, { exposeHeadRoute: false }, async (request, reply) => {
    const asked = askedOf(request)
    const begun = asked !== null && (await begin(deps, asked, request, reply))
    if (!begun) await deps.otherwise(request, reply, PATH)
  })
}

interface Asked {
  lastEventId: string | null
  keys: readonly string[] | null
}

/** @returns false when nothing was sent. */
async function begin(
  { streams, visitorOf, logError }: LiveRouteDeps,
  asked: Asked,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  const { raw } = reply
  const { socket } = request.raw
  if (raw.socket !== socket) return false // an earlier answer of this connection is still under way
  try {
    const { user, session } = await visitorOf(request, reply)
    if (!user) return false
    await streams.open({
      ...asked,
      session,
      socket,
      start() {
        reply.hijack()
        raw.removeHeader('transfer-encoding') // the end of the connection is the end of the stream
        raw.setHeaders(new Map(Object.entries({ ...reply.getHeaders(), ...SSE_HEADERS } as SentHeaders)))
        raw.flushHeaders()
      },
      greeting: connectedEvent({ reconnectAfterInactivityMs: RECONNECT_AFTER_INACTIVITY_MS }),
      pingMs: PING_INTERVAL_MS,
      finish(lastWords) {
        if (lastWords && socket.writable) socket.write(lastWords)
        raw.end()
      },
      errorEvent: (problem) => errorEvent(shapeOf(problem, asked, logError)),
    })
  } catch (error) {
    if (reply.sent) throw error // the place was had: this is ours, not the client's
    return false
  }
  if (!reply.sent) reply.hijack() // it went away meanwhile
  return true
}

/** Null when the request is not one plain subscription. As tRPC reads it, the header's id goes before the input's. */
function askedOf(request: FastifyRequest): Asked | null {
  const query = request.query as Record<string, unknown>
  if (query.batch !== undefined) return null
  const lastEventId = request.headers['last-event-id'] ?? query.lastEventId ?? query['Last-Event-Id']
  const input = lastEventId ? { ...inputOf(query.input), lastEventId } : inputOf(query.input)
  const parsed = liveInput.safeParse(input)
  if (!parsed.success) return null
  return { lastEventId: parsed.data.lastEventId || null, keys: parsed.data.keys ?? null }
}

function inputOf(text: unknown): object | undefined {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}

function shapeOf(problem: ApiProblem, input: Asked, logError: ErrorLog): unknown {
  return getTRPCErrorShape({
    config: appRouter._def._config,
    error: trpcErrorOf(problem, logError),
    type: 'subscription',
    path: PATH,
    input,
    ctx: undefined,
  })
}
