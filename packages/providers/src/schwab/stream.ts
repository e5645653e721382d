// Schwab's streamer: where it is says the user preference; LOGIN, SUBS, then deltas that are merged onto the last state.
import type { SymbolRef } from '@onetape/market'
import type { OpenSession, QuoteStream, SessionEvent, StreamOptions, Subscriptions } from '../contract.ts'
import { type ErrorKind, ProviderError } from '../errors.ts'
import { openSocket, type Socket } from '../http/socket.ts'
import { openStream } from '../stream/open-stream.ts'
import { shapeFault } from '../wire-rows.ts'
import { capabilities, STREAM_SYMBOLS_MAX } from './capabilities.ts'
import {
  CHART_FIELDS,
  isLevelOne,
  LEVEL_ONE_FIELDS,
  normalizeLevelOne,
  normalizeMinute,
} from './normalize-stream.ts'
import { NAME, parsePreference, type Streamer } from './payload.ts'
import {
  type DataPart,
  type Frame,
  parseFrame,
  rowSchema,
  type StreamAnswer,
  type StreamRow,
} from './payload-stream.ts'
import type { SchwabContext } from './provider.ts'
import { symbolFromRef } from './symbols.ts'

/** People have seen them every 10 to 20 seconds. */
const HEARTBEAT_MS = 20_000
const EQUITIES = 'LEVELONE_EQUITIES'
const MINUTES = 'CHART_EQUITY'

export const createStream =
  (context: SchwabContext) =>
  (refs: readonly SymbolRef[], options?: StreamOptions): QuoteStream => {
    return openStream({
      provider: NAME,
      capabilities,
      refs,
      options,
      open: openSession(context),
      deps: context.deps,
      heartbeatMs: HEARTBEAT_MS,
    })
  }

const openSession = (context: SchwabContext): OpenSession =>
  async function* session({ subscriptions, signal }) {
    const { client, tokens, deps } = context
    const streamer = parsePreference((await client.fetchPreference({ signal })).text)
    const token = await tokens.current({ signal })
    const socket = await openSocket({
      url: streamer.streamerSocketUrl,
      provider: NAME,
      role: "Schwab's stream",
      signal,
      timeoutMs: deps.timeoutMs,
      secrets: context.secrets,
    })
    const line = createLine(socket, streamer)
    line.request('ADMIN', 'LOGIN', {
      Authorization: token.text,
      SchwabClientChannel: streamer.schwabClientChannel,
      SchwabClientFunctionId: streamer.schwabClientFunctionId,
    })
    const book = createBook()
    let stop = () => {}
    try {
      for await (const text of socket.frames) {
        const frame = parseFrame(String(text))
        for (const answer of frame.answers) {
          checkAnswer(answer)
          if (answer.command === 'LOGIN') stop = follow(line, subscriptions, book)
          if (answer.service === EQUITIES && answer.command === 'SUBS') {
            yield { type: 'subscribed', refused: book.takeRefused() }
          }
        }
        if (book.hasRefused) yield { type: 'subscribed', refused: book.takeRefused() }
        yield* eventsOf(frame, book)
      }
    } finally {
      stop()
      socket.close()
    }
  }

/** Requests on the line, numbered; the vendor wants to be told who we are each time. */
function createLine(socket: Socket, who: Streamer) {
  let requests = 0
  return {
    request(service: string, command: string, parameters: Record<string, string>): void {
      const request = {
        service,
        requestid: String(requests++),
        command,
        SchwabClientCustomerId: who.schwabClientCustomerId,
        SchwabClientCorrelId: who.schwabClientCorrelId,
        parameters,
      }
      socket.send(JSON.stringify({ requests: [request] }))
    },
  }
}
type Line = ReturnType<typeof createLine>

/** What the streamer has said of each symbol so far, and which symbols it was not even asked for. */
function createBook() {
  const states = new Map<string, StreamRow>()
  const keys = new Set<string>()
  let refused: { ref: SymbolRef; reason: string }[] = []
  return {
    /** Symbols to ask for, of those that one connection can take. */
    admit(refs: readonly SymbolRef[]): { all: string[]; shares: string[] } {
      const admitted = { all: [] as string[], shares: [] as string[] }
      for (const ref of refs) {
        const symbol = symbolFromRef(ref)
        if (symbol === null) refused.push({ ref, reason: 'Schwab has no such symbol' })
        else if (keys.size >= STREAM_SYMBOLS_MAX) {
          refused.push({ ref, reason: `one connection takes ${STREAM_SYMBOLS_MAX} symbols` })
        } else {
          keys.add(symbol)
          admitted.all.push(symbol)
          if (ref.assetClass === 'equity') admitted.shares.push(symbol)
        }
      }
      return admitted
    },
    release(refs: readonly SymbolRef[]): string[] {
      const symbols = refs.map(symbolFromRef).filter((s) => s !== null && keys.delete(s)) as string[]
      for (const symbol of symbols) states.delete(symbol)
      return symbols
    },
    merge(row: StreamRow): StreamRow {
      const state = { ...states.get(row.key), ...row }
      states.set(row.key, state)
      return state
    },
    get hasRefused() {
      return refused.length > 0
    },
    takeRefused() {
      const taken = refused
      refused = []
      return taken
    },
  }
}
type Book = ReturnType<typeof createBook>

function follow(line: Line, subscriptions: Subscriptions, book: Book): () => void {
  const ask = (command: 'SUBS' | 'ADD', refs: readonly SymbolRef[]) => {
    const { all, shares } = book.admit(refs)
    if (all.length > 0) line.request(EQUITIES, command, { keys: all.join(','), fields: LEVEL_ONE_FIELDS })
    if (shares.length > 0) line.request(MINUTES, command, { keys: shares.join(','), fields: CHART_FIELDS })
  }
  ask('SUBS', subscriptions.current())
  return subscriptions.onChange(({ added, removed }) => {
    const keys = book.release(removed)
    if (keys.length > 0) {
      for (const service of [EQUITIES, MINUTES]) line.request(service, 'UNSUBS', { keys: keys.join(',') })
    }
    ask('ADD', added)
  })
}

function* eventsOf(frame: Frame, book: Book): Generator<SessionEvent> {
  for (const reason of frame.faults) yield { type: 'dropped', row: { row: 'frame', reason } }
  for (const { heartbeat, content } of frame.notices) {
    if (heartbeat) yield { type: 'alive' }
    else if (content && content.code !== 0) throw streamFault(content.code, content.msg)
  }
  for (const part of frame.data) yield* rowsOf(part, book.merge)
}

/** @param merge Lays a delta onto the state of its symbol. */
export function* rowsOf(part: DataPart, merge: (row: StreamRow) => StreamRow): Generator<SessionEvent> {
  for (const raw of part.content) {
    const read = rowSchema.safeParse(raw)
    if (!read.success) {
      yield { type: 'dropped', row: { row: part.service, reason: shapeFault(read.error) } }
      continue
    }
    const row = read.data
    const noun = isLevelOne(part.service)
      ? normalizeLevelOne(merge(row), part.service, part.timestamp)
      : part.service === MINUTES
        ? normalizeMinute(row)
        : `${part.service.toLowerCase()} is not read here`
    if (typeof noun === 'string') yield { type: 'dropped', row: { row: row.key, reason: noun } }
    else if ('timeframe' in noun) yield { type: 'bar', bar: noun }
    else yield { type: 'quote', quote: noun }
  }
}

/** Codes that are no failure: 0, and 26 to 29 for a SUBS, UNSUBS, ADD and VIEW that succeeded. */
const isFine = (code: number): boolean => code === 0 || (code >= 26 && code <= 29)

const KINDS: Record<number, ErrorKind> = {
  3: 'unauthorized', // login denied
  12: 'unavailable', // another connection of the same user took over
  19: 'invalid_request', // more symbols than a connection takes
  20: 'unavailable', // no such connection
  21: 'invalid_request', // bad command
  30: 'unavailable', // stopped: empty subscription, or too slow
}

function checkAnswer({ service, command, content }: StreamAnswer): void {
  if (!isFine(content.code)) throw streamFault(content.code, `${service} ${command}: ${content.msg ?? ''}`)
}

function streamFault(code: number, words: string | null | undefined): ProviderError {
  const kind = KINDS[code] ?? 'unavailable'
  return new ProviderError(kind, `Schwab's stream answered ${code} (${words ?? 'no words'})`, {
    provider: NAME,
  })
}
