// Pages: `next_url` leads on, with what it needs to know in an opaque cursor, and never carries the key.

export const writeCursor = (state: Record<string, string>): string =>
  Buffer.from(new URLSearchParams(state).toString()).toString('base64url')

/** Null when the text is no cursor of ours. */
export function readCursor(cursor: string): Record<string, string> | null {
  const state = Object.fromEntries(new URLSearchParams(Buffer.from(cursor, 'base64url').toString('utf8')))
  return writeCursor(state) === cursor ? state : null
}

/** A limit as the vendor reads it: absent means the default, beyond the maximum is an error. */
export function limitOf(text: string | undefined, standard: number, max: number): number | null {
  if (text === undefined) return standard
  const limit = Number(text)
  return Number.isInteger(limit) && limit >= 1 && limit <= max ? limit : null
}
