// What `GET /api/health` says, as far as the tests look.
export interface Health {
  ok: boolean
  mode: 'demo' | 'live'
  marketNow: number
  shiftUs: number
  daemon: { alive: boolean; startedAt: number | null; detail: { busyWith: string | null } | null }
  database: { ok: boolean }
  tape: {
    batchId: number
    lastBatchAt: number | null
    lagSeconds: number | null
    instruments: number
    quoted: number
  }
  sources: { name: string; status: string; message: string | null }[]
}

export async function readHealth(url: string): Promise<Health | null> {
  try {
    const answer = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(5_000) })
    return (await answer.json()) as Health
  } catch {
    return null
  }
}

/** Asks until the condition holds; the error says what was seen last. */
export async function untilHealth(
  url: string,
  what: string,
  holds: (health: Health) => boolean,
  deadlineMs = 60_000,
): Promise<Health> {
  const end = Date.now() + deadlineMs
  let last: Health | null = null
  while (Date.now() < end) {
    last = await readHealth(url)
    if (last && holds(last)) return last
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error(`${what}: not within ${deadlineMs} ms; last seen ${JSON.stringify(last)}`)
}
