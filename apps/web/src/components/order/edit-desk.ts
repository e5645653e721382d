// What a person changes of their orders and pins: shown at once, saved behind it, undone, and told when another tab or
// device was quicker. Knows no network and no React: both are handed in.
//
//   change -> pending (shown) -> save with the version that was seen
//             saved:    the row takes its new version; a change made meanwhile is saved next
//             conflict: theirs is read and shown, mine is kept beside it until it is applied again or let go
//             failed:   what was there before is shown again, and why
import type { AssetClass, DataKind } from '@onetape/market'
import { type Order, sameOrder } from './source-order.ts'

export type Subject =
  | { what: 'order'; kind: DataKind; assetClass: AssetClass | 'all' }
  | { what: 'pin'; kind: DataKind; key: string; symbol: string }

/** The sources of an order; the one source of a pin; null: none was set. */
export type Value = Order | null

export interface Held {
  value: Value
  version: number
}

export interface Edit {
  subject: Subject
  before: Value
  after: Value
}

export interface Conflict extends Edit {
  theirs: Value
}

export interface DeskState {
  /** What is shown over what was read, by subject. */
  pending: ReadonlyMap<string, Value>
  status: { state: 'idle' | 'saving' | 'saved' | 'failed'; edit: Edit | null; line: string | null }
  conflict: Conflict | null
  undo: readonly Edit[]
  redo: readonly Edit[]
}

export interface DeskPorts {
  /** As it was last read. */
  held(subject: Subject): Held
  /** Answers the new version. */
  save(subject: Subject, value: Value, version: number): Promise<number>
  /** What was saved, to be held from now on. */
  settle(subject: Subject, held: Held): void
  /** Reads everything anew. */
  refresh(): Promise<unknown>
  isConflict(error: unknown): boolean
  lineOf(error: unknown): string
}

const UNDO_MAX = 50

export const idOf = (subject: Subject): string =>
  subject.what === 'order'
    ? `order ${subject.kind} ${subject.assetClass}`
    : `pin ${subject.kind} ${subject.key}`

export class EditDesk {
  state: DeskState = {
    pending: new Map(),
    status: { state: 'idle', edit: null, line: null },
    conflict: null,
    undo: [],
    redo: [],
  }
  readonly #ports: DeskPorts
  readonly #listeners = new Set<() => void>()
  readonly #writing = new Set<string>()
  /** What each subject held when its unsaved changes began. */
  readonly #bases = new Map<string, Value>()

  constructor(ports: DeskPorts) {
    this.#ports = ports
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  valueOf(subject: Subject): Value {
    const id = idOf(subject)
    return this.state.pending.has(id) ? this.state.pending.get(id)! : this.#ports.held(subject).value
  }

  /** Resolves when it is saved, or known not to be. */
  change(subject: Subject, after: Value): Promise<void> {
    const edit = { subject, before: this.valueOf(subject), after }
    if (sameOrder(edit.before, after)) return Promise.resolve()
    this.#set({ undo: [...this.state.undo, edit].slice(-UNDO_MAX), redo: [] })
    return this.#put(edit)
  }

  /** Takes the last change back; what it was, or null where there is none. */
  undo(): Edit | null {
    const edit = this.state.undo.at(-1)
    if (!edit || this.#isStale(edit, edit.after)) return null
    this.#set({ undo: this.state.undo.slice(0, -1), redo: [...this.state.redo, edit] })
    void this.#put({ subject: edit.subject, before: edit.after, after: edit.before })
    return edit
  }

  redo(): Edit | null {
    const edit = this.state.redo.at(-1)
    if (!edit || this.#isStale(edit, edit.before)) return null
    this.#set({ redo: this.state.redo.slice(0, -1), undo: [...this.state.undo, edit] })
    void this.#put(edit)
    return edit
  }

  /** Changed elsewhere since, and seen here: to step back from mine would take theirs away unasked. */
  #isStale(edit: Edit, expected: Value): boolean {
    if (sameOrder(this.valueOf(edit.subject), expected)) return false
    this.#forget(idOf(edit.subject))
    const line = 'It was changed elsewhere since, and that stands.'
    this.#set({ status: { state: 'failed', edit, line } })
    return true
  }

  #forget(id: string): void {
    const others = (edits: readonly Edit[]) => edits.filter((e) => idOf(e.subject) !== id)
    this.#set({ undo: others(this.state.undo), redo: others(this.state.redo) })
  }

  /** Ends a conflict; with a value, that is saved over theirs. */
  settleConflict(value?: Value): Promise<void> {
    const { conflict } = this.state
    this.#set({ conflict: null })
    if (!conflict || value === undefined) return Promise.resolve()
    return this.change(conflict.subject, value)
  }

  #put(edit: Edit): Promise<void> {
    const id = idOf(edit.subject)
    if (!this.#bases.has(id)) this.#bases.set(id, this.#ports.held(edit.subject).value)
    this.#set({
      pending: new Map(this.state.pending).set(id, edit.after),
      status: { state: 'saving', edit, line: null },
      conflict: this.state.conflict && idOf(this.state.conflict.subject) === id ? null : this.state.conflict,
    })
    return this.#writing.has(id) ? Promise.resolve() : this.#write(id, edit)
  }

  async #write(id: string, edit: Edit): Promise<void> {
    const { subject } = edit
    this.#writing.add(id)
    let value = this.state.pending.get(id) ?? null
    try {
      for (;;) {
        value = this.state.pending.get(id) ?? null
        const version = await this.#ports.save(subject, value, this.#ports.held(subject).version)
        this.#ports.settle(subject, { value, version })
        this.#bases.set(id, value)
        if (sameOrder(this.state.pending.get(id) ?? null, value)) break
      }
      this.#close(id)
      if (this.#writing.size === 1) {
        this.#set({ status: { state: 'saved', edit: this.state.status.edit ?? edit, line: null } })
      }
    } catch (error) {
      await this.#failed(id, edit, error)
    } finally {
      this.#writing.delete(id)
    }
  }

  async #failed(id: string, edit: Edit, error: unknown): Promise<void> {
    const { subject } = edit
    const mine = this.state.pending.get(id) ?? null
    const before = this.#bases.get(id) ?? null
    const isConflict = this.#ports.isConflict(error)
    if (isConflict) await this.#ports.refresh().catch(() => {})
    this.#close(id)
    // Steps that led to what was not saved lead nowhere now.
    this.#forget(id)
    if (!isConflict) {
      this.#set({ status: { state: 'failed', edit, line: this.#ports.lineOf(error) } })
      return
    }
    const theirs = this.#ports.held(subject).value
    const same = sameOrder(theirs, mine)
    this.#set({
      conflict: same ? null : { subject, before, after: mine, theirs },
      status: same
        ? { state: 'saved', edit, line: null }
        : { state: 'failed', edit, line: 'It was changed elsewhere meanwhile.' },
    })
  }

  #close(id: string): void {
    this.#bases.delete(id)
    const pending = new Map(this.state.pending)
    pending.delete(id)
    this.#set({ pending })
  }

  #set(change: Partial<DeskState>): void {
    this.state = { ...this.state, ...change }
    for (const tell of this.#listeners) tell()
  }
}
