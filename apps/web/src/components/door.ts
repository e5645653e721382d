// What the pages at the door have in common: which they are, what they take as an address, how they say no. Pure.
import { DoorProblem } from '../api/account.ts'
import type { Faults } from '../ui/form.ts'

export interface DoorSearch {
  /** Where to go afterwards: a path of ours. */
  to?: string
}

export const doorSearch = (raw: { to?: unknown }): DoorSearch => ({
  to: typeof raw.to === 'string' && raw.to.startsWith('/') ? raw.to.slice(0, 512) : undefined,
})

export const isDoor = (path: string): boolean => path === '/sign-in' || path === '/sign-up'

/** As the API has it. */
export const PASSWORD_MIN = 10
export const PASSWORD_MAX = 128

/** A look only; whether it exists nobody here can know. */
export const checkEmail = (email: string): string | null =>
  email.trim() === ''
    ? 'Type your e-mail address.'
    : /^[^\s@]+@[^\s@]+\.[^\s@]+$|^[^\s@]+@localhost$/.test(email.trim())
      ? null
      : 'This is no e-mail address, such as ada@example.com.'

export const checkNewPassword = (password: string): string | null =>
  password === ''
    ? 'Choose a password.'
    : [...password].length < PASSWORD_MIN
      ? `Too short: at least ${PASSWORD_MIN} characters, now ${[...password].length}.`
      : password.length > PASSWORD_MAX
        ? `Too long: at most ${PASSWORD_MAX} characters.`
        : null

export interface Refusal<K extends string> {
  /** At the fields. */
  faults: Faults<K>
  /** Over the button; null where a field says it. */
  line: string | null
  /** Seconds until a further try is taken. */
  waitS: number | null
}

const AT_FIELD: Readonly<Record<string, 'email' | 'password' | 'name' | 'code'>> = {
  INVALID_NAME: 'name',
  INVALID_EMAIL: 'email',
  USER_ALREADY_EXISTS: 'email',
  PASSWORD_TOO_SHORT: 'password',
  PASSWORD_TOO_LONG: 'password',
  PASSWORD_TOO_WEAK: 'password',
  CODE_REQUIRED: 'code',
  CODE_WRONG: 'code',
}

/** What a refusal means for the person: beside a field where it is about one. */
export function refusalOf(error: unknown): Refusal<'email' | 'password' | 'name' | 'code'> {
  const { code, message, retryAfterS } =
    error instanceof DoorProblem ? error : new DoorProblem('AWAY', 'The OneTape API does not answer.')
  const field = AT_FIELD[code]
  // "Name: is missing." stands beside the field, which says its name already.
  if (field) return { faults: { [field]: withoutLabel(message) }, line: null, waitS: null }
  if (code === 'TOO_MANY') return { faults: {}, line: 'Too many tries.', waitS: retryAfterS ?? 10 }
  return { faults: {}, line: message, waitS: null }
}

const withoutLabel = (message: string): string =>
  message.replace(/^[A-Z][\w-]*: (\p{L})/u, (_, first: string) => first.toUpperCase())
