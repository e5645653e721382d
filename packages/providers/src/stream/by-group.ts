/**
 * One session out of several lines, for vendors with an endpoint per asset class or feed:
 *
 *   open: sessionsByGroup({ groupOf: (ref) => ref.assetClass, open: (group) => sessionOf(group) })
 *
 * A group's session sees the symbols of its group only, and must listen to their changes. `subscribed` is given once
 * every group is; a group whose first symbol comes later is opened then. The end or failure of one line ends all.
 */
import type { SymbolRef } from '@onetape/market'
import type { OpenSession, SessionEvent, Subscriptions } from './contract.ts'

export interface SessionsByGroup {
  groupOf(ref: SymbolRef): string
  open(group: string): OpenSession
}

type Line = AsyncGenerator<SessionEvent, void>
type Arrival = { group: string; line: Line; step: IteratorResult<SessionEvent, void> } | { error: unknown }
type Refused = NonNullable<Extract<SessionEvent, { type: 'subscribed' }>['refused']>

export const sessionsByGroup = ({ groupOf, open }: SessionsByGroup): OpenSession =>
  async function* ({ subscriptions, signal }) {
    const stop = new AbortController()
    const lines = new Map<string, Line>()
    const arrived: Arrival[] = []
    let wake: () => void = () => {}
    const pull = (group: string, line: Line) => {
      line.next().then(
        (step) => {
          arrived.push({ group, line, step })
          wake()
        },
        (error) => {
          arrived.push({ error })
          wake()
        },
      )
    }
    const start = (refs: readonly SymbolRef[]) => {
      for (const group of new Set(refs.map(groupOf))) {
        if (lines.has(group)) continue
        const line = open(group)({
          subscriptions: subscriptionsOf(subscriptions, (ref) => groupOf(ref) === group),
          signal: AbortSignal.any([signal, stop.signal]),
        })
        lines.set(group, line)
        pull(group, line)
      }
    }
    start(subscriptions.current())
    const forget = subscriptions.onChange(({ added }) => start(added))
    const subscribed = new Set<string>()
    const refused: Refused = []
    let isUp = false
    try {
      for (;;) {
        const arrival = arrived.shift()
        if (!arrival) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
          continue
        }
        if ('error' in arrival) throw arrival.error
        if (arrival.step.done) return
        const event = arrival.step.value
        pull(arrival.group, arrival.line)
        if (event.type !== 'subscribed' || isUp) {
          yield event
          continue
        }
        subscribed.add(arrival.group)
        refused.push(...(event.refused ?? []))
        isUp = subscribed.size === lines.size
        if (isUp) yield { type: 'subscribed', refused }
      }
    } finally {
      forget()
      stop.abort(new Error('the stream moves on'))
      await Promise.allSettled([...lines.values()].map((line) => line.return()))
    }
  }

function subscriptionsOf(all: Subscriptions, isOurs: (ref: SymbolRef) => boolean): Subscriptions {
  return {
    current: () => all.current().filter(isOurs),
    onChange: (listener) =>
      all.onChange(({ added, removed }) => {
        const ours = { added: added.filter(isOurs), removed: removed.filter(isOurs) }
        if (ours.added.length + ours.removed.length > 0) listener(ours)
      }),
  }
}
