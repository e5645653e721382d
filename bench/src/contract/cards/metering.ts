// 45x: what calls cost is known exactly: to the budget before, to the receipt after, and as the vendor counts.
import type { Metered, Priority } from '@onetape/providers'
import { type Card, classesWhere, everyProvider, must, show } from '../card.ts'
import { refusalOf, type Stage } from '../stage.ts'

type Asked = Metered & { priority: Priority }

function countingBudget(grants = Number.POSITIVE_INFINITY) {
  const asked: Asked[] = []
  let held = 0
  return {
    asked,
    held: () => held,
    budget: {
      async take(call: Asked) {
        asked.push(call)
        if (asked.length > grants) return { granted: false as const, retryAfterMs: 4_000, limit: 'none left' }
        held++
        return { granted: true as const, release: () => void held-- }
      },
      learn() {},
    },
  }
}

const asking = (stage: Stage) => {
  const [assetClass] = classesWhere(stage.definition.capabilities, (c) => c.quotes).find(
    ([c]) => stage.refs(c).length > 0,
  )!
  return stage.refs(assetClass).slice(0, 2)
}

export const meteringCards: readonly Card[] = [
  {
    id: 451,
    title: 'every request asks the budget first, with the caller’s priority, and lets go of it',
    claims: everyProvider,
    async run(stage) {
      const { budget, asked, held } = countingBudget()
      const provider = stage.open({ budget })
      const mark = stage.mark()
      await provider.getQuotes(asking(stage), { priority: 'repair' })
      const seen = stage.seenSince(mark).filter((r) => !/^TWS (?!1 |1$|20|9)/.test(r.path))
      must(asked.length > 0, () => 'the budget was never asked')
      must(
        stage.definition.name === 'ibkr' || asked.length === seen.length,
        () => `asked ${asked.length} times, the vendor saw ${seen.length}: ${show(seen.map((r) => r.path))}`,
      )
      must(
        asked.every((a) => a.priority === 'repair' && a.weight >= 1),
        () => show(asked),
      )
      must(held() === 0, () => `${held()} grants were never released`)
    },
  },
  {
    id: 452,
    title: 'a budget that says no: nothing is sent, and the error says that it was ours',
    claims: everyProvider,
    async run(stage) {
      const { budget } = countingBudget(0)
      const provider = stage.open({ budget })
      const mark = stage.mark()
      const error = await refusalOf(provider.getQuotes(asking(stage)))
      must(
        error.kind === 'rate_limited' && error.origin === 'budget',
        () => `kind ${error.kind}, origin ${error.origin}`,
      )
      must(error.retryAfterMs === 4_000, () => `retryAfterMs ${error.retryAfterMs}`)
      const seen = stage.seenSince(mark).filter((r) => !r.path.startsWith('TWS'))
      must(seen.length === 0, () => `${seen.length} requests were sent`)
    },
  },
  {
    id: 453,
    title: 'the calls that an answer names are those that the vendor saw',
    claims: everyProvider,
    async run(stage) {
      const provider = stage.open()
      await provider.getQuotes(asking(stage))
      const { calls, onCall } = stage.recorder()
      const mark = stage.mark()
      const answer = await provider.getQuotes(asking(stage), { onCall })
      const seen = stage.seenSince(mark)
      must(calls.length === answer.calls, () => `${calls.length} recorded, the answer says ${answer.calls}`)
      must(
        stage.definition.name === 'ibkr' || calls.length === seen.length,
        () => `${calls.length} recorded, the vendor saw ${show(seen.map((r) => r.path))}`,
      )
      must(
        calls.every((c) => c.outcome === 'ok' && c.latencyMs >= 0 && !c.what.includes('?')),
        () => show(calls),
      )
    },
  },
  {
    id: 454,
    title: 'failed calls are recorded too, with their kind',
    claims: everyProvider,
    async run(stage) {
      const provider = stage.open({ timeoutMs: 3_000 })
      await provider.getQuotes(asking(stage))
      stage.fault({ kind: 'rate_limited', on: 'request' })
      const { calls, onCall } = stage.recorder()
      await refusalOf(provider.getQuotes(asking(stage), { onCall }))
      must(
        calls.some((c) => c.outcome === 'rate_limited'),
        () => show(calls),
      )
    },
  },
]
