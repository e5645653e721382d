// Corporate actions as several sources tell them: those that agree make one line. Pure.
import type { InstrumentPage } from '@onetape/api/router'

type Action = InstrumentPage['actions'][number]
export type AgreedAction = Omit<Action, 'source'> & { sources: string[] }

/** Newest first. Where two sources differ in a figure, both figures stand. */
export function agreedActions(actions: readonly Action[]): AgreedAction[] {
  const agreed = new Map<string, AgreedAction>()
  for (const { source, ...action } of actions) {
    const key = `${action.exDate} ${action.kind} ${action.ratio} ${action.amount}`
    const known = agreed.get(key)
    if (known) known.sources.push(source)
    else agreed.set(key, { ...action, sources: [source] })
  }
  return [...agreed.values()].sort((a, b) => b.exDate.localeCompare(a.exDate))
}
