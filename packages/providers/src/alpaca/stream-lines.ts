// Several connections read as one session: it is subscribed when all are, and over when one is.
import type { SymbolRef } from '@onetape/market'
import type { SessionEvent } from '../contract.ts'

type Refused = { ref: SymbolRef; reason: string }[]
type Step = { line: number; result?: IteratorResult<SessionEvent, void>; error?: unknown }

/** @param refused symbols that no line carries. */
export async function* togetherOf(
  lines: readonly AsyncGenerator<SessionEvent, void>[],
  refused: Refused,
): AsyncGenerator<SessionEvent, void> {
  const steps: Step[] = []
  let wake: (() => void) | null = null
  const came = (step: Step) => {
    steps.push(step)
    wake?.()
  }
  // One step of each line is under way at a time: a slow reader is felt by all of them.
  const ask = (line: number) =>
    lines[line]!.next().then(
      (result) => came({ line, result }),
      (error: unknown) => came({ line, error }),
    )
  const subscribed = new Set<number>()
  let all = refused
  lines.forEach((_, line) => {
    void ask(line)
  })
  for (;;) {
    if (steps.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      continue
    }
    const { line, result, error } = steps.shift()!
    if (!result) throw error
    if (result.done) return
    if (result.value.type === 'subscribed' && !subscribed.has(line)) {
      subscribed.add(line)
      all = [...all, ...(result.value.refused ?? [])]
      yield subscribed.size === lines.length ? { type: 'subscribed', refused: all } : { type: 'alive' }
    } else yield result.value
    void ask(line)
  }
}
