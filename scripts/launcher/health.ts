// Asks the running API how it is.
import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 250
const ASK_MS = 5_000

/** True once it is well; false when it is not by the deadline. */
export async function awaitHealth(
  address: string,
  o: { withinMs: number; signal: AbortSignal },
): Promise<boolean> {
  const until = Date.now() + o.withinMs
  while (Date.now() < until && !o.signal.aborted) {
    if (await isHealthy(address)) return true
    await delay(POLL_MS)
  }
  return false
}

async function isHealthy(address: string): Promise<boolean> {
  try {
    const response = await fetch(`${address}/api/health`, { signal: AbortSignal.timeout(ASK_MS) })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
