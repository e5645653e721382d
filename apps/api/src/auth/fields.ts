// What a person may call themselves, and by what password they come in. A complaint names the field, never the value.
import { z } from 'zod'
import { type AuthCode, AuthProblem } from './auth-problem.ts'

const NAME_MAX = 80
const EMAIL_MAX = 254
export const PASSWORD_MIN = 10
export const PASSWORD_MAX = 128

/** Not seen, or turns the text around it: nothing that a name has. */
const UNSEEN = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u
/** Half of a pair: no text, and nothing that a database keeps. */
const BROKEN = /\p{Cs}/u

const name = z
  .string('Name: is missing.')
  .transform((text) => text.normalize('NFC').trim())
  .refine((text) => text.length > 0, 'Name: is missing.')
  .refine((text) => text.length <= NAME_MAX, `Name: at most ${NAME_MAX} characters.`)
  .refine((text) => !UNSEEN.test(text), 'Name: has a character that cannot be seen; type it anew.')

const email = z
  .string('E-mail: is missing.')
  .max(EMAIL_MAX, `E-mail: at most ${EMAIL_MAX} characters.`)
  .transform((text) => text.trim().toLowerCase())
  .pipe(z.email('E-mail: this is no address, such as you@example.com.'))

const typed = z
  .string('Password: is missing.')
  .min(1, 'Password: is missing.')
  .max(PASSWORD_MAX, `Password: at most ${PASSWORD_MAX} characters.`)
  .refine((text) => !BROKEN.test(text), 'Password: has a broken character; type it anew.')

const signUp = z.strictObject({
  name,
  email,
  password: typed,
  code: z.string('Code: is no text.').max(64, 'Code: is too long.').optional(),
  rememberMe: z.boolean('rememberMe: is true or false.').optional(),
})
const signIn = z.strictObject({
  email,
  password: typed,
  rememberMe: z.boolean('rememberMe: is true or false.').optional(),
})
const change = z.strictObject({
  currentPassword: typed,
  newPassword: typed,
  revokeOtherSessions: z.boolean('revokeOtherSessions: is true or false.').optional(),
})

export type SignUpFields = z.infer<typeof signUp>
export type SignInFields = z.infer<typeof signIn>
export type ChangeFields = z.infer<typeof change>

/** @throws AuthProblem */
export const signInFields = (body: unknown): SignInFields => parsed(signIn, body)

/** @throws AuthProblem */
export function signUpFields(body: unknown): SignUpFields {
  const fields = parsed(signUp, body)
  requireStrong(fields.password, [fields.email, fields.email.split('@')[0]!, fields.name])
  return fields
}

/** @throws AuthProblem */
export function changeFields(body: unknown): ChangeFields {
  const fields = parsed(change, body)
  requireStrong(fields.newPassword, [fields.currentPassword])
  return fields
}

function parsed<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const field = String(issue.path[0] ?? '')
  const message =
    issue.path.length > 0 ? issue.message : 'The request is not understood: send the fields as JSON.'
  throw refused(codeOf(field, issue.code), message)
}

function codeOf(field: string, complaint: string): AuthCode {
  if (field === 'name') return 'INVALID_NAME'
  if (field === 'email') return 'INVALID_EMAIL'
  if (/password/i.test(field)) return complaint === 'too_big' ? 'PASSWORD_TOO_LONG' : 'INVALID_PASSWORD'
  if (field === 'code') return 'CODE_WRONG'
  return 'INVALID_REQUEST'
}

/** Length is what counts; and not what everybody tries first. */
function requireStrong(password: string, known: readonly string[]): void {
  if ([...password].length < PASSWORD_MIN)
    throw refused('PASSWORD_TOO_SHORT', `Password: at least ${PASSWORD_MIN} characters.`)
  const plain = password.toLowerCase()
  if (known.some((text) => text.toLowerCase() === plain))
    throw refused(
      'PASSWORD_TOO_WEAK',
      'Password: take another than your name, your e-mail or the one before.',
    )
  if (isRepeated(plain) || isRow(plain) || COMMON.test(plain))
    throw refused('PASSWORD_TOO_WEAK', 'Password: this one is tried first; take a few words that are yours.')
}

/** One piece of up to three characters over and over. */
const isRepeated = (text: string): boolean => /^(.{1,3}?)\1+$/su.test(text)
const ROWS = [
  '01234567890123456789',
  '98765432109876543210',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
]
const isRow = (text: string): boolean => ROWS.some((row) => row.includes(text))
const COMMON = /^(password|passwort|letmein|welcome|iloveyou|qwerty|admin|onetape)[\d!@#$.]*$/

const refused = (code: AuthCode, message: string): AuthProblem =>
  new AuthProblem({ kind: 'invalid_request', code, message })
