// Loads each asset class' reference list once a day of the market, as soon as a source can be asked, and says so in
// the tape: a restart does not load it again.
import { type Db, readSync, writeBatch } from '@onetape/db'
import { type AssetClass, type Clock, DAY_US, dateInZone } from '@onetape/market'
import type { House } from '../ingest/ask-source.ts'
import type { SweptAssetClass } from '../ingest/house-order.ts'
import type { Log } from '../log.ts'
import { loadReference, type ReferenceLoad } from './reference.ts'

export interface ReferenceJobDeps {
  db: Db
  house: House
  market: Clock
  log: Log
  signal: AbortSignal
  /** Called after a list was loaded. */
  onLoaded(assetClass: SweptAssetClass): Promise<void>
}

/** Of indices there are tens of thousands, and none beside the core's that anybody asked for. */
const LISTED_ASSET_CLASSES = ['equity', 'crypto', 'fx'] as const satisfies readonly SweptAssetClass[]

export function createReferenceJob(deps: ReferenceJobDeps): () => Promise<void> {
  const loadedOn = new Map<AssetClass, string>()
  let isRead = false
  const today = () => dateInZone(deps.market.now(), 'America/New_York')

  return async () => {
    if (!isRead) {
      for (const [assetClass, date] of await readLoadDates(deps.db)) loadedOn.set(assetClass, date)
      isRead = true
    }
    for (const assetClass of LISTED_ASSET_CLASSES) {
      const date = today()
      if (loadedOn.get(assetClass) === date) continue
      const load = await loadReference(deps, assetClass, deps.signal)
      if (!load) continue
      await writeLoadDate(deps, { assetClass, date, load })
      loadedOn.set(assetClass, date)
      deps.log.info(
        { assetClass, ...load },
        `${load.listed} ${assetClass} instruments listed by ${load.source}`,
      )
      await deps.onLoaded(assetClass)
    }
  }
}

async function readLoadDates(db: Db): Promise<Map<AssetClass, string>> {
  const sync = new Map((await readSync(db)).map((row) => [row.scope, row.detail as { date?: string } | null]))
  return new Map(
    LISTED_ASSET_CLASSES.flatMap((assetClass) => {
      const date = sync.get(`reference:${assetClass}`)?.date
      return date === undefined ? [] : [[assetClass, date] as const]
    }),
  )
}

async function writeLoadDate(
  { db, market }: ReferenceJobDeps,
  o: { assetClass: AssetClass; date: string; load: ReferenceLoad },
): Promise<void> {
  const now = market.now()
  const { source } = o.load
  const sync = {
    scope: `reference:${o.assetClass}`,
    lastSync: now,
    nextSync: now + DAY_US,
    status: 'ok',
    rowsBehind: o.load.skipped,
    detail: { date: o.date, ...o.load },
  }
  await writeBatch(db, { kind: 'daily', source, feed: source, fetchedAt: now, marketNow: now, sync })
}
