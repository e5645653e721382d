// Plays every card against every provider and its simulator: `pnpm contract [--provider NAME] [--card ID] [--json]`.
import { parseArgs } from 'node:util'
import { registry } from '@onetape/providers'
import { type ContractReport, runContract } from './run.ts'

const MARKS = { pass: 'ok', fail: 'FAIL', not_claimed: '-' } as const

function tableOf({ providers, cards }: ContractReport): string {
  const head = `${'card'.padEnd(90)} ${providers.map((p) => p.provider.padStart(9)).join(' ')}`
  const lines = cards.map(({ id, title }) => {
    const cells = providers.map((p) => MARKS[p.results.find((r) => r.id === id)!.outcome].padStart(9))
    return `${`${id} ${title}`.slice(0, 90).padEnd(90)} ${cells.join(' ')}`
  })
  const failed = providers.flatMap((p) =>
    p.results.filter((r) => r.outcome === 'fail').map((r) => `${p.provider} ${r.id}: ${r.reason}`),
  )
  const counts = providers.map(
    (p) =>
      `${p.provider} ${p.results.filter((r) => r.outcome === 'pass').length}/${p.results.filter((r) => r.outcome !== 'not_claimed').length}`,
  )
  return [head, ...lines, '', ...failed, '', counts.join('   ')].join('\n')
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      provider: { type: 'string', multiple: true },
      card: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
    },
  })
  const definitions = values.provider
    ? values.provider.map((name) => registry.get(name))
    : registry.definitions
  const onCard = (line: string) => {
    if (!values.json && process.stderr.isTTY) process.stderr.write(`${line}\n`)
  }
  const report = await runContract({ definitions, cards: values.card?.map(Number), onCard })
  console.log(values.json ? JSON.stringify(report) : tableOf(report))
  if (report.providers.some((p) => p.results.some((r) => r.outcome === 'fail'))) process.exitCode = 1
}

main().then(
  () => process.exit(),
  (error: Error) => {
    console.error(`contract: ${error.message}`)
    process.exit(2)
  },
)
