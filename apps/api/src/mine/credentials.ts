// Credentials as a person typed them: what a vendor takes, bounded; and the hint that may be shown of them.
import { ApiProblem } from '../errors.ts'
import type { VendorField } from './reports.ts'

export type Credentials = Readonly<Record<string, string>>

/** Longer than any key that a vendor hands out. */
const VALUE_MAX = 1_024
/** They go into headers and query texts: letters, digits and signs, nothing that is not seen. */
const VISIBLE = /^[\x21-\x7e]+$/
const SECRET_MIN = 12
const HINT_LENGTH = 4

/** Trimmed; empty optional ones left out. @throws ApiProblem that names the field and never the value. */
export function checkedCredentials(
  fields: readonly VendorField[],
  typed: Credentials,
): Record<string, string> {
  const known = new Set(fields.map(({ field }) => field))
  if (Object.keys(typed).some((field) => !known.has(field))) {
    const names = fields.map(({ label }) => label).join(', ')
    throw refused(`credentials: takes ${names || 'nothing'} and nothing else`)
  }
  return Object.fromEntries(
    fields.flatMap(({ field, label, required }) => {
      const value = typed[field]?.trim() ?? ''
      if (value === '' && required) throw refused(`${label}: is missing`)
      if (value.length > VALUE_MAX) throw refused(`${label}: is too long, ${VALUE_MAX} characters at most`)
      if (value !== '' && !VISIBLE.test(value)) {
        throw refused(
          `${label}: has a character that no key has; copy it again without spaces or line breaks`,
        )
      }
      return value === '' ? [] : [[field, value]]
    }),
  )
}

/** The last characters of the secret where it is long enough that they tell nothing. */
export function hintOf(fields: readonly VendorField[], credentials: Credentials): string | null {
  const secret = fields.find((f) => f.secret && credentials[f.field])
  const value = secret && credentials[secret.field]!
  return value && value.length >= SECRET_MIN ? value.slice(-HINT_LENGTH) : null
}

const refused = (words: string): ApiProblem => new ApiProblem('invalid_request', words)
