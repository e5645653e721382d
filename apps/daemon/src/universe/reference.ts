// Instruments of the tape: the shipped core list, and the reference list of the first provider of the house order that
// has one. Lists only ever add: an instrument that a shorter answer leaves out stays.
import { type Db, mintInstruments, setTierMembers } from '@onetape/db'
import { type AssetClass, type InstrumentInfo, instrumentKey, isInstrumentKey } from '@onetape/market'
import type { Fetched } from '@onetape/providers'
import { askSource, type House } from '../ingest/ask-source.ts'
import { HOUSE_ORDER } from '../ingest/house-order.ts'
import { CORE_LIST } from './core-list.ts'

export const FULL_UNIVERSE = 'full_universe'
export const CORE = 'core'

const CORE_KEYS: ReadonlySet<string> = new Set(CORE_LIST.map((info) => instrumentKey(info)))

/** Whether it is on the shipped list, whichever tier it is swept with now. */
export const isCore = ({ key }: { key: string }): boolean => CORE_KEYS.has(key)

/** Needs no vendor. */
export async function mintCore(db: Db): Promise<void> {
  const instrumentIds = await mint(db, CORE_LIST)
  await setTierMembers(db, { tier: CORE, instrumentIds, replace: false })
  await setTierMembers(db, { tier: FULL_UNIVERSE, instrumentIds, replace: false })
}

export interface ReferenceLoad {
  source: string
  /** Instruments that the list holds. */
  listed: number
  /** Rows that are no instrument of ours: symbols outside the key grammar, or rows the adapter dropped. */
  skipped: number
}

/** @returns null when no provider with a list can be asked now, or none answered. */
export async function loadReference(
  deps: { db: Db; house: House },
  assetClass: AssetClass,
  signal: AbortSignal,
): Promise<ReferenceLoad | null> {
  for (const name of HOUSE_ORDER[assetClass]) {
    const list = await askForList(deps.house, { name, assetClass, signal })
    if (!list || list.rows.length === 0) continue
    const known = list.rows.filter((info) => isInstrumentKey(instrumentKey(info)))
    const instrumentIds = await mint(deps.db, known)
    await setTierMembers(deps.db, { tier: FULL_UNIVERSE, instrumentIds, replace: false })
    return {
      source: name,
      listed: known.length,
      skipped: list.dropped.length + list.rows.length - known.length,
    }
  }
  return null
}

async function askForList(
  house: House,
  o: { name: string; assetClass: AssetClass; signal: AbortSignal },
): Promise<Fetched<InstrumentInfo> | null> {
  const source = house.sources.get(o.name)
  const has = source?.provider.getCapabilities().byAssetClass[o.assetClass]?.reference
  if (!source?.provider.listInstruments || !has) return null
  return askSource(house, source, {
    kind: 'quotes',
    assetClass: o.assetClass,
    priority: 'repair',
    signal: o.signal,
    call: (options) => source.provider.listInstruments!(o.assetClass, options),
  })
}

async function mint(db: Db, infos: readonly InstrumentInfo[]): Promise<number[]> {
  const minted = await mintInstruments(
    db,
    infos.map(({ assetClass, symbol, name, currency, listingType }) => ({
      ref: { assetClass, symbol },
      name,
      currency,
      listingType,
    })),
  )
  return minted.map((instrument) => instrument.id)
}
