// The one-time code that the first operator of a live OneTape signs up with: whoever sees the terminal of the server
// may run it. In memory alone, and gone once it is used.
import { createHash, randomInt, timingSafeEqual } from 'node:crypto'

/** Without letters and digits that are taken for one another; 80 bits in all. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const GROUPS = 4
const GROUP_LENGTH = 4

export class FirstOperatorCode {
  /** As it is shown: four groups of four. */
  readonly text: string
  #state: 'free' | 'taken' | 'used' = 'free'

  constructor(text: string = newCode()) {
    this.text = text
  }

  get isUsed(): boolean {
    return this.#state === 'used'
  }

  /** Of several who come at once with the right code, one has it. */
  take(given: string): boolean {
    const isRight = timingSafeEqual(digest(given), digest(this.text))
    if (!isRight || this.#state !== 'free') return false
    this.#state = 'taken'
    return true
  }

  /** The sign-up that took it came to nothing. */
  giveBack(): void {
    if (this.#state === 'taken') this.#state = 'free'
  }

  use(): void {
    this.#state = 'used'
  }
}

/** Of the same length whatever was given; case, dashes and blanks do not count. */
const digest = (code: string): Buffer =>
  createHash('sha256').update(code.toUpperCase().replace(/[\s-]/g, '')).digest()

const newCode = (): string =>
  Array.from({ length: GROUPS }, () =>
    Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''),
  ).join('-')
