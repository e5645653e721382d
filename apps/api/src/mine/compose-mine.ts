// Puts the user's side together: the ports by which the router asks for somebody, and the door of the procedures.
import {
  asUser,
  type BudgetBook,
  type Db,
  type KeyRing,
  readOrders,
  readOutages,
  readPins,
  readUserSources,
} from '@onetape/db'
import type { Clock, SymbolRef } from '@onetape/market'
import type {
  Awaitable,
  HealthBoard,
  HouseSettings,
  PreferencesPort,
  ProviderDefinition,
  RoutedSource,
  SourcesPort,
} from '@onetape/providers'
import { z } from 'zod'
import type { InstrumentBook } from '../routed/instrument-book.ts'
import { createMine } from './create-mine.ts'
import { seedDemoSources } from './demo-sources.ts'
import type { Mine } from './mine.ts'
import { openOwnSource, type VendorDeps } from './own-source.ts'
import { createProbes } from './probes.ts'
import { MINE_CHANGES, UserChanges } from './user-changes.ts'
import { orderIn, type UserView } from './user-view.ts'
import { type StoredWorld, UserViews } from './user-views.ts'
import { createVendorBook } from './vendor-book.ts'

export interface MineOptions {
  db: Db
  mode: 'demo' | 'live'
  settings: HouseSettings
  definitions: readonly ProviderDefinition[]
  keys?: KeyRing | undefined
  house: readonly RoutedSource[]
  budgets: BudgetBook
  health: HealthBoard
  book: InstrumentBook
  vendorDeps: VendorDeps
  wallClock: Clock
  onProblem(error: unknown): void
}

export interface ComposedMine extends AsyncDisposable {
  mine: Mine
  sources: SourcesPort
  preferences: PreferencesPort
  isOwn(userId: string, source: string): boolean
  userChanged(payload: string): void
  usersMayHaveChanged(): void
  endChanges(): void
  seedDemo(userId: string): Promise<void>
}

const noteSchema = z.object({ userId: z.string(), what: z.enum(MINE_CHANGES) })

export function composeMine(o: MineOptions): ComposedMine {
  const { db, house, wallClock, onProblem } = o
  const vendors = createVendorBook(o)
  const changes = new UserChanges()
  const opener = { ...o, vendors, keys: o.keys ?? null }
  const views = new UserViews({
    ...{ house, wallClock, onProblem },
    read: (userId) => readWorld(db, userId, wallClock.now()),
    open: (request) => openOwnSource(opener, request),
    onDue(userId) {
      changes.tell(userId, 'outages')
      changes.tell(userId, 'sources')
    },
  })
  const probes = createProbes(o.vendorDeps)
  const parts = { ...opener, probes, views, changes }
  return {
    mine: createMine(parts),
    ...portsOf(views, o),
    isOwn: (userId, source) => views.owns(userId, source),
    userChanged(payload) {
      const note = noteSchema.safeParse(jsonOf(payload)).data
      if (!note) return
      views.drop(note.userId)
      changes.tell(note.userId, note.what)
    },
    usersMayHaveChanged() {
      views.dropAll()
      changes.tellAll()
    },
    endChanges: () => changes.close(),
    seedDemo: (userId) => seedDemoSources(parts, userId),
    async [Symbol.asyncDispose]() {
      changes.close()
      await views[Symbol.asyncDispose]()
    },
  }
}

/** The house's own questions follow the house's order, and nobody's pins. */
function portsOf(
  views: UserViews,
  { house, book }: Pick<MineOptions, 'house' | 'book'>,
): { sources: SourcesPort; preferences: PreferencesPort } {
  const of = <T>(userId: string | null, none: T, use: (view: UserView) => Awaitable<T>): Awaitable<T> => {
    if (userId === null) return none
    const view = views.of(userId)
    return view instanceof Promise ? view.then(use) : use(view)
  }
  /** Pins name instruments; a question names what they are called today. */
  const pinned = async (pins: UserView['pins'], ref: SymbolRef): Promise<string | null> => {
    const instrument = await book.byRef(ref)
    return pins.find(({ key }) => key === instrument?.key)?.source ?? null
  }
  return {
    sources: { forUser: (userId) => of(userId, house, ({ sources }) => sources) },
    preferences: {
      order: (userId, kind, assetClass) => of(userId, null, (view) => orderIn(view, kind, assetClass)),
      pin: (userId, kind, ref) =>
        of<string | null>(userId, null, ({ pins }) => {
          const near = pins.filter((p) => p.kind === kind && p.key.startsWith(`${ref.assetClass}:`))
          return near.length === 0 ? null : pinned(near, ref)
        }),
    },
  }
}

async function readWorld(db: Db, userId: string, wallNow: number): Promise<StoredWorld> {
  return await asUser(db, userId, async (tx) => ({
    sources: await readUserSources(tx),
    orders: await readOrders(tx),
    pins: await readPins(tx),
    outages: await readOutages(tx, wallNow),
  }))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
