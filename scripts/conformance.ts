// Runs each adapter's own parse and normalise over recorded vendor bodies, and says what became of every one.
//   pnpm conformance --dir ../shared/recorded [--json] [--print FILE]
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { parseArgs } from 'node:util'
import { type ProviderDefinition, type Recording, type RecordingResult, registry } from '@onetape/providers'
import { z } from 'zod'

const metaSchema = z.looseObject({
  status: z.number().nullish(),
  path: z.string().nullish(),
  query: z.record(z.string(), z.unknown()).nullish(),
  recordedAt: z.string().nullish(),
  responseHeaders: z.record(z.string(), z.unknown()).nullish(),
  provenance: z.string().nullish(),
})

interface Body {
  source: string
  endpoint: string
  /** Path from the folder of recordings. */
  file: string
}

interface Tally {
  bodies: number
  accepted: number
}

interface EndpointReport {
  source: string
  endpoint: string
  bodies: number
  accepted: number
  rejected: { file: string; reason: string }[]
  rows: number
  dropped: { file: string; row: number | string; reason: string }[]
  /** The same bodies, apart by where they come from: captured live, a client's test file, documentation, edited. */
  byProvenance: Record<string, Tally>
  /** Error bodies, with the kind that the adapter raises for them; they count as accepted. */
  errors: { file: string; kind: string; message: string }[]
}

interface Count {
  bodies: number
  accepted: number
  /** Of 100; null where there are no bodies. */
  percent: number | null
}

/** How much of what the adapters claim to read they did read, apart by how real the bodies are. */
interface Totals {
  all: Count
  /** Captured live, or files of a client's own tests. */
  real: Count
  /** Documentation examples and bodies edited by a library's authors: the shape only is evidence. */
  illustrative: Count
}

interface Report {
  totals: Totals
  endpoints: EndpointReport[]
  unread: { source: string; endpoint: string; bodies: number }[]
}

/** A message for the person who called; no stack. */
class Problem extends Error {}

const folders = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map((e) => e.name)
    .sort()

function bodiesIn(dir: string): Body[] {
  if (!existsSync(dir) || !statSync(dir).isDirectory()) throw new Problem(`no folder of recordings at ${dir}`)
  const bodies = folders(dir).flatMap((source) =>
    folders(join(dir, source)).flatMap((endpoint) =>
      readdirSync(join(dir, source, endpoint))
        .filter((name) => /\.(json|txt)$/.test(name) && !name.endsWith('.meta.json'))
        .sort()
        .map((name) => ({ source, endpoint, file: join(source, endpoint, name) })),
    ),
  )
  if (bodies.length === 0) throw new Problem(`no recordings in ${dir}: expected SOURCE/ENDPOINT/NAME.json`)
  return bodies
}

/** The adapter whose bodies these are: the source's own, or the one that an older API of the house fell to. */
const readerOf = (source: string): ProviderDefinition | undefined =>
  registry.definitions.find((d) => d.name === source || d.recordingsAlso?.includes(source))

const recordingOf = ({ source, endpoint }: Body): Recording | undefined =>
  readerOf(source)?.recordings.find((r) => r.endpoint === endpoint)

function metaOf(dir: string, body: Body): z.infer<typeof metaSchema> {
  const path = join(dir, body.file.replace(/\.(json|txt)$/, '.meta.json'))
  const meta = existsSync(path) ? metaSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))) : null
  return meta?.success ? meta.data : {}
}

/** A whole date, with a time or without, or a date as headers carry it; `2023 (values)` is a year, which V8 would read too. */
const DATED = /^(?:\d{4}-\d{2}-\d{2}|[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4})/

/** When the answer came, as near as its description knows; a recording of unknown age is taken as old. */
function receivedAtUs(meta: z.infer<typeof metaSchema>): number {
  for (const text of [meta.responseHeaders?.date, meta.recordedAt]) {
    const ms = typeof text === 'string' && DATED.test(text) ? Date.parse(text) : Number.NaN
    if (!Number.isNaN(ms)) return ms * 1000
  }
  return Date.now() * 1000
}

function readBody(dir: string, body: Body, recording: Recording): RecordingResult {
  const meta = metaOf(dir, body)
  try {
    return recording.read(readFileSync(join(dir, body.file), 'utf8'), {
      status: meta.status ?? 200,
      path: meta.path ?? '',
      query: meta.query ?? {},
      receivedAt: receivedAtUs(meta),
    })
  } catch (error) {
    return {
      ok: false,
      error: { kind: 'malformed', message: `the adapter failed: ${(error as Error).message}` },
    }
  }
}

function conform(dir: string): Report {
  const endpoints: EndpointReport[] = []
  const unread: Report['unread'] = []
  for (const group of Map.groupBy(bodiesIn(dir), (b) => `${b.source}/${b.endpoint}`).values()) {
    const { source, endpoint } = group[0]!
    const recording = recordingOf(group[0]!)
    if (recording) endpoints.push(conformEndpoint(dir, group, recording))
    else unread.push({ source, endpoint, bodies: group.length })
  }
  return { totals: totalsOf(endpoints), endpoints, unread }
}

/** Provenances whose values were made up for a page or a test. */
const ILLUSTRATIVE = ['docs-sample', 'hand-made']

function totalsOf(endpoints: readonly EndpointReport[]): Totals {
  const tallies = endpoints.flatMap((e) => Object.entries(e.byProvenance))
  const count = (wanted: (provenance: string) => boolean): Count => {
    const chosen = tallies.filter(([provenance]) => wanted(provenance)).map(([, tally]) => tally)
    const bodies = chosen.reduce((sum, t) => sum + t.bodies, 0)
    const accepted = chosen.reduce((sum, t) => sum + t.accepted, 0)
    return { bodies, accepted, percent: bodies === 0 ? null : Math.round((10_000 * accepted) / bodies) / 100 }
  }
  return {
    all: count(() => true),
    real: count((provenance) => !ILLUSTRATIVE.includes(provenance)),
    illustrative: count((provenance) => ILLUSTRATIVE.includes(provenance)),
  }
}

function conformEndpoint(dir: string, bodies: Body[], recording: Recording): EndpointReport {
  const { source, endpoint } = bodies[0]!
  const report: EndpointReport = {
    source,
    endpoint,
    bodies: bodies.length,
    accepted: 0,
    rejected: [],
    rows: 0,
    dropped: [],
    byProvenance: {},
    errors: [],
  }
  for (const body of bodies) {
    const { file } = body
    const result = readBody(dir, body, recording)
    const provenance = metaOf(dir, body).provenance ?? 'unknown'
    const apart = report.byProvenance[provenance] ?? { bodies: 0, accepted: 0 }
    report.byProvenance[provenance] = apart
    apart.bodies++
    if (result.ok) {
      report.rows += result.nouns.length
      report.dropped.push(...result.dropped.map((d) => ({ file, row: d.row, reason: d.reason })))
    } else if (result.error.kind === 'malformed') {
      report.rejected.push({ file, reason: result.error.message })
      continue
    } else report.errors.push({ file, ...result.error })
    report.accepted++
    apart.accepted++
  }
  return report
}

function tableOf(report: Report): string {
  const lines = [
    `${'source'.padEnd(19)} ${'endpoint'.padEnd(22)} bodies accepted rejected   rows dropped  by provenance`,
  ]
  for (const e of report.endpoints) {
    const counts = [e.bodies, e.accepted, e.rejected.length].map((n, i) => String(n).padStart([6, 8, 8][i]!))
    const apart = Object.entries(e.byProvenance).map(([name, n]) => `${name} ${n.accepted}/${n.bodies}`)
    lines.push(
      `${e.source.padEnd(19)} ${e.endpoint.padEnd(22)} ${counts.join(' ')} ${String(e.rows).padStart(6)} ` +
        `${String(e.dropped.length).padStart(7)}  ${apart.join(', ')}`,
    )
    for (const r of e.rejected) lines.push(`  rejected  ${r.file}: ${r.reason}`)
    for (const r of e.errors) lines.push(`  error     ${r.file}: ${r.kind}, ${r.message}`)
    for (const d of e.dropped) lines.push(`  dropped   ${d.file} row ${d.row}: ${d.reason}`)
  }
  const unread = report.unread.map((u) => `${u.source}/${u.endpoint} (${u.bodies})`)
  const totals = Object.entries(report.totals as unknown as Record<string, Count>).map(
    ([name, c]) => `${name} ${c.accepted}/${c.bodies}${c.percent === null ? '' : ` (${c.percent} %)`}`,
  )
  return [
    ...lines,
    '',
    `accepted: ${totals.join(', ')}`,
    `read by no adapter: ${unread.join(', ') || 'none'}`,
  ].join('\n')
}

function print(dir: string, file: string): string {
  const path = isAbsolute(file) ? file : [resolve(file), join(dir, file)].find((p) => existsSync(p))
  if (!path || !existsSync(path)) throw new Problem(`no such recording: ${file}`)
  const inside = relative(dir, path)
  const [source, endpoint] = inside.split(sep)
  if (inside.startsWith('..') || !source || !endpoint) throw new Problem(`${file} is not inside ${dir}`)
  const body: Body = { source, endpoint, file: inside }
  const recording = recordingOf(body)
  if (!recording) throw new Problem(`no adapter reads ${source}/${endpoint}`)
  return JSON.stringify({ ...body, ...readBody(dir, body, recording) }, null, 2)
}

function run(): void {
  const { values } = parseArgs({
    options: { dir: { type: 'string' }, json: { type: 'boolean' }, print: { type: 'string' } },
  })
  const dir = resolve(values.dir ?? join(import.meta.dirname, '../../shared/recorded'))
  if (values.print !== undefined) {
    console.log(print(dir, values.print))
    return
  }
  const report = conform(dir)
  console.log(values.json ? JSON.stringify(report) : tableOf(report))
}

try {
  run()
} catch (error) {
  console.error(`conformance: ${(error as Error).message.split('\n')[0]}`)
  process.exitCode = 1
}
