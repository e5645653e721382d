// What a connection has subscribed to, by kind of event.
import type { Listing } from '../market/listing.ts'
import type { Topic, TopicKind } from './topics.ts'

export class Subscriptions {
  readonly #all = new Set<TopicKind>()
  readonly #listings = new Map<TopicKind, Set<Listing>>()

  set({ kind, listing }: Topic, on: boolean): void {
    if (listing === null) return
    if (listing === 'all') {
      if (on) this.#all.add(kind)
      else this.#all.delete(kind)
      return
    }
    const known = this.#listings.get(kind) ?? new Set()
    this.#listings.set(kind, known)
    if (on) known.add(listing)
    else known.delete(listing)
  }

  wants(kind: TopicKind, listing: Listing): boolean {
    const some = this.#listings.get(kind)
    if (this.#all.has(kind) || some?.has(listing)) return true
    // A tick of a listing that nobody follows comes by order of a fault: it takes the place of one that is.
    return some !== undefined && some.size > 0 && !this.#knows(listing)
  }

  #knows(listing: Listing): boolean {
    return this.#all.size > 0 || [...this.#listings.values()].some((set) => set.has(listing))
  }

  followed(kinds: readonly TopicKind[], everything: readonly Listing[]): Iterable<Listing> {
    if (kinds.some((kind) => this.#all.has(kind))) return everything
    return new Set(kinds.flatMap((kind) => [...(this.#listings.get(kind) ?? [])]))
  }
}
