// What the procedures of watchlists answer, as the web's type checker reads it too.
import type { AssetClass } from '@onetape/market'

export interface WatchlistItem {
  key: string
  symbol: string
  name: string | null
  assetClass: AssetClass
}

export interface Watchlist {
  id: string
  name: string
  /** An edit names the one that it saw. */
  version: number
  /** In their owner's order. */
  items: WatchlistItem[]
}

/**
 *   taken    the list holds it now
 *   doubled  an earlier line named the same instrument
 *   unknown  the tape has nothing of that name
 *   broken   the line cannot be read
 */
export type ImportOutcome = 'taken' | 'doubled' | 'unknown' | 'broken'

export interface ImportedLine {
  /** From 1, as an editor counts them. */
  line: number
  /** What was looked for; of a broken line, its beginning. */
  text: string
  outcome: ImportOutcome
  key: string | null
  /** One line for people; null where nothing is to be said. */
  why: string | null
}

export interface ImportReport {
  /** The new list; null where not one line could be taken, and nothing was stored. */
  list: { id: string; version: number } | null
  lines: ImportedLine[]
  counts: Record<ImportOutcome, number>
}

export interface ExportedList {
  filename: string
  text: string
}

/** A user's own lists; whose they are is said once, when these are made for a user. */
export interface OwnWatchlists {
  list(): Promise<Watchlist[]>
  create(o: {
    name: string
    keys: readonly string[]
    position?: number
  }): Promise<{ id: string; version: number }>
  change(o: {
    id: string
    version: number
    name?: string
    keys?: readonly string[]
  }): Promise<{ version: number }>
  remove(id: string): Promise<{ removed: boolean }>
  order(ids: readonly string[]): Promise<void>
  add(o: { id: string; keys: readonly string[] }): Promise<{ version: number; added: number }>
  drop(o: { id: string; keys: readonly string[] }): Promise<{ version: number }>
  import(o: { name: string; text: string }): Promise<ImportReport>
  export(id: string): Promise<ExportedList>
  /** Holds the list's instruments in the fastest tier; to be called again before `renewWithinMs` is over. */
  watch(id: string): Promise<{ renewWithinMs: number }>
}

export type Watchlists = (userId: string) => OwnWatchlists
