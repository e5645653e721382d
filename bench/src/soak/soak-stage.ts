// What is soaked: the demo stack with its real processes, the universe swept every few seconds.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStage, type SweepStage } from '../sweep/sweep-stage.ts'

export interface SoakStage extends SweepStage {
  symbols: number
  /** Where Node's reports come to lie. */
  reportDir: string
}

export async function openSoak(o: { symbols: number; everyS: number }): Promise<SoakStage> {
  await using stack = new AsyncDisposableStack()
  const reportDir = await mkdtemp(join(tmpdir(), 'onetape-soak-'))
  stack.defer(() => rm(reportDir, { recursive: true, force: true }))
  const nodeFlags = (app: string) => [
    '--report-on-signal',
    '--report-exclude-network',
    '--report-exclude-env',
    `--report-directory=${reportDir}`,
    `--report-filename=${app}.json`,
  ]
  const stage = stack.use(await openStage({ ...o, nodeFlags }))
  const held = stack.move()
  return { ...stage, symbols: o.symbols, reportDir, [Symbol.asyncDispose]: () => held.disposeAsync() }
}
