// The vendor of the sweep benchmark, a process of its own: the simulator's whole-market body, in which every single
// price has moved since it was asked for last. (In the simulator's own market a third of the listings rest for minutes.)
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startSimulator } from '@onetape/simulator'
import { obey } from './bench-child.ts'

const SNAPSHOT = '/v2/snapshot/locale/us/markets/stocks/tickers'
const MINUTE_MS = 60_000

interface Row {
  ticker: string
  day: Record<'o' | 'h' | 'l' | 'c' | 'v' | 'vw', number>
  lastQuote: { S: number; s: number }
  lastTrade: { p: number; s: number; x: number; i: string }
  prevDay: object & { c: number }
}

const shiftUs = Number(process.env.BENCH_SHIFT_US)
const symbols = Number(process.env.BENCH_SYMBOLS)
const rows = await firstRows()
let round = 0
/** What was answered last, for the control. */
let last = ''

async function firstRows(): Promise<Row[]> {
  const simulator = await startSimulator({ shiftUs })
  try {
    const answer = await fetch(`${simulator.url}/polygon${SNAPSHOT}`, {
      headers: { authorization: 'Bearer demo-key' },
    })
    return ((await answer.json()) as { tickers: Row[] }).tickers.slice(0, symbols)
  } finally {
    await simulator.close()
  }
}

/** Every price a few cents from where it was, every event within the last second. */
function nextBody(): string {
  round += 1
  const nowUs = Date.now() * 1000 + shiftUs
  const texts = rows.map((row, i) => rowText(row, { i, nowUs }))
  return `{"count":${rows.length},"status":"OK","request_id":"${round}","tickers":[${texts.join(',')}]}`
}

function rowText(
  { ticker, day, lastQuote, lastTrade, prevDay }: Row,
  o: { i: number; nowUs: number },
): string {
  const step = ((round * 7 + o.i * 13) % 21) - 10
  const last = cents(lastTrade.p + Math.max(step / 100, 0.02 - lastTrade.p))
  const ts = `${o.nowUs - ((o.i * 37) % 900) * 1000}123`
  day.h = Math.max(day.h, last)
  day.l = Math.min(day.l, last)
  day.v += 100 + (o.i % 7)
  const minute = Math.floor(o.nowUs / 1000 / MINUTE_MS) * MINUTE_MS
  const change = cents(last - prevDay.c)
  return (
    `{"ticker":"${ticker}","todaysChangePerc":${cents((change / prevDay.c) * 100)},"todaysChange":${change},"updated":${ts},` +
    `"day":{"o":${day.o},"h":${day.h},"l":${day.l},"c":${last},"v":${day.v},"vw":${day.vw}},` +
    `"lastQuote":{"P":${cents(last + 0.01)},"S":${lastQuote.S},"p":${cents(last - 0.01)},"s":${lastQuote.s},"t":${ts}},` +
    `"lastTrade":{"c":[37],"i":"${lastTrade.i}","p":${last},"s":${lastTrade.s},"t":${ts},"x":${lastTrade.x}},` +
    `"min":{"av":${day.v},"t":${minute},"n":${1 + (round % 50)},"o":${last},"h":${cents(last + 0.02)},"l":${cents(last - 0.01)},"c":${last},"v":${100 * round},"vw":${last}},` +
    `"prevDay":${JSON.stringify(prevDay)}}`
  )
}

const cents = (price: number): number => Math.round(price * 100) / 100

const NOTHING = '{"status":"OK","results":[],"tickers":[]}'
/** Whoever answers the rest, where anybody does. */
const otherUrl = process.env.BENCH_OTHER_URL
const headers = { 'content-type': 'application/json' }

const server = createServer(async (request, response) => {
  const path = new URL(request.url!, 'http://vendor').pathname
  if (path === SNAPSHOT) {
    last = nextBody()
    response.writeHead(200, headers).end(last)
  } else if (path === '/last') response.writeHead(200, headers).end(last)
  else if (!otherUrl || path.startsWith('/v3/reference/tickers'))
    response.writeHead(200, headers).end(NOTHING)
  else {
    const { authorization = '' } = request.headers
    const answer = await fetch(otherUrl + request.url, { headers: { authorization } }).catch(() => null)
    response.writeHead(answer?.status ?? 502, headers).end(await answer?.text())
  }
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send!({ type: 'ready', url: `http://127.0.0.1:${port}` })
})

obey({ tickers: () => rows.map((row) => row.ticker) })
