// For the tests: a client of the TWS socket that shows every field, and so hides no mistake in a frame.
import { once } from 'node:events'
import { connect } from 'node:net'
import { END, FrameReader, frame, message } from './frames.ts'

export type Fields = string[]

export interface TestClient extends AsyncDisposable {
  send(...fields: (string | number)[]): void
  /** Bytes as they are. */
  write(bytes: Buffer): void
  /** The next message not yet given that is wanted; others before it are passed over. */
  next(wanted?: (fields: Fields) => boolean): Promise<Fields>
  /** Messages until one is wanted, that one included. */
  until(wanted: (fields: Fields) => boolean): Promise<Fields[]>
  /** Messages that have come and were not given yet, taken. */
  drain(): Fields[]
  /** Everything left when the other side has closed. */
  closed: Promise<void>
}

/** Messages of a kind, for a request where one is named; it follows the version where there is one. */
export const is =
  (number: number, reqId?: number | string) =>
  (fields: Fields): boolean =>
    fields[0] === String(number) &&
    (reqId === undefined || fields[VERSIONED.has(number) ? 2 : 1] === String(reqId))

const VERSIONED = new Set([1, 2, 4, 45, 46, 52, 57, 58])

/** A refusal or a notice as its number and code. */
export const isNotice = (code: number) => (fields: Fields) => fields[0] === '4' && fields[3] === String(code)

/** A connection that has greeted; @param greeting the versions that it says it speaks. */
export async function greet(url: string, greeting = 'v100..193'): Promise<TestClient> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) })
  await once(socket, 'connect')
  const messages: Fields[] = []
  let wake = () => {}
  let open = true
  const reader = new FrameReader(
    () => {},
    (fields) => {
      messages.push(fields)
      wake()
    },
  )
  // What the reader takes for a greeting is the client's own; the server has none.
  reader.push(Buffer.concat([Buffer.from(`API${END}`), frame('v1')]))
  socket.on('data', (chunk) => reader.push(chunk))
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      open = false
      resolve()
      wake()
    })
  })
  socket.write(Buffer.concat([Buffer.from(`API${END}`), frame(greeting)]))
  const next = async (wanted: (fields: Fields) => boolean = () => true): Promise<Fields> => {
    for (;;) {
      const at = messages.findIndex(wanted)
      if (at !== -1) return messages.splice(0, at + 1).at(-1)!
      if (!open) throw new Error('the connection is closed')
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    send: (...fields) => socket.write(frame(message(...fields))),
    write: (bytes) => socket.write(bytes),
    next,
    async until(wanted) {
      const all: Fields[] = []
      for (;;) {
        all.push(await next(() => true))
        if (wanted(all.at(-1)!)) return all
      }
    },
    drain: () => messages.splice(0),
    closed,
    [Symbol.asyncDispose]: async () => {
      socket.destroy()
    },
  }
}

/** A connection that is signed in, its opening words taken. */
export async function signIn(url: string, clientId = 1): Promise<TestClient> {
  const client = await greet(url)
  await client.next()
  client.send(71, 2, clientId, '')
  await client.next(isNotice(2158))
  return client
}

export const STOCK = ['', 'AAPL', 'STK', '', '', '', '', 'SMART', '', 'USD', '', '']
export const EURO = ['', 'EUR', 'CASH', '', '', '', '', 'IDEALPRO', '', 'USD', '', '']
export const named = (symbol: string): string[] => STOCK.with(1, symbol)

/** The fields of a request for market data after its contract. */
export const asking = ({ snapshot = false, generic = '' } = {}): (string | number)[] => [
  0,
  generic,
  snapshot ? 1 : 0,
  0,
  '',
]

export interface HistoryOptions {
  contract?: string[]
  end?: string
  bar?: string
  back?: string
  show?: string
  rth?: number
  format?: number
}

/** A request for history, all of it. */
export const history = (reqId: number, o: HistoryOptions = {}): (string | number)[] => [
  20,
  reqId,
  ...(o.contract ?? STOCK),
  0,
  o.end ?? '',
  o.bar ?? '1 min',
  o.back ?? '1 D',
  o.rth ?? 1,
  o.show ?? 'TRADES',
  o.format ?? 2,
  0,
  '',
]

export interface TestBar {
  date: string
  open: number
  high: number
  low: number
  close: number
  volume: number
  wap: number
  count: number
}

export function barsIn([, , , , count, ...rest]: Fields): TestBar[] {
  const bars: TestBar[] = []
  for (let i = 0; i < rest.length; i += 8) {
    const [open, high, low, close, volume, wap, counted] = rest.slice(i + 1, i + 8).map(Number)
    bars.push({
      date: rest[i]!,
      open: open!,
      high: high!,
      low: low!,
      close: close!,
      volume: volume!,
      wap: wap!,
      count: counted!,
    })
  }
  if (bars.length !== Number(count)) throw new Error(`${count} bars were said, ${bars.length} came`)
  return bars
}
