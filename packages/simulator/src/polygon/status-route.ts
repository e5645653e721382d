// GET /v1/marketstatus/now
import { type Micros, sessionAt } from '@onetape/market'
import type { FastifyInstance } from 'fastify'
import { newYorkOffsetS } from '../new-york.ts'
import { type Simulation, sendJson } from '../simulation.ts'

export function statusRoute(app: FastifyInstance, { clock }: Simulation): void {
  app.get('/v1/marketstatus/now', async (_request, reply) => {
    const now = clock.now()
    const { state } = sessionAt('XNYS', now)
    const market = state === 'open' ? 'open' : state === 'closed' ? 'closed' : 'extended-hours'
    return sendJson(reply, 200, {
      afterHours: state === 'post',
      currencies: { crypto: 'open', fx: sessionAt('FX', now).state },
      earlyHours: state === 'pre',
      exchanges: { nasdaq: market, nyse: market, otc: market },
      market,
      serverTime: newYorkTime(now),
    })
  })
}

function newYorkTime(ts: Micros): string {
  const offsetS = newYorkOffsetS(ts)
  const wall = new Date(Math.floor(ts / 1000) + offsetS * 1000).toISOString().slice(0, 19)
  return `${wall}-0${-offsetS / 3600}:00`
}
