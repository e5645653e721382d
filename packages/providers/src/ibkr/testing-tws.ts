// A TWS for tests: a real TCP server that speaks the text protocol and whose answers a test writes down.
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** Fields of a message that we sent, the first being its number. */
export type Sent = string[]
export type Field = string | number

export interface TestTws extends AsyncDisposable {
  url: string
  sent: Sent[]
  /** Sockets that were opened so far. */
  opened(): number
  say(...fields: Field[]): void
  /** Ends every socket. */
  hangUp(): void
  /** Resolves once so many messages of a number were sent. */
  until(message: string, count?: number): Promise<void>
}

const SERVER_VERSION = 176

export const MESSAGE = {
  marketData: '1',
  cancelMarketData: '2',
  contract: '9',
  history: '20',
  cancelHistory: '25',
  dataType: '59',
  startApi: '71',
  chain: '78',
} as const

/** @param answer Called for each message after the session is open; `say` sends a frame of fields. */
export async function testTws(
  answer: (sent: Sent, say: (...fields: Field[]) => void) => void,
  { onStart }: { onStart?: (say: (...fields: Field[]) => void, socket: Socket) => boolean } = {},
): Promise<TestTws> {
  const sockets = new Set<Socket>()
  const sent: Sent[] = []
  const wakes = new Set<() => void>()
  let opened = 0
  const frame = (fields: readonly Field[]) => {
    const body = Buffer.from(fields.map((field) => `${field}\0`).join(''))
    const head = Buffer.alloc(4)
    head.writeInt32BE(body.length)
    return Buffer.concat([head, body])
  }
  const server = createServer((socket) => {
    opened += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    let waiting = Buffer.alloc(0)
    let isGreeted = false
    const say = (...fields: Field[]) => {
      if (!socket.destroyed) socket.write(frame(fields))
    }
    const onMessage = (fields: Sent) => {
      sent.push(fields)
      if (fields[0] === MESSAGE.startApi) {
        if (onStart && !onStart(say, socket)) return
        say(15, 1, 'DU1')
        say(9, 1, 1)
      } else answer(fields, say)
      for (const wake of wakes) wake()
    }
    socket.on('data', (chunk) => {
      waiting = Buffer.concat([waiting, chunk])
      if (!isGreeted) {
        const length = waiting.length < 8 ? Number.POSITIVE_INFINITY : waiting.readInt32BE(4)
        if (waiting.length < 8 + length) return
        waiting = waiting.subarray(8 + length)
        isGreeted = true
        say(SERVER_VERSION, '20260225 10:00:00 EST')
      }
      while (waiting.length >= 4 && waiting.length >= 4 + waiting.readInt32BE(0)) {
        const length = waiting.readInt32BE(0)
        const fields = waiting
          .subarray(4, 4 + length)
          .toString()
          .split('\0')
          .slice(0, -1)
        waiting = waiting.subarray(4 + length)
        onMessage(fields)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    opened: () => opened,
    say: (...fields) => {
      for (const socket of sockets) socket.write(frame(fields))
    },
    hangUp: () => {
      for (const socket of sockets) socket.destroy()
    },
    async until(message, count = 1) {
      while (sent.filter((s) => s[0] === message).length < count) {
        await new Promise<void>((resolve) => {
          wakes.add(resolve)
        })
      }
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Frames of one contract's details. */
export function contractDetails(
  id: string,
  c: { symbol: string; conId: number; secType?: string; primary?: string; currency?: string },
): Field[] {
  const { symbol, conId, secType = 'STK', primary = 'NASDAQ', currency = 'USD' } = c
  return [
    10,
    id,
    symbol,
    secType,
    '',
    0,
    '',
    'SMART',
    currency,
    symbol,
    'NMS',
    symbol,
    conId,
    0.01,
    '',
    'ACTIVETIM',
    'SMART,NASDAQ',
    1,
    0,
    `${symbol} Inc`,
    primary,
    '',
    'Tech',
    'Computers',
    'Computers',
    'US/Eastern',
    '',
    '',
    '',
    0,
    0,
    1,
    '',
    '',
    '26',
    '',
    'COMMON',
    1,
    1,
    100,
  ]
}
