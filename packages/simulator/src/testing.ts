// For the tests: a simulator at a standing moment, and questions put to it.
import { type Micros, microsFromIso } from '@onetape/market'
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
    [Symbol.asyncDispose]: () => simulator.close(),
  }
}
