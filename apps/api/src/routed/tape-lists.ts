// Lists of symbols that are asked for again and again, with what was found out about them. One that is asked for once
// leaves nothing behind but that it was: a program that asks for another list every time must not fill memory.

const LISTS_MAX = 2_000
const SEEN_MAX = 1_000

export class TapeLists<L> {
  readonly #lists = new Map<string, L>()
  readonly #onLeave: (list: L) => void
  /** Asked for once lately: the newer half, and the older one. */
  #seen = new Set<string>()
  #seenBefore = new Set<string>()

  /** @param onLeave hears of a list that has to make room. */
  constructor(onLeave: (list: L) => void) {
    this.#onLeave = onLeave
  }

  get(text: string): L | undefined {
    return this.#lists.get(text)
  }

  /** Keeps it if it was asked for before. */
  note(text: string, list: L): void {
    if (this.#lists.has(text) || this.#seen.has(text) || this.#seenBefore.has(text)) {
      this.#lists.set(text, list)
      if (this.#lists.size > LISTS_MAX) this.#dropFirst()
      return
    }
    this.#seen.add(text)
    if (this.#seen.size <= SEEN_MAX) return
    this.#seenBefore = this.#seen
    this.#seen = new Set()
  }

  #dropFirst(): void {
    const [first] = this.#lists
    if (!first) return
    this.#lists.delete(first[0])
    this.#onLeave(first[1])
  }
}
