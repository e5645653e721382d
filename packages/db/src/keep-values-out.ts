// A query that fails is told with its statement, never with its values: those are session tokens, hashes and sealed
// credentials, and what is told ends in logs. The query builder would put them into the message.
import { PgPreparedQuery } from 'drizzle-orm/pg-core'

interface Asking {
  queryWithCache(text: string, values: unknown[], query: () => Promise<unknown>): Promise<unknown>
}

const asking = PgPreparedQuery.prototype as unknown as Asking
const ask = asking.queryWithCache

asking.queryWithCache = async function (text, _values, query) {
  try {
    return await ask.call(this, text, [], query)
  } catch (error) {
    // The server names the values that it refused, too.
    const told = (error as { cause?: { detail?: string } | null }).cause
    if (told?.detail !== undefined) told.detail = undefined
    throw error
  }
}
