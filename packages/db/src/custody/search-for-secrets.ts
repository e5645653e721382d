// Whether a secret stands anywhere in what a run has said, answered or stored: in tests, and in any form in which text
// travels: as it is, in base64 (also inside a longer text that was encoded), hex, as a URL or JSON would carry it.

export interface Said {
  /** For the finder: which log, which answer, which column. */
  where: string
  text: string
}

export interface Secret {
  name: string
  value: string | Uint8Array
}

export interface Leak {
  where: string
  secret: string
  form: string
}

/** Shorter ones would be found where they are not. */
const LENGTH_MIN = 8

export function searchForSecrets(texts: Iterable<Said>, secrets: Iterable<Secret>): Leak[] {
  const looked = [...secrets].map(({ name, value }) => ({ name, forms: formsOf(value) }))
  const leaks: Leak[] = []
  for (const { where, text } of texts) {
    const lower = text.toLowerCase()
    for (const { name, forms } of looked)
      for (const { form, words, anyCase } of forms)
        if (words.some((word) => (anyCase ? lower : text).includes(word)))
          leaks.push({ where, secret: name, form })
  }
  return leaks
}

interface Form {
  form: string
  words: string[]
  /** The words are in lower case and the text may be in any. */
  anyCase?: boolean
}

function formsOf(value: string | Uint8Array): Form[] {
  const bytes = Buffer.from(value as string)
  if (bytes.length < LENGTH_MIN)
    throw new RangeError(`a secret to search for has ${LENGTH_MIN} bytes or more`)
  const base64 = [0, 1, 2].map((offset) => base64At(bytes, offset))
  const forms: Form[] = [
    { form: 'base64', words: base64 },
    { form: 'base64url', words: base64.map((word) => word.replaceAll('+', '-').replaceAll('/', '_')) },
    { form: 'hex', words: [bytes.toString('hex')], anyCase: true },
  ]
  if (typeof value !== 'string') return forms
  const escaped = (text: string) => JSON.stringify(text).slice(1, -1)
  const ascii = (text: string) =>
    text.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const encoded = [
    encodeURIComponent(value),
    encodeURI(value),
    new URLSearchParams([['', value]]).toString().slice(1),
  ]
  return [
    { form: 'as it is', words: [value] },
    { form: 'in JSON', words: [escaped(value), escaped(escaped(value)), ascii(escaped(value))] },
    {
      form: 'in a URL',
      words: encoded.flatMap((w) => [w, encodeURIComponent(w)]).map((w) => w.toLowerCase()),
      anyCase: true,
    },
    ...forms,
  ]
}

/** What of its base64 does not depend on what stands before and after it, where that many bytes of three stand before. */
function base64At(bytes: Uint8Array, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  const whole = (offset + bytes.length) % 3 === 0
  return encoded.slice([0, 2, 3][offset], whole ? undefined : -1)
}
