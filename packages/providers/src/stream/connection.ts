// One connection of a vendor, pulled event by event, that can be interrupted at any moment, whatever it waits for.
import type { OpenSession, SessionEvent, Subscriptions } from './contract.ts'
import type { Timers } from './timers.ts'

export interface Connection<Why> {
  /** The next event; `ended` when the vendor is done; `interrupted` once `interrupt` was called. @throws its failure */
  next(): Promise<{ event: SessionEvent } | { ended: true } | { interrupted: Why }>
  interrupt(why: Why): void
  /** Aborts the session and waits until it has let go of the line, but not for long. */
  close(): Promise<void>
}

/** A vendor that allows one connection must not see two; one that hangs must not stop us. */
const LET_GO_WITHIN_MS = 2_000

export function openConnection<Why>(
  open: OpenSession,
  { subscriptions, timers }: { subscriptions: Subscriptions; timers: Timers },
): Connection<Why> {
  const stop = new AbortController()
  const session = open({ subscriptions, signal: stop.signal })
  let interrupted: { why: Why } | null = null
  let onInterrupt: (() => void) | null = null
  return {
    next() {
      // A promise of its own for each step: a race against one that lives as long as the connection would leak.
      return new Promise((resolve, reject) => {
        const heed = () => resolve({ interrupted: interrupted!.why })
        if (interrupted) return heed()
        onInterrupt = heed
        session.next().then(
          (step) => resolve(step.done ? { ended: true } : { event: step.value }),
          (error) => (interrupted ? heed() : reject(error)),
        )
      })
    },
    interrupt(why) {
      interrupted ??= { why }
      onInterrupt?.()
    },
    async close() {
      stop.abort(new Error('the stream moves on'))
      const gone = session.return().then(
        () => {},
        () => {},
      )
      const { promise: late, resolve } = Promise.withResolvers<void>()
      const timer = timers.set(resolve, LET_GO_WITHIN_MS)
      await Promise.race([gone, late])
      timers.clear(timer)
    },
  }
}
