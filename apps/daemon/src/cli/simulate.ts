// `onetape simulate`: play with the simulated vendors of a running demo: order faults, see what stands, what was
// asked and how much quota is left. The simulator itself decides what an order means and refuses what is none.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { readEnv } from '../env.ts'
import { type Console, count, json, table, UsageProblem } from './console.ts'

interface SimulateOptions {
  fault?: string
  vendor?: string
  match?: string
  symbol?: string
  key?: string
  forwardDays?: number
  on?: string
  count?: number
  for?: number
  retryAfter?: number
  delay?: number
  clear?: boolean
  requests?: number
  json?: boolean
}

const REPOSITORY = join(import.meta.dirname, '../../../..')
const ANSWER_WITHIN_MS = 5_000
const REQUESTS_SHOWN = 20

export function addSimulate(program: Command, to: Console): void {
  program
    .command('simulate')
    .description('Play with the simulated vendors of a running demo; without options, what stands now.')
    .option(
      '--fault <kind>',
      'order a fault: rate_limited, unauthorized, server_error, timeout, slow, cut, mute, outlier...',
    )
    .option('--vendor <name>', 'at one vendor; at all of them when absent')
    .option('--match <text>', 'on paths that hold this text')
    .option('--symbol <symbol>', 'on the prices or frames of one symbol')
    .option('--key <key>', 'for the credential alone that bears this simulated key or token')
    .option('--on <where>', 'on `request` or `stream` alone')
    .option('--count <n>', 'so many times', numberOf('--count'))
    .option('--for <seconds>', 'for so long', numberOf('--for'))
    .option('--retry-after <seconds>', 'Retry-After of rate_limited', numberOf('--retry-after'))
    .option('--delay <seconds>', 'how much slow answers are held back', numberOf('--delay'))
    .option(
      '--forward-days <n>',
      'set the vendors’ real time ahead, so that tokens and sign-ins run out',
      numberOf('--forward-days'),
    )
    .option('--clear', 'end all faults')
    .option('--requests <n>', 'the last so many requests that the vendors saw', numberOf('--requests'))
    .option('--json', 'report as JSON on stdout')
    .action(async (options: SimulateOptions) => {
      const url = await simulatorUrl()
      const said = await simulate(url, options)
      to.out(options.json ? json(said) : describe(said))
    })
}

const numberOf =
  (name: string) =>
  (text: string): number => {
    const n = Number(text)
    if (text.trim() !== '' && Number.isFinite(n) && n >= 0) return n
    throw new UsageProblem(`${name} takes a number, not ${JSON.stringify(text)}.`)
  }

const card = z.object({ pid: z.int(), simulatorUrl: z.url() })

async function simulatorUrl(): Promise<string> {
  const dir = readEnv().ONETAPE_STATE_DIR ?? join(REPOSITORY, '.data')
  const text = await readFile(join(dir, 'run-demo.json'), 'utf8').catch(() => 'null')
  const parsed = card.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data.simulatorUrl
  throw new UsageProblem('No demo runs here: start one with npm start, then try again.')
}

const standing = z.looseObject({
  id: z.number(),
  kind: z.string(),
  vendor: z.string(),
  hits: z.number(),
  match: z.string().optional(),
  symbol: z.string().optional(),
  on: z.string().optional(),
  count: z.number().optional(),
  forMs: z.number().optional(),
})
const faultsSchema = z.object({ faults: z.array(standing) })
const quotasSchema = z.object({
  quotas: z.array(
    z.looseObject({ vendor: z.string(), credential: z.string(), allowed: z.number(), refused: z.number() }),
  ),
})
const requestsSchema = z.object({
  requests: z.array(
    z.looseObject({
      id: z.number(),
      vendor: z.string(),
      path: z.string(),
      at: z.number(),
      status: z.number().nullable(),
      fault: z.string().nullable(),
    }),
  ),
})

async function simulate(url: string, o: SimulateOptions) {
  if (o.forwardDays !== undefined) await post(url, '/wall', { forwardMs: o.forwardDays * DAY_MS })
  if (o.fault !== undefined) await order(url, o, o.fault)
  else if (o.clear) await call(url, '/faults', { method: 'DELETE' })
  else if (o.vendor ?? o.match ?? o.symbol ?? o.key ?? o.on ?? o.count ?? o.for ?? o.retryAfter ?? o.delay) {
    throw new UsageProblem('These options belong to a fault: add --fault KIND.')
  }
  const { faults } = faultsSchema.parse(await call(url, '/faults'))
  const { quotas } = quotasSchema.parse(await call(url, '/quotas'))
  const shown = o.requests ?? (o.fault === undefined && !o.clear ? REQUESTS_SHOWN : 0)
  const { requests } = requestsSchema.parse(await call(url, '/requests'))
  return { simulatorUrl: url, faults, quotas, requests: shown === 0 ? [] : requests.slice(-shown) }
}

type Said = Awaited<ReturnType<typeof simulate>>

async function order(url: string, o: SimulateOptions, kind: string): Promise<void> {
  const fault = {
    kind,
    vendor: o.vendor,
    match: o.match,
    symbol: o.symbol,
    key: o.key,
    on: o.on,
    count: o.count,
    forMs: o.for === undefined ? undefined : o.for * 1000,
    retryAfterS: o.retryAfter,
    delayMs: o.delay === undefined ? undefined : o.delay * 1000,
  }
  await post(url, '/faults', fault)
}

const DAY_MS = 86_400_000

const post = (url: string, path: string, body: object): Promise<unknown> =>
  call(url, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

async function call(url: string, path: string, init: RequestInit = {}): Promise<unknown> {
  const answer = await fetch(`${url}/_simulator${path}`, {
    ...init,
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch(() => {
    throw new UsageProblem(
      'The simulator of the running demo does not answer: start the demo again with npm start.',
    )
  })
  const body = (await answer.json()) as { error?: string }
  if (answer.status >= 400) throw new UsageProblem(`The simulator does not take this order: ${body.error}.`)
  return body
}

function describe({ simulatorUrl, faults, quotas, requests }: Said): string {
  const parts = [`simulated vendors at ${simulatorUrl}\n`]
  if (faults.length === 0) parts.push('no faults stand\n')
  else {
    const where = (f: Said['faults'][number]) =>
      [f.on && `on ${f.on}s`, f.match && `path with ${f.match}`, f.symbol].filter(Boolean).join(', ')
    parts.push(
      table([
        ['fault', 'vendor', 'where', 'left', 'hits'],
        ...faults.map((f) => [
          f.kind,
          f.vendor,
          where(f),
          f.count ? count(f.count - f.hits) : 'until cleared',
          f.hits,
        ]),
      ]),
    )
  }
  if (quotas.length > 0) {
    parts.push(
      table([
        ['quota of', 'credential', 'allowed', 'refused'],
        ...quotas.map((q) => [q.vendor, q.credential, q.allowed, q.refused]),
      ]),
    )
  }
  if (requests.length > 0) {
    parts.push(
      table([
        ['request', 'vendor', 'status', 'fault', 'path'],
        ...requests.map((r) => [
          new Date(r.at).toISOString().slice(11, 19),
          r.vendor,
          r.status === null ? '' : String(r.status),
          r.fault ?? '',
          r.path.slice(0, 90),
        ]),
      ]),
    )
  }
  return parts.join('\n')
}
