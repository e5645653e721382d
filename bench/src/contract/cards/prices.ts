// 2xx: quotes and snapshots, one and many.
import type { Quote } from '@onetape/market'
import { tierOf } from '@onetape/providers'
import { type Card, classesWhere, everyProvider, must, show, someClass } from '../card.ts'
import { type Stage, UNKNOWN } from '../stage.ts'

const AGE_MAX_US = 20 * 60_000_000

function mustBeQuote(stage: Stage, quote: Quote): void {
  const { last, bid, ask, ts, currency, feed, symbol } = quote
  must(last === null || last > 0, () => `${symbol}: last ${last}`)
  must(last !== null || bid !== null || ask !== null, () => `${symbol}: no price at all`)
  must(bid === null || ask === null || bid <= ask, () => `${symbol}: bid ${bid} above ask ${ask}`)
  const age = stage.marketClock.now() - ts - quote.delayedMinutes * 60_000_000
  must(
    Number.isSafeInteger(ts) && age > -2_000_000 && age < AGE_MAX_US,
    () => `${symbol}: event time is ${age / 1e6} s old`,
  )
  must(currency !== '' && feed !== '', () => `${symbol}: currency ${show(currency)}, feed ${show(feed)}`)
}

const quoted = (stage: Stage) =>
  classesWhere(stage.definition.capabilities, (c) => c.quotes).filter(([c]) => stage.refs(c).length > 0)

export const priceCards: readonly Card[] = [
  {
    id: 201,
    title: 'quotes: every known symbol comes, with a price, both clocks, currency and feed',
    claims: someClass((c) => c.quotes),
    async run(stage) {
      const provider = stage.open()
      for (const [assetClass] of quoted(stage)) {
        const refs = stage.refs(assetClass)
        const { rows, missing, dropped, failure } = await provider.getQuotes(refs)
        must(
          rows.length === refs.length,
          () =>
            `${assetClass}: ${rows.length} of ${refs.length}; missing ${show(missing)}, dropped ${show(dropped)}, ${failure?.message ?? ''}`,
        )
        for (const ref of refs)
          must(
            rows.some((r) => r.symbol === ref.symbol && r.assetClass === assetClass),
            () => `${ref.symbol} is not among the rows`,
          )
        for (const row of rows) mustBeQuote(stage, row)
      }
    },
  },
  {
    id: 202,
    title: 'the feed and delay of a quote are those that its tier declares',
    claims: someClass((c) => c.quotes),
    async run(stage) {
      const provider = stage.open()
      const tier = tierOf(stage.definition.capabilities)
      for (const [assetClass] of quoted(stage)) {
        const access = tier.access[assetClass]?.quotes
        must(
          access !== undefined,
          () => `tier ${tier.name} declares no quotes of ${assetClass}, yet they are declared`,
        )
        const { rows } = await provider.getQuotes(stage.refs(assetClass).slice(0, 2))
        for (const row of rows) {
          must(row.feed === access.feed, () => `${row.symbol}: feed ${row.feed}, declared ${access.feed}`)
          must(
            row.delayedMinutes === access.delayedMinutes,
            () => `${row.symbol}: delayed ${row.delayedMinutes}, declared ${access.delayedMinutes}`,
          )
        }
      }
    },
  },
  {
    id: 203,
    title: 'bulk: many symbols cost as few calls as the capability says',
    claims: someClass((c) => c.snapshots === 'market' || c.snapshots === 'list'),
    async run(stage) {
      const provider = stage.open()
      const { capabilities } = stage.definition
      for (const [assetClass, capability] of classesWhere(
        capabilities,
        (c) => c.snapshots === 'market' || c.snapshots === 'list',
      )) {
        const refs = stage.refs(assetClass)
        if (refs.length === 0) continue
        await provider.getSnapshots({ assetClass, refs }) // sessions, crumbs and tokens are had
        const mark = stage.mark()
        const answer = await provider.getSnapshots({ assetClass, refs })
        const seen = stage.seenSince(mark)
        must(
          answer.rows.length === refs.length,
          () => `${assetClass}: ${answer.rows.length} of ${refs.length}`,
        )
        must(
          answer.calls === seen.length,
          () => `${assetClass}: says ${answer.calls} calls, the vendor saw ${seen.length}`,
        )
        must(seen.length <= 2, () => `${assetClass}: ${seen.length} calls for ${refs.length} symbols`)
        if (capability.snapshots !== 'market') continue
        const all = await provider.getSnapshots({ assetClass, refs: 'all' })
        must(
          all.rows.length >= refs.length,
          () => `${assetClass}: the whole market has ${all.rows.length} rows`,
        )
      }
    },
  },
  {
    id: 204,
    title: 'an unknown symbol is missing, and the others come',
    claims: someClass((c) => c.quotes),
    async run(stage) {
      const provider = stage.open({ timeoutMs: 20_000 })
      for (const [assetClass] of quoted(stage)) {
        const unknown = UNKNOWN[assetClass]
        if (!unknown) continue
        const known = stage.refs(assetClass).slice(0, 2)
        const answer = await provider.getQuotes([...known, { assetClass, symbol: unknown }])
        must(answer.rows.length === 2, () => `${assetClass}: ${answer.rows.length} rows`)
        must(
          answer.missing.length === 1 && answer.missing[0]!.symbol === unknown,
          () => `${assetClass}: missing is ${show(answer.missing)}`,
        )
      }
    },
  },
  {
    id: 205,
    title: 'snapshots agree with quotes and hold a day that contains the last price',
    claims: someClass((c) => c.snapshots !== null),
    async run(stage) {
      const provider = stage.open({ timeoutMs: 20_000 })
      for (const [assetClass] of classesWhere(stage.definition.capabilities, (c) => c.snapshots !== null)) {
        const refs = stage.refs(assetClass).slice(0, 2)
        if (refs.length === 0) continue
        const { rows } = await provider.getSnapshots({ assetClass, refs })
        must(rows.length === refs.length, () => `${assetClass}: ${rows.length} of ${refs.length}`)
        for (const { quote, day, previousClose } of rows) {
          mustBeQuote(stage, quote)
          must(
            previousClose === null || previousClose > 0,
            () => `${quote.symbol}: previous close ${previousClose}`,
          )
          if (!day || quote.last === null) continue
          const within = quote.last >= day.low * 0.999 && quote.last <= day.high * 1.001
          must(within, () => `${quote.symbol}: last ${quote.last} outside its day ${show(day)}`)
        }
      }
    },
  },
  {
    id: 206,
    title: 'no symbols asked: nothing sent, nothing came',
    claims: everyProvider,
    async run(stage) {
      const mark = stage.mark()
      const answer = await stage.open().getQuotes([])
      must(answer.rows.length === 0 && stage.seenSince(mark).length === 0, () => show(answer))
    },
  },
]
