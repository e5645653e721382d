// NUMERIC without a scale <-> number. A price holds up to 15 digits, which a double carries exactly.
import { customType } from 'drizzle-orm/pg-core'

/** A number as NUMERIC text, without the noise that sums leave behind the 15th digit. */
export function decimalText(n: number): string {
  const text = String(n)
  return text.length <= 16 ? text : String(Number(n.toPrecision(15)))
}

export const decimal = customType<{ data: number; driverData: string }>({
  dataType: () => 'numeric',
  toDriver: decimalText,
  fromDriver: Number,
})
