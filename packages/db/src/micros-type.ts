// timestamptz <-> Micros, exact: instants pass as text with six decimals, never through a Date (milliseconds).
import { isoFromMicros, type Micros, microsFromIso } from '@onetape/market'
import { customType } from 'drizzle-orm/pg-core'

/** Text of a timestamptz as the server sends it (`2026-11-20 14:30:00.000001+00`). */
export function microsFromServer(text: string): Micros {
  const us = microsFromIso(text)
  if (us === null)
    throw new RangeError(`The database sent ${text}, which is no instant that OneTape can hold.`)
  return us
}

export const micros = customType<{ data: Micros; driverData: string }>({
  dataType: () => 'timestamp with time zone',
  toDriver: isoFromMicros,
  fromDriver: microsFromServer,
})
