// Every card that a provider claims, played against its simulator: `pnpm contract` as tests.
import { registry } from '@onetape/providers'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ContractReport, cards, runContract } from './run.ts'

let report: ContractReport
beforeAll(async () => {
  report = await runContract({ definitions: registry.definitions })
}, 600_000)

describe.each(registry.definitions.map((d) => [d.name, d] as const))('%s', (name, definition) => {
  const claimed = cards.filter((card) => card.claims(definition.capabilities))
  it.each(claimed.map((card) => [card.id, card.title] as const))('%i %s', (id) => {
    const { results } = report.providers.find((p) => p.provider === name)!
    expect(results.find((r) => r.id === id)).toMatchObject({ outcome: 'pass', reason: null })
  })

  it('skips nothing that it claims', () => {
    const { results } = report.providers.find((p) => p.provider === name)!
    expect(results.filter((r) => r.outcome !== 'not_claimed').map((r) => r.id)).toEqual(
      claimed.map((c) => c.id),
    )
  })
})
