// Whose corporate actions a series is converted by: those of one source, the one that tells most of this instrument. Two
// sources are never put together, or an action that they date differently would count twice.
import { type Db, type Instrument, readCorporateActions, readSync } from '@onetape/db'
import type { CorporateAction } from '@onetape/market'
import { houseOrder } from '@onetape/providers'

export interface KnownActions {
  source: string
  actions: CorporateAction[]
}

/** Nothing else splits or pays dividends here: such a series stands on every basis at once. */
export const canAct = ({ assetClass }: Pick<Instrument, 'assetClass'>): boolean => assetClass === 'equity'

/** Null: no source has told the tape of any, so whether there were some is not known. */
export async function knownActions(db: Db, instrument: Instrument): Promise<KnownActions | null> {
  const told = await readCorporateActions(db, instrument.id)
  const order: readonly string[] = houseOrder[instrument.assetClass]
  const place = (source: string) => (order.includes(source) ? order.indexOf(source) : order.length)
  const [best] = [...Map.groupBy(told, (row) => row.source)].sort(
    ([a, rows], [b, others]) => others.length - rows.length || place(a) - place(b),
  )
  if (!best) return await noneKnown(db, place)
  const [source, rows] = best
  const { assetClass, symbol } = instrument
  const actions = rows.flatMap(({ kind, exDate, ratio, amount, currency }): CorporateAction[] => {
    const common = { assetClass, symbol, exDate }
    if (kind === 'split') return ratio === null ? [] : [{ ...common, kind, ratio }]
    return amount === null ? [] : [{ ...common, kind, amount, currency: currency ?? instrument.currency }]
  })
  return { source, actions }
}

/** A source that tells of the whole market and said nothing of this instrument knows of no action. */
async function noneKnown(db: Db, place: (source: string) => number): Promise<KnownActions | null> {
  const tellers = (await readSync(db)).flatMap(({ scope }) =>
    scope.startsWith('actions:') ? [scope.slice('actions:'.length)] : [],
  )
  const [source] = tellers.sort((a, b) => place(a) - place(b))
  return source === undefined ? null : { source, actions: [] }
}
