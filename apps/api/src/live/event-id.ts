// Names of moments on the tape, as clients keep them: `<environment>.<ledger id>`. The environment is in it
// because a browser may come back to another database on the same address.

export interface EventId {
  environment: string
  batchId: number
}

export const environmentShort = (environmentId: string): string =>
  environmentId.replaceAll('-', '').slice(0, 8)

export const formatEventId = (environmentId: string, batchId: number): string =>
  `${environmentShort(environmentId)}.${batchId}`

/** Null when the text names no moment. */
export function parseEventId(text: string): EventId | null {
  const m = /^([0-9a-f]{8})\.(\d{1,15})$/.exec(text)
  return m ? { environment: m[1]!, batchId: Number(m[2]) } : null
}
