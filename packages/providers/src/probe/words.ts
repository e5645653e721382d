// Every kind of error in plain words and with what to do about it, for whoever connected the source.
import type { ProviderDefinition } from '../contract.ts'
import type { ErrorKind } from '../errors.ts'
import { registry } from '../registry.ts'

export interface Words {
  words: string
  fix: string
}

export interface SaidError {
  kind: ErrorKind
  /** The vendor's registered name; another name is shown as it is. */
  provider: string
  message: string
}

interface Vendor {
  label: string
  definition: ProviderDefinition | null
  message: string
}

/** @returns one sentence each; the vendor's own words are in the first where it said some that help. */
export function wordsOf({ kind, provider, message }: SaidError): Words {
  const definition = registry.has(provider) ? registry.get(provider) : null
  const vendor = { label: definition?.label ?? provider, definition, message: oneLine(message) }
  const words = WORDS[kind](vendor)
  const own = kind === 'unauthorized' && signInRanOut(vendor) ? undefined : definition?.probe?.fixes?.[kind]
  return own === undefined ? words : { ...words, fix: own }
}

const WORDS: Readonly<Record<ErrorKind, (vendor: Vendor) => Words>> = {
  unauthorized: (vendor) =>
    isKeyless(vendor)
      ? {
          words: `${vendor.label} does not let us in at the moment (${vendor.message}).`,
          fix: 'There is nothing to enter for it: test again in a few minutes.',
        }
      : signInRanOut(vendor)
        ? {
            words: `The sign-in at ${vendor.label} has run out.`,
            fix: `Sign in at ${vendor.label} again; everything else stays as it is.`,
          }
        : {
            words: `${vendor.label} does not accept ${fieldsOf(vendor)}.`,
            fix: `Copy ${fieldsOf(vendor)} again from your account at ${vendor.label}, whole and without spaces; a new one may take a few minutes to work.`,
          },
  not_entitled: ({ label, message }) => ({
    words: `Your plan at ${label} does not include this (${message}).`,
    fix: `Use another source for it, or change the plan at ${label} and test the source again.`,
  }),
  rate_limited: ({ label }) => ({
    words: `${label} has no calls left for this key at the moment.`,
    fix: 'Wait a minute and test again; if it keeps happening, something else uses the same key.',
  }),
  unavailable: ({ label, message }) => ({
    words: `${label} could not be reached or failed (${message}).`,
    fix: `Nothing is wrong with the key. Test again in a moment, and look at the status page of ${label} if it lasts.`,
  }),
  not_found: ({ label, message }) => ({
    words: `${label} does not know what was asked for (${message}).`,
    fix: 'Check the symbol, or use another source for it.',
  }),
  malformed: ({ label, message }) => ({
    words: `${label} answered with something that cannot be read (${message}).`,
    fix: 'Test again; if it stays so, the vendor changed its answers: put another source first and report it.',
  }),
  invalid_request: ({ label, message }) => ({
    words: `What was entered for ${label} does not hold together (${message}).`,
    fix: 'Correct the field that is named and test again.',
  }),
  unsupported: ({ label, message }) => ({
    words: `${label} does not offer this (${message}).`,
    fix: 'Use another source for it.',
  }),
}

/** Where a person signs in, a token that is no good any more is not a key that was copied wrongly. */
const signInRanOut = ({ definition, message }: Vendor): boolean =>
  definition?.signIn !== undefined && /sign in again|sign-in has run out|expired/i.test(message)

const isKeyless = ({ definition }: Vendor): boolean =>
  definition !== null && definition.capabilities.credentials.length === 0

/** `the key id and the secret key`. */
function fieldsOf({ definition }: Vendor): string {
  const needed = definition?.signIn?.appFields ?? definition?.capabilities.credentials ?? []
  const labels = (definition?.settings ?? [])
    .filter(({ role, field }) => role === 'credential' && needed.includes(field))
    .map(({ label }) => `the ${label.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())}`)
  if (labels.length === 0) return 'these credentials'
  return labels.length === 1 ? labels[0]! : `${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}`
}

const MESSAGE_MAX = 200

const oneLine = (message: string): string => {
  const line = message.replace(/\s+/g, ' ').trim()
  return line.length > MESSAGE_MAX ? `${line.slice(0, MESSAGE_MAX - 1)}…` : line
}
