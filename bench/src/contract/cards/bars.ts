// 3xx: bars in order, whole over pages, on the declared basis, and nothing where there is nothing.
import {
  type AssetClass,
  type Bar,
  DAY_US,
  isIntraday,
  MINUTE_US,
  ohlcvFault,
  sessionsBetween,
  type Timeframe,
  venueOf,
} from '@onetape/market'
import type { Capability, IDataProvider } from '@onetape/providers'
import { type Card, classesWhere, must, show, someClass } from '../card.ts'
import { refusalOf, type Stage, UNKNOWN } from '../stage.ts'

const barred = (stage: Stage): [AssetClass, Capability][] =>
  classesWhere(stage.definition.capabilities, (c) => c.bars.length > 0).filter(
    ([c]) => stage.refs(c).length > 0 && c !== 'index',
  )

const SPANS_US: Record<string, number> = { '1d': 20 * DAY_US, '1w': 120 * DAY_US, '1mo': 400 * DAY_US }
const spanOf = (timeframe: Timeframe): number => SPANS_US[timeframe] ?? 2 * DAY_US

async function ask(
  provider: IDataProvider,
  assetClass: AssetClass,
  timeframe: Timeframe,
  stage: Stage,
  span = spanOf(timeframe),
) {
  const to = stage.marketClock.now()
  const ref = stage.refs(assetClass)[0]!
  const answer = await provider.getBars({ ref, timeframe, from: to - span, to })
  return { ...answer, ref, from: to - span, to }
}

function mustBeSeries(
  bars: readonly Bar[],
  o: { timeframe: Timeframe; from: number; to: number; symbol: string },
): void {
  bars.forEach((bar, i) => {
    const fault = ohlcvFault(bar)
    must(fault === null, () => `${o.symbol} ${bar.ts}: ${fault}`)
    must(
      bar.symbol === o.symbol && bar.timeframe === o.timeframe,
      () => `a bar of ${bar.symbol} ${bar.timeframe}`,
    )
    must(
      bar.ts >= o.from && bar.ts < o.to,
      () => `${o.timeframe} bar at ${bar.ts} outside of [${o.from}, ${o.to})`,
    )
    must(
      i === 0 || bars[i - 1]!.ts < bar.ts,
      () => `${o.timeframe}: bar ${i} is not later than the one before it`,
    )
  })
}

export const barCards: readonly Card[] = [
  {
    id: 301,
    title: 'every declared timeframe comes: in order, inside the range, each once, well formed',
    claims: someClass((c) => c.bars.length > 0),
    async run(stage) {
      const provider = stage.open({ timeoutMs: 20_000 })
      for (const [assetClass, capability] of barred(stage)) {
        for (const timeframe of capability.bars) {
          const { rows, ref, from, to, dropped } = await ask(provider, assetClass, timeframe, stage)
          must(rows.length > 0, () => `${assetClass} ${timeframe}: no bars; dropped ${show(dropped)}`)
          mustBeSeries(rows, { timeframe, from, to, symbol: ref.symbol })
          const wrong = rows.find((r) => r.basis !== capability.barsBasis)
          must(
            !wrong,
            () => `${assetClass} ${timeframe}: basis ${wrong?.basis}, declared ${capability.barsBasis}`,
          )
        }
      }
    },
  },
  {
    id: 302,
    title: 'over pages: one long question gives the same bars as many short ones',
    claims: someClass((c) => c.bars.includes('1m')),
    async run(stage) {
      const provider = stage.open({ timeoutMs: 30_000 })
      const [assetClass] = barred(stage).find(([, c]) => c.bars.includes('1m'))!
      const ref = stage.refs(assetClass)[0]!
      const to = Math.floor(stage.marketClock.now() / DAY_US) * DAY_US
      const days = stage.definition.name === 'ibkr' ? 3 : 12
      const from = to - days * DAY_US
      const whole = await provider.getBars({ ref, timeframe: '1m', from, to })
      const parts: Bar[] = []
      for (let at = from; at < to; at += DAY_US) {
        parts.push(...(await provider.getBars({ ref, timeframe: '1m', from: at, to: at + DAY_US })).rows)
      }
      must(whole.rows.length > 390, () => `only ${whole.rows.length} minutes in ${days} days`)
      must(
        whole.rows.length === parts.length,
        () => `${whole.rows.length} at once, ${parts.length} day by day`,
      )
      const other = whole.rows.findIndex((bar, i) => bar.ts !== parts[i]!.ts || bar.close !== parts[i]!.close)
      must(other < 0, () => `bar ${other} differs: ${show(whole.rows[other])} and ${show(parts[other])}`)
    },
  },
  {
    id: 303,
    title: 'daily bars: one for each session of the venue, on its trading date',
    claims: someClass((c) => c.bars.includes('1d')),
    async run(stage) {
      const provider = stage.open({ timeoutMs: 20_000 })
      for (const [assetClass] of barred(stage).filter(([, c]) => c.bars.includes('1d'))) {
        const { rows, ref } = await ask(provider, assetClass, '1d', stage)
        const venue = venueOf(assetClass)
        const known = new Set(
          sessionsBetween(venue, rows[0]!.sessionDate, rows.at(-1)!.sessionDate).map((s) => s.date),
        )
        for (const bar of rows)
          must(known.has(bar.sessionDate), () => `${ref.symbol}: ${bar.sessionDate} is no trading date`)
        must(rows.length === known.size, () => `${ref.symbol}: ${rows.length} days, ${known.size} sessions`)
      }
    },
  },
  {
    id: 304,
    title: 'the bar under way is not final, those before it are',
    claims: someClass((c) => c.bars.includes('1m')),
    async run(stage) {
      const provider = stage.open({ timeoutMs: 20_000 })
      for (const [assetClass, { bars }] of barred(stage).filter(([, c]) => c.bars.includes('1m'))) {
        must(bars.some(isIntraday), () => 'no intraday bars')
        const { rows } = await ask(provider, assetClass, '1m', stage, 30 * MINUTE_US)
        const now = stage.marketClock.now()
        for (const bar of rows) {
          const ended = bar.ts + MINUTE_US <= now - 2_000_000
          must(
            !bar.final || bar.ts + MINUTE_US <= now,
            () => `${assetClass}: a minute that runs is called final`,
          )
          const delayed = bar.feed === 'delayed'
          must(
            bar.final || !ended || delayed,
            () => `${assetClass}: a minute that ended ${(now - bar.ts) / 1e6 - 60} s ago is not final`,
          )
        }
      }
    },
  },
  {
    id: 305,
    title: 'a range without trading is empty, not an error',
    claims: someClass((c) => c.bars.includes('1m')),
    async run(stage) {
      const provider = stage.open({ timeoutMs: 20_000 })
      // A Sunday morning within reach of every vendor's minutes; crypto asks before its pairs existed in the future.
      const sunday = Date.parse('2026-11-15T12:00:00Z') * 1000
      for (const [assetClass] of barred(stage).filter(
        ([c, cap]) => c !== 'crypto' && cap.bars.includes('1m'),
      )) {
        const ref = stage.refs(assetClass)[0]!
        const answer = await provider.getBars({
          ref,
          timeframe: '1m',
          from: sunday,
          to: sunday + 10 * MINUTE_US,
        })
        must(answer.rows.length === 0, () => `${assetClass}: ${answer.rows.length} bars on a Sunday`)
      }
      const [assetClass] = barred(stage)[0]!
      const ref = stage.refs(assetClass)[0]!
      const backwards = await provider.getBars({ ref, timeframe: '1m', from: sunday, to: sunday })
      must(backwards.rows.length === 0, () => 'an empty range gave bars')
    },
  },
  {
    id: 306,
    title: 'bars of an unknown symbol: not_found, or none',
    claims: someClass((c) => c.bars.includes('1d')),
    async run(stage) {
      const provider = stage.open({ timeoutMs: 20_000 })
      for (const [assetClass] of barred(stage).filter(([, c]) => c.bars.includes('1d'))) {
        const symbol = UNKNOWN[assetClass]
        if (!symbol) continue
        const to = stage.marketClock.now()
        const question = provider.getBars({
          ref: { assetClass, symbol },
          timeframe: '1d',
          from: to - 10 * DAY_US,
          to,
        })
        const kind = await question.then(
          (answer) => (answer.rows.length === 0 ? 'none' : `${answer.rows.length} bars`),
          () => refusalOf(question).then((e) => e.kind),
        )
        must(kind === 'none' || kind === 'not_found', () => `${assetClass}: ${kind}`)
      }
    },
  },
]
