// Calls that carry a credential. The query library keeps what a mutation was given for minutes; here it is handed on
// and forgotten, and an error is kept as its line alone.
import { useEffect, useRef, useState } from 'react'
import { errorCodeOf, lineOf, noticeRefusal } from './trpc.ts'

export interface CallProblem {
  /** One line for people. */
  line: string
  /** tRPC's code, such as `CONFLICT`; null where nothing of ours answered. */
  code: string | null
}

export type SecretCall<Output> =
  | { status: 'idle' }
  | { status: 'pending'; sinceMs: number }
  | { status: 'done'; data: Output }
  | { status: 'failed'; problem: CallProblem }

export const problemOf = (error: unknown): CallProblem => ({ line: lineOf(error), code: errorCodeOf(error) })

/**
 * `run` calls and reports its state; a second call gives up the first, and so does leaving the page.
 * @returns what came back, or null where it failed or was given up.
 */
export function useSecretCall<Input, Output>(call: (input: Input, signal: AbortSignal) => Promise<Output>) {
  const [state, setState] = useState<SecretCall<Output>>({ status: 'idle' })
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])
  const giveUp = () => {
    running.current?.abort()
    running.current = null
    setState({ status: 'idle' })
  }
  const run = async (input: Input): Promise<Output | null> => {
    running.current?.abort()
    const own = new AbortController()
    running.current = own
    setState({ status: 'pending', sinceMs: Date.now() })
    try {
      const data = await call(input, own.signal)
      if (own.signal.aborted) return null
      setState({ status: 'done', data })
      return data
    } catch (error) {
      if (own.signal.aborted) return null
      noticeRefusal(error)
      setState({ status: 'failed', problem: problemOf(error) })
      return null
    }
  }
  return { state, run, giveUp }
}
