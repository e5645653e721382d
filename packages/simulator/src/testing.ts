// For the tests: a simulator at a standing moment, and questions put to it.
import { once } from 'node:events'
import { type Micros, microsFromIso } from '@onetape/market'
import { WebSocket } from 'ws'
import { type Simulator, type SimulatorOptions, startSimulator } from './index.ts'

export const at = (iso: string): Micros => microsFromIso(iso)!

/** A busy Friday afternoon in New York. */
export const FRIDAY = at('2026-11-20T14:41:33.250000-05:00')

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into bodies of many shapes
  json: any
}

export interface Stage extends AsyncDisposable {
  simulator: Simulator
  /** Moves the standing moment. */
  set(now: Micros): void
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  /** A socket that is open; closed with the stage. */
  socket(path: string, headers?: Record<string, string>): Promise<StageSocket>
}

/** The other end of a simulated stream. */
export interface StageSocket {
  send(message: unknown): void
  /** The next frame not yet given that `wanted` accepts; others before it are passed over. */
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into frames of many shapes
  next(wanted?: (frame: any) => boolean): Promise<any>
  /** Frames that have come and were not given yet, taken. */
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into frames of many shapes
  drain(): any[]
  /** The code that the connection was closed with. */
  closed: Promise<number>
  end(): void
}

/** Requests carry a key and a browser's name, and no vendor's limit holds, unless told otherwise. */
export async function stage(
  now: Micros = FRIDAY,
  options: Omit<SimulatorOptions, 'clock'> = {},
): Promise<Stage> {
  let moment = now
  const simulator = await startSimulator({ quotas: false, ...options, clock: { now: () => moment } })
  return {
    simulator,
    set: (next) => {
      moment = next
    },
    async get(path, headers = {}) {
      const url = path.replace(simulator.url, '')
      const all = { authorization: 'Bearer demo-key', 'user-agent': 'Mozilla/5.0 (X11)', ...headers }
      const answer = await simulator.inject({ method: 'GET', url, headers: all })
      const isJson = String(answer.headers['content-type']).includes('json')
      return {
        status: answer.statusCode,
        headers: answer.headers as Answer['headers'],
        text: answer.body,
        json: isJson ? JSON.parse(answer.body) : null,
      }
    },
    socket: (path, headers = {}) => openSocket(simulator.url.replace('http', 'ws') + path, headers),
    [Symbol.asyncDispose]: () => simulator.close(),
  }
}

/** @throws Error when the upgrade is refused; its message holds the status. */
export async function openSocket(url: string, headers: Record<string, string> = {}): Promise<StageSocket> {
  const ws = new WebSocket(url, { headers })
  const frames: unknown[] = []
  let wake = () => {}
  ws.on('message', (data, binary) => {
    frames.push(binary ? data : parsed(String(data)))
    wake()
  })
  const closed = new Promise<number>((resolve) => {
    ws.on('close', (code) => {
      resolve(code)
      wake()
    })
  })
  await once(ws, 'open')
  ws.on('error', () => {})
  return {
    send: (message) => ws.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async next(wanted = () => true) {
      for (;;) {
        while (frames.length > 0) {
          const frame = frames.shift()
          if (wanted(frame)) return frame
        }
        if (ws.readyState !== ws.OPEN) throw new Error('the connection is closed')
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    drain: () => frames.splice(0),
    closed,
    end: () => ws.close(),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
