// 6xx: companies, options, corporate actions, the list of instruments.
import { type Card, classesWhere, must, show, someClass } from '../card.ts'
import { type Stage, UNKNOWN } from '../stage.ts'

const AAPL = { assetClass: 'equity', symbol: 'AAPL' } as const

const providerOf = (stage: Stage) => stage.open({ timeoutMs: 20_000 })

export const referenceCards: readonly Card[] = [
  {
    id: 601,
    title: 'fundamentals: periods newest first, figures that hang together',
    claims: someClass((c) => c.fundamentals),
    async run(stage) {
      const { rows, missing } = await providerOf(stage).getFundamentals!({ ref: AAPL })
      must(rows.length === 1, () => `${rows.length} rows, missing ${show(missing)}`)
      const [f] = rows
      const figures =
        f!.periods.reduce((n, p) => n + Object.keys(p.values).length, 0) + Object.keys(f!.current).length
      must(figures >= 5, () => `only ${figures} figures`)
      const dates = f!.periods.map((p) => p.endDate)
      must(
        dates.every((d, i) => i === 0 || dates[i - 1]! >= d),
        () => show(dates),
      )
      for (const { values } of f!.periods) {
        const { revenue, netIncome, totalAssets, totalLiabilities } = values
        must(revenue === undefined || netIncome === undefined || Math.abs(netIncome) <= revenue, () =>
          show(values),
        )
        must(
          totalAssets === undefined || totalLiabilities === undefined || totalAssets >= totalLiabilities,
          () => show(values),
        )
      }
    },
  },
  {
    id: 602,
    title: 'fundamentals of an unknown symbol: missing, not invented',
    claims: someClass((c) => c.fundamentals),
    async run(stage) {
      const ref = { assetClass: 'equity', symbol: UNKNOWN.equity! } as const
      const kind = await providerOf(stage).getFundamentals!({ ref }).then(
        (a) => (a.rows.length === 0 && a.missing.length === 1 ? 'missing' : show(a)),
        (e) => e.kind as string,
      )
      must(kind === 'missing' || kind === 'not_found', () => kind)
    },
  },
  {
    id: 603,
    title: 'an options chain: one expiry, both rights, sane prices and greeks, expiries in order',
    claims: someClass((c) => c.options),
    async run(stage) {
      const chain = await providerOf(stage).getOptionsChain!({ ref: AAPL })
      must(chain.rows.length >= 10, () => `${chain.rows.length} contracts`)
      must(
        chain.expiry !== null && chain.rows.every((r) => r.expiry === chain.expiry),
        () => `expiry ${chain.expiry}`,
      )
      must(new Set(chain.rows.map((r) => r.right)).size === 2, () => 'only one right')
      must(
        chain.expirations.every((d, i, all) => i === 0 || all[i - 1]! < d),
        () => show(chain.expirations),
      )
      for (const r of chain.rows) {
        must(r.strike > 0 && r.contractSize > 0, () => show(r))
        must(r.bid === null || r.ask === null || r.bid <= r.ask, () => show(r))
        must(r.delta === null || Math.abs(r.delta) <= 1.0001, () => show(r))
        must(r.impliedVolatility === null || (r.impliedVolatility > 0 && r.impliedVolatility < 10), () =>
          show(r),
        )
      }
    },
  },
  {
    id: 604,
    title: 'an options chain of a later expiry is that expiry',
    claims: someClass((c) => c.options),
    async run(stage) {
      const provider = providerOf(stage)
      const { expirations } = await provider.getOptionsChain!({ ref: AAPL })
      const expiry = expirations[Math.min(2, expirations.length - 1)]!
      const chain = await provider.getOptionsChain!({ ref: AAPL, expiry })
      must(
        chain.expiry === expiry && chain.rows.length > 0,
        () => `asked ${expiry}, got ${chain.expiry} with ${chain.rows.length} contracts`,
      )
      must(
        chain.rows.every((r) => r.expiry === expiry),
        () => 'contracts of another expiry',
      )
    },
  },
  {
    id: 605,
    title: 'corporate actions: oldest first, inside the range, ratios and amounts positive',
    claims: someClass((c) => c.corporateActions !== null),
    async run(stage) {
      const range = { from: '2014-01-01', to: '2026-11-01' }
      const { rows } = await providerOf(stage).listCorporateActions!({ refs: [AAPL], ...range })
      must(
        rows.some((r) => r.kind === 'split' && r.exDate === '2020-08-31' && r.ratio === 4),
        () => `the split of 2020 is not among ${rows.length} rows`,
      )
      must(
        rows.some((r) => r.kind === 'dividend'),
        () => 'no dividend',
      )
      for (const r of rows) {
        must(r.symbol === 'AAPL' && r.exDate >= range.from && r.exDate < range.to, () => show(r))
        must(r.kind === 'split' ? r.ratio > 0 : r.amount > 0, () => show(r))
      }
      const dates = rows.map((r) => r.exDate)
      must(
        dates.every((d, i) => i === 0 || dates[i - 1]! <= d),
        () => 'not in order',
      )
    },
  },
  {
    id: 606,
    title: 'the list of instruments names what we quote',
    claims: someClass((c) => c.reference),
    async run(stage) {
      const provider = providerOf(stage)
      for (const [assetClass] of classesWhere(stage.definition.capabilities, (c) => c.reference)) {
        if (stage.refs(assetClass).length === 0 || assetClass === 'index') continue
        const { rows } = await provider.listInstruments!(assetClass)
        const names = new Set(rows.map((r) => r.symbol))
        const absent = stage.refs(assetClass).filter((r) => !names.has(r.symbol))
        must(
          absent.length === 0,
          () => `${assetClass}: ${show(absent.map((a) => a.symbol))} not among ${rows.length}`,
        )
        must(
          rows.every((r) => r.currency !== ''),
          () => 'a row without currency',
        )
      }
    },
  },
]
