import type { SymbolRef } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import type { CallBudget, IDataProvider, ProviderDeps, StreamEvent, WireCall } from '../contract.ts'
import { at, clockAt } from '../testing-server.ts'
import { ibkr } from './index.ts'
import { contractDetails, type Field, MESSAGE, type Sent, testTws } from './testing-tws.ts'

const NOW = '2026-02-25T15:00:30Z'
const equity = (symbol: string): SymbolRef => ({ assetClass: 'equity', symbol })
const ACME = equity('ACME')
const EURUSD: SymbolRef = { assetClass: 'fx', symbol: 'EUR-USD' }

const depsFor = (url: string, over: Partial<ProviderDeps> = {}): ProviderDeps => ({
  fetch,
  marketClock: clockAt(NOW),
  wallClock: { now: () => Date.now() * 1000 },
  random: () => 0.5,
  timeoutMs: 2000,
  baseUrls: { tws: url },
  credentials: {},
  ...over,
})

/** A provider whose socket ends with the test. */
async function withProvider<T>(
  url: string,
  use: (provider: IDataProvider) => Promise<T>,
  over: Partial<ProviderDeps> = {},
): Promise<T> {
  const provider = ibkr.create(depsFor(url, over))
  try {
    return await use(provider)
  } finally {
    await provider.close!()
  }
}

type Say = (...fields: Field[]) => void

const CON_IDS: Record<string, number> = {
  ACME: 101,
  'BRK B': 102,
  EUR: 103,
  SPX: 104,
  DENIED: 105,
  THIN: 106,
}

/** Contract details by symbol; whatever else is asked goes to `answer`. */
const tws = (answer: (sent: Sent, say: Say) => void) => (sent: Sent, say: Say) => {
  if (sent[0] !== MESSAGE.contract) return answer(sent, say)
  const [, , id, , symbol, secType] = sent as [string, string, string, string, string, string]
  const conId = CON_IDS[symbol]
  if (!conId) return say(4, 2, id, 200, 'No security definition has been found for the request', '')
  if (secType === 'STK') {
    say(...contractDetails(id, { symbol, conId: 9, primary: 'LSE', currency: 'GBP', secType }))
  }
  say(...contractDetails(id, { symbol, conId, secType }))
  say(52, 1, id)
}

const tick = (say: Say, id: string, field: number, price: number, size: number) =>
  say(1, 6, id, field, price, size, 0)

/** A complete snapshot of ACME, live. */
function acmeTicks(say: Say, id: string): void {
  tick(say, id, 1, 50.1, 300)
  tick(say, id, 2, 50.12, 1200)
  tick(say, id, 4, 50.11, 100)
  for (const [field, price] of [
    [14, 49.6],
    [6, 50.9],
    [7, 49.2],
    [9, 49.5],
  ] as const) {
    tick(say, id, field, price, 0)
  }
  say(2, 6, id, 8, '12345.67')
  say(46, 6, id, 45, Date.parse('2026-02-25T15:00:29Z') / 1000)
}

describe('snapshots', () => {
  it('contract once, then one snapshot each time; complete ones are not waited out', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] === MESSAGE.marketData) acmeTicks(say, sent[2]!)
      }),
    )
    const calls: WireCall[] = []
    const options = { onCall: (call: WireCall) => calls.push(call) }
    const [first, second] = await withProvider(vendor.url, async (provider) => [
      await provider.getSnapshots({ assetClass: 'equity', refs: [ACME] }, options),
      await provider.getSnapshots({ assetClass: 'equity', refs: [ACME] }, options),
    ])
    expect(first.rows).toEqual([
      {
        quote: {
          ...ACME,
          ts: at('2026-02-25T15:00:29Z'),
          tsOrigin: 'vendor',
          last: 50.11,
          bid: 50.1,
          ask: 50.12,
          bidSize: 300,
          askSize: 1200,
          volume: 12_345.67,
          feed: 'smart',
          delayedMinutes: 0,
          currency: 'USD',
        },
        minuteBar: null,
        day: { open: 49.6, high: 50.9, low: 49.2, close: 50.11, volume: 12_345.67 },
        sessionDate: '2026-02-25',
        previousClose: 49.5,
      },
    ])
    expect([first.calls, second.calls]).toEqual([2, 1])
    expect(calls.map((c) => [c.what, c.scope, c.outcome, c.status])).toEqual([
      ['reqContractDetails', 'messages', 'ok', null],
      ['reqMktData', 'messages', 'ok', null],
      ['reqMktData', 'messages', 'ok', null],
    ])
    // The namesake in London was passed over, and live-or-delayed was asked for.
    const request = vendor.sent.find((s) => s[0] === MESSAGE.marketData)!
    expect(request[3]).toBe('101')
    expect(vendor.sent.find((s) => s[0] === MESSAGE.dataType)).toEqual(['59', '1', '3'])
    expect(vendor.opened()).toBe(1)
  })

  it('an incomplete snapshot ends when TWS ends it; -1 is no price; a class of share has a space', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] !== MESSAGE.marketData) return
        tick(say, sent[2]!, 4, 500.5, 10)
        tick(say, sent[2]!, 1, -1, 0)
        say(57, 1, sent[2]!)
      }),
    )
    const some = await withProvider(vendor.url, (p) => p.getQuotes([equity('BRK.B')]))
    expect(some.rows[0]).toMatchObject({
      symbol: 'BRK.B',
      last: 500.5,
      bid: null,
      bidSize: null,
      ts: at(NOW),
      tsOrigin: 'response',
    })
    expect(vendor.sent.find((s) => s[0] === MESSAGE.contract)![4]).toBe('BRK B')
  })

  it('a tick that is no number is dropped and said, the others are the quote', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] !== MESSAGE.marketData) return
        say(1, 6, sent[2]!, 1, 'n/a', 300, 0)
        acmeTicks(say, sent[2]!)
      }),
    )
    const some = await withProvider(vendor.url, (p) => p.getQuotes([ACME]))
    expect(some.rows).toHaveLength(1)
    expect(some.dropped).toEqual([{ row: 'ACME', reason: 'tick 1 is not a number' }])
  })

  it('delayed ticks are told apart (10167, ids 66 to 76) and are 15 minutes behind', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] !== MESSAGE.marketData) return
        const id = sent[2]!
        say(4, 2, id, 10167, 'Displaying delayed market data', '')
        tick(say, id, 66, 50, 100)
        tick(say, id, 67, 50.2, 100)
        tick(say, id, 68, 50.1, 100)
        say(46, 6, id, 88, Date.parse('2026-02-25T14:45:00Z') / 1000)
        say(57, 1, id)
      }),
    )
    const { rows } = await withProvider(vendor.url, (p) => p.getQuotes([ACME]))
    expect(rows[0]).toMatchObject({
      last: 50.1,
      bid: 50,
      delayedMinutes: 15,
      feed: 'delayed',
      ts: at('2026-02-25T14:45:00Z'),
    })
  })

  it('unknown ones are missing, one without a subscription is dropped beside others, alone it is the answer', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] !== MESSAGE.marketData) return
        if (sent[3] === '105') say(4, 2, sent[2]!, 354, 'Requested market data is not subscribed.', '')
        else acmeTicks(say, sent[2]!)
      }),
    )
    await withProvider(vendor.url, async (provider) => {
      const some = await provider.getQuotes([ACME, equity('DENIED'), equity('NOPE')])
      expect(some.rows.map((q) => q.symbol)).toEqual(['ACME'])
      expect([some.missing, some.dropped.map((d) => d.row)]).toEqual([[equity('NOPE')], ['DENIED']])
      await expect(provider.getQuotes([equity('DENIED')])).rejects.toMatchObject({ kind: 'not_entitled' })
    })
  })

  it('a pair has no trades: its last is the middle of bid and ask at IDEALPRO', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] !== MESSAGE.marketData) return
        tick(say, sent[2]!, 1, 1.1, 1_000_000)
        tick(say, sent[2]!, 2, 1.1002, 2_000_000)
      }),
    )
    const { rows } = await withProvider(vendor.url, (p) => p.getQuotes([EURUSD]))
    expect(rows[0]).toMatchObject({
      ...EURUSD,
      last: 1.1001,
      volume: null,
      feed: 'idealpro',
      currency: 'USD',
    })
    const contract = vendor.sent.find((s) => s[0] === MESSAGE.contract)!
    expect([contract[4], contract[5], contract[10], contract[12]]).toEqual(['EUR', 'CASH', 'IDEALPRO', 'USD'])
  })

  it('a terminal that sends lots: sizes and volumes of US shares become shares, nothing else changes', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        const id = sent[0] === MESSAGE.history ? sent[1]! : sent[2]!
        if (sent[0] === MESSAGE.marketData) acmeTicks(say, id)
        if (sent[0] === MESSAGE.history)
          say(17, id, 'from', 'to', 1, '20260224', 49, 51, 48, 50, '948837.22', 50, 9)
      }),
    )
    const range = {
      timeframe: '1d',
      from: at('2026-02-24T00:00:00Z'),
      to: at('2026-02-25T00:00:00Z'),
    } as const
    const lots = { credentials: { shareLot: '100' } }
    await withProvider(
      vendor.url,
      async (provider) => {
        const { rows } = await provider.getSnapshots({ assetClass: 'equity', refs: [ACME] })
        expect(rows[0]).toMatchObject({
          quote: { bidSize: 30_000, askSize: 120_000, volume: 1_234_567 },
          day: { volume: 1_234_567 },
        })
        const bars = await provider.getBars({ ref: ACME, ...range })
        expect(bars.rows.map((b) => b.volume)).toEqual([94_883_722])
        const pair = await provider.getQuotes([EURUSD])
        expect(pair.rows[0]).toMatchObject({ bidSize: 300, askSize: 1200, volume: null })
        const stream = provider.streamQuotes!([ACME])
        for await (const event of stream) {
          if (event.type !== 'quote' || event.quote.volume === null) continue
          expect(event.quote).toMatchObject({ bidSize: 30_000, volume: 1_234_567 })
          break
        }
      },
      lots,
    )
  })

  it('a lot is 1 share or 100: any other is said before anything is asked', () => {
    const withLot = (shareLot: string) => () =>
      ibkr.create(depsFor('tcp://127.0.0.1:1', { credentials: { shareLot } }))
    for (const wrong of ['10', '0', 'lots', '1e2']) {
      expect(withLot(wrong), wrong).toThrow(
        expect.objectContaining({
          kind: 'invalid_request',
          message: expect.stringMatching(/IBKR_SHARE_LOT.* 1, or 100/),
        }),
      )
    }
    for (const right of ['', '1', '100', ' 100 ']) expect(withLot(right), right).not.toThrow()
  })

  it('codes become kinds', async () => {
    const cases: [number, string, string][] = [
      [420, 'Invalid Real-time Query: pacing violation', 'rate_limited'],
      [100, 'Max rate of messages per second has been exceeded', 'rate_limited'],
      [10089, 'Requested market data requires additional subscription', 'not_entitled'],
      [10197, 'No market data during competing live session', 'unavailable'],
      [321, 'Error validating request', 'invalid_request'],
      [9999, 'Something new', 'unavailable'],
    ]
    for (const [code, words, kind] of cases) {
      await using vendor = await testTws(
        tws((sent, say) => {
          if (sent[0] === MESSAGE.marketData) say(4, 2, sent[2]!, code, words, '')
        }),
      )
      const asked = withProvider(vendor.url, (p) => p.getQuotes([ACME]))
      await expect(asked, String(code)).rejects.toMatchObject({ kind, provider: 'ibkr' })
    }
  })
})

describe('the connection', () => {
  const silent = { timeoutMs: 150 }

  it('is held open; one that broke is opened anew for who was waiting, once, and for the next call', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] !== MESSAGE.marketData) return
        if (vendor.opened() <= 2) vendor.hangUp()
        else acmeTicks(say, sent[2]!)
      }),
    )
    await withProvider(vendor.url, async (provider) => {
      await expect(provider.getQuotes([ACME])).rejects.toMatchObject({ kind: 'unavailable' })
      expect((await provider.getQuotes([ACME])).rows).toHaveLength(1)
      expect(vendor.opened()).toBe(3)
    })
  })

  it('nobody there, a client id that is taken, a greeting that never ends: unavailable, in words', async () => {
    const nobody = withProvider('tcp://127.0.0.1:1', (p) => p.getQuotes([ACME]))
    await expect(nobody).rejects.toMatchObject({ kind: 'unavailable', message: /cannot be reached/ })
    await using taken = await testTws(() => {}, {
      onStart: (say, socket) => {
        say(4, 2, -1, 326, 'Unable to connect as the client id is already in use.', '')
        socket.end()
        return false
      },
    })
    const second = withProvider(taken.url, (p) => p.getQuotes([ACME]), { credentials: { clientId: '7' } })
    await expect(second).rejects.toMatchObject({
      kind: 'unavailable',
      message: /ids 7 to 14: choose another/,
    })
    expect(taken.sent[0]).toEqual(['71', '2', '7', ''])
    const free: string[] = []
    await using crowded = await testTws(
      tws(() => {}),
      {
        onStart: (say, socket) => {
          free.push(crowded.sent.at(-1)![2]!)
          if (free.length >= 3) return true
          say(4, 2, -1, 326, 'Unable to connect as the client id is already in use.', '')
          socket.end()
          return false
        },
      },
    )
    await withProvider(crowded.url, (p) => p.getQuotes([equity('NOPE')]))
    expect(free).toEqual(['1', '2', '3'])
    await using mute = await testTws(() => {}, { onStart: () => false })
    const late = withProvider(mute.url, (p) => p.getQuotes([ACME]), silent)
    await expect(late).rejects.toMatchObject({ kind: 'unavailable', message: /within 150 ms/ })
  })

  it('a request that is never answered ends at its deadline and is cancelled', async () => {
    await using vendor = await testTws(tws(() => {}))
    const asked = withProvider(
      vendor.url,
      async (provider) => {
        await expect(provider.getQuotes([ACME])).rejects.toMatchObject({ kind: 'unavailable' })
        await vendor.until(MESSAGE.cancelMarketData)
      },
      silent,
    )
    await asked
  })

  it('a frame that is cut short is malformed and costs the connection, not the process', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] === MESSAGE.history) say(17, sent[1]!, 'a', 'b', 5, 'x')
      }),
    )
    const range = {
      timeframe: '1d',
      from: at('2026-02-20T00:00:00Z'),
      to: at('2026-02-24T00:00:00Z'),
    } as const
    const asked = withProvider(vendor.url, (p) => p.getBars({ ref: ACME, ...range }))
    await expect(asked).rejects.toMatchObject({ kind: 'malformed' })
  })

  it('a stumble of the server is tried once more and counted; more than one is the answer', async () => {
    let stumbles = 1
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] !== MESSAGE.marketData) return
        if (stumbles-- > 0) say(4, 2, sent[2]!, 10182, 'Failed to request live updates (disconnected).', '')
        else acmeTicks(say, sent[2]!)
      }),
    )
    await withProvider(vendor.url, async (provider) => {
      const some = await provider.getQuotes([ACME])
      expect([some.rows.length, some.calls]).toEqual([1, 3])
      stumbles = 2
      await expect(provider.getQuotes([ACME])).rejects.toMatchObject({ kind: 'unavailable' })
    })
  })

  describe('a TWS that takes its 11 s to end a snapshot', () => {
    /** Sends so much of it; its end comes when nobody listens any more. */
    const slow = (ticks: (say: Say, id: string) => void) =>
      testTws(
        tws((sent, say) => {
          if (sent[0] === MESSAGE.marketData) ticks(say, sent[2]!)
          if (sent[0] === MESSAGE.cancelMarketData) {
            tick(say, sent[2]!, 1, 999, 1)
            say(57, 1, sent[2]!)
          }
        }),
      )
    const lastAndBid = (say: Say, id: string) => {
      tick(say, id, 4, 50.11, 100)
      tick(say, id, 1, 50.1, 300)
      tick(say, id, 9, 49.5, 0)
    }

    it('what came in time is the answer where a price is among it, in session and at night', async () => {
      await using vendor = await slow(lastAndBid)
      const timeoutMs = 400
      await withProvider(
        vendor.url,
        async (provider) => {
          const calls: WireCall[] = []
          const request = { assetClass: 'equity', refs: [ACME] } as const
          const asked = provider.getSnapshots(request, { onCall: (call) => calls.push(call) })
          await vendor.until(MESSAGE.marketData)
          const tooLate = new Promise<null>((resolve) => setTimeout(resolve, timeoutMs, null))
          const some = await Promise.race([asked, tooLate])
          expect(some?.rows[0]).toMatchObject({
            quote: { last: 50.11, bid: 50.1, bidSize: 300, ask: null, volume: null },
            day: null,
            previousClose: 49.5,
          })
          expect(calls.at(-1)).toMatchObject({ what: 'reqMktData', outcome: 'ok' })
          await vendor.until(MESSAGE.cancelMarketData)
          expect((await provider.getQuotes([ACME])).rows[0]!.bid).toBe(50.1)
        },
        { timeoutMs },
      )
      const atNight = { marketClock: clockAt('2026-02-26T03:00:00Z') }
      const { rows } = await withProvider(vendor.url, (p) => p.getQuotes([ACME]), atNight)
      expect(rows[0]).toMatchObject({ last: 50.11, ask: null })
    })

    it('without a price nothing is', async () => {
      await using vendor = await slow((say, id) => {
        tick(say, id, 9, 49.5, 0)
        say(2, 6, id, 8, '12345')
        tick(say, id, 1, -1, 0)
      })
      const asked = withProvider(vendor.url, (p) => p.getQuotes([ACME]), silent)
      await expect(asked).rejects.toMatchObject({ kind: 'unavailable' })
    })

    it('who is called off by a router whose time is up says what came until then', async () => {
      await using vendor = await slow(lastAndBid)
      await withProvider(vendor.url, async (provider) => {
        const stop = new AbortController()
        const asked = provider.getQuotes([ACME], { signal: stop.signal })
        await vendor.until(MESSAGE.marketData)
        // The next answer on the same socket is behind the ticks.
        await provider.getQuotes([equity('NOPE')])
        stop.abort()
        expect((await asked).rows[0]).toMatchObject({ last: 50.11, bid: 50.1 })
      })
      await using silentVendor = await slow(() => {})
      await withProvider(silentVendor.url, async (provider) => {
        const asked = provider.getQuotes([ACME], { signal: AbortSignal.timeout(50) })
        await expect(asked).rejects.toMatchObject({ kind: 'unavailable', message: /was not waited for/ })
      })
    })
  })

  it('while the gateway has lost its own link (1100) nothing is asked; after 1102 it goes on', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] === MESSAGE.marketData) acmeTicks(say, sent[2]!)
      }),
    )
    await withProvider(vendor.url, async (provider) => {
      await provider.getQuotes([ACME])
      vendor.say(4, 2, -1, 1100, 'Connectivity between IB and TWS has been lost.', '')
      const refused = async () => {
        for (;;) {
          const error = await provider.getQuotes([ACME]).catch((e: Error) => e)
          if (error instanceof Error) return error
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      expect(await refused()).toMatchObject({ kind: 'unavailable', message: /1100/ })
      vendor.say(4, 2, -1, 1102, 'Connectivity restored - data maintained.', '')
      const served = async () => {
        for (;;) {
          const some = await provider.getQuotes([ACME]).catch(() => null)
          if (some) return some
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      expect((await served()).rows).toHaveLength(1)
      expect(vendor.opened()).toBe(1)
    })
  })

  it('an address or a client id that is none is said at once', () => {
    for (const over of [{ baseUrls: { tws: 'http://x' } }, { credentials: { clientId: 'one' } }]) {
      expect(() => ibkr.create(depsFor('tcp://127.0.0.1:1', over))).toThrow(
        expect.objectContaining({ kind: 'invalid_request' }),
      )
    }
  })

  it('the budget is asked for messages and bars; its refusal sends nothing', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] === MESSAGE.history) say(17, sent[1]!, 'a', 'b', 0)
      }),
    )
    const taken: string[] = []
    const budget: CallBudget = {
      async take({ scope, weight, priority }) {
        taken.push(`${scope} ${weight} ${priority}`)
        const isSpent = scope === 'bars' && taken.filter((t) => t.startsWith('bars')).length > 1
        return isSpent ? { granted: false, retryAfterMs: 5, limit: 'bars' } : { granted: true, release() {} }
      },
      learn() {},
    }
    const day = (n: number) => ({
      ref: ACME,
      timeframe: '1d' as const,
      from: at(`2026-02-0${n}T00:00:00Z`),
      to: at(`2026-02-0${n + 1}T00:00:00Z`),
    })
    await withProvider(
      vendor.url,
      async (provider) => {
        await provider.getBars(day(2), { priority: 'repair' })
        await expect(provider.getBars(day(3), { priority: 'repair' })).rejects.toMatchObject({
          kind: 'rate_limited',
          origin: 'budget',
          retryAfterMs: 5,
        })
      },
      { budget },
    )
    expect(taken).toEqual([
      'messages 1 repair',
      'messages 1 repair',
      'bars 1 repair',
      'messages 1 repair',
      'bars 1 repair',
    ])
    expect(vendor.sent.filter((s) => s[0] === MESSAGE.history)).toHaveLength(1)
  })
})

describe('bars', () => {
  const seconds = (iso: string) => Date.parse(iso) / 1000
  const bar = (time: string | number, close = 10, volume: Field = 5.5): Field[] => [
    time,
    10,
    11,
    9,
    close,
    volume,
    10,
    3,
  ]
  const historyOf = (...bars: Field[][]) =>
    tws((sent, say) => {
      if (sent[0] === MESSAGE.history) say(17, sent[1]!, 'from', 'to', bars.length, ...bars.flat())
    })
  const minutes = {
    ref: ACME,
    timeframe: '1m',
    from: at('2026-02-25T14:58:00Z'),
    to: at('2026-02-25T15:01:00Z'),
  } as const

  it('minutes by epoch seconds with the hours around the session; further back than asked is cut', async () => {
    await using vendor = await testTws(
      historyOf(
        bar(seconds('2026-02-25T14:57:00Z')),
        bar(seconds('2026-02-25T15:00:00Z')),
        bar(seconds('2026-02-25T14:59:00Z')),
        bar(seconds('2026-02-25T14:58:30Z')),
        bar('nonsense'),
        bar(seconds('2026-02-25T14:58:00Z'), 99),
      ),
    )
    const bars = await withProvider(vendor.url, (p) => p.getBars(minutes))
    expect(bars.rows.map((b) => [b.ts, b.volume, b.final, b.basis, b.feed])).toEqual([
      [at('2026-02-25T14:59:00Z'), 5.5, true, 'split', 'smart'],
      [at('2026-02-25T15:00:00Z'), 5.5, false, 'split', 'smart'],
    ])
    expect(bars.dropped.map((d) => d.row).sort()).toEqual(
      ['nonsense', String(seconds('2026-02-25T14:58:00Z')), String(seconds('2026-02-25T14:58:30Z'))].sort(),
    )
    const request = vendor.sent.find((s) => s[0] === MESSAGE.history)!
    // id, conId, ..., end, bar size, duration, useRTH, what, formatDate, keepUpToDate
    expect(request.slice(15, 21)).toEqual(['20260225-15:01:00', '1 min', '180 S', '0', 'TRADES', '2'])
  })

  it('the first hour of an index begins with the session and is its window; another that is off the grid is dropped', async () => {
    await using vendor = await testTws(
      historyOf(
        bar(seconds('2026-02-24T14:30:00Z')),
        bar(seconds('2026-02-24T15:00:00Z'), 10, 0),
        bar(seconds('2026-02-24T16:30:00Z')),
      ),
    )
    const request = {
      ref: { assetClass: 'index', symbol: 'SPX' },
      timeframe: '1h',
      from: at('2026-02-24T00:00:00Z'),
      to: at('2026-02-25T00:00:00Z'),
    } as const
    const bars = await withProvider(vendor.url, (p) => p.getBars(request))
    expect(bars.rows.map((b) => [b.ts, b.sessionDate, b.volume])).toEqual([
      [at('2026-02-24T14:00:00Z'), '2026-02-24', null],
      [at('2026-02-24T15:00:00Z'), '2026-02-24', null],
    ])
    expect(bars.dropped.map((d) => d.reason)).toEqual(['starts off the 1h grid'])
  })

  it('a day is its date, in regular hours; a week and a month are their first day', async () => {
    await using vendor = await testTws(historyOf(bar('20260206', 10, '948837.22')))
    const range = { ref: ACME, from: at('2026-01-01T00:00:00Z'), to: at('2026-02-25T00:00:00Z') }
    await withProvider(vendor.url, async (provider) => {
      const dates = []
      for (const timeframe of ['1d', '1w', '1mo'] as const) {
        const [row] = (await provider.getBars({ ...range, timeframe })).rows
        dates.push([row!.sessionDate, row!.ts, row!.volume])
      }
      expect(dates).toEqual([
        ['2026-02-06', at('2026-02-06T00:00:00Z'), 948_837.22],
        ['2026-02-02', at('2026-02-02T00:00:00Z'), 948_837.22],
        ['2026-02-01', at('2026-02-01T00:00:00Z'), 948_837.22],
      ])
    })
    const requests = vendor.sent.filter((s) => s[0] === MESSAGE.history).map((s) => s.slice(15, 19))
    expect(requests).toEqual([
      ['20260225-00:00:00', '1 day', '55 D', '1'],
      ['20260225-00:00:00', '1 week', '55 D', '1'],
      ['20260225-00:00:00', '1 month', '55 D', '1'],
    ])
  })

  it('long ranges are pieces that meet; none ends in the future', async () => {
    await using vendor = await testTws(historyOf())
    const range = { ref: ACME, from: at('2026-02-23T00:00:00Z'), to: at('2026-03-01T00:00:00Z') }
    const bars = await withProvider(vendor.url, (p) => p.getBars({ ...range, timeframe: '1m' }))
    const asked = vendor.sent.filter((s) => s[0] === MESSAGE.history).map((s) => [s[15], s[17]])
    expect(asked.sort()).toEqual([
      ['20260223-15:01:00', '54060 S'],
      ['20260224-15:01:00', '86400 S'],
      ['20260225-15:01:00', '86400 S'],
    ])
    expect([bars.rows, bars.calls]).toEqual([[], 4])
  })

  it('the same request within 15 s is put in other words, and answered anew', async () => {
    await using vendor = await testTws(historyOf(bar(seconds('2026-02-25T15:00:00Z'))))
    let wall = at(NOW)
    const clock = { wallClock: { now: () => wall } }
    const durations = () => vendor.sent.filter((s) => s[0] === MESSAGE.history).map((s) => s[17])
    await withProvider(
      vendor.url,
      async (provider) => {
        for (let i = 0; i < 3; i++) expect((await provider.getBars(minutes)).rows).toHaveLength(1)
        wall += 16e6
        await provider.getBars(minutes)
      },
      clock,
    )
    expect(durations()).toEqual(['180 S', '181 S', '182 S', '180 S'])
  })

  it('a sixth question about one contract within 2 s waits', async () => {
    await using vendor = await testTws(historyOf())
    let wall = at(NOW)
    const step = { now: () => wall }
    const range = (i: number) => ({ ...minutes, from: minutes.from - i * 60e6 })
    await withProvider(
      vendor.url,
      async (provider) => {
        for (let i = 0; i < 5; i++) await provider.getBars(range(i))
        const sixth = provider.getBars(range(5))
        wall += 2.4e6
        await sixth
      },
      { wallClock: step, timeoutMs: 4000 },
    )
    expect(vendor.sent.filter((s) => s[0] === MESSAGE.history)).toHaveLength(6)
  }, 10_000)

  it('162 is no data, pacing or a refusal, by its words; an unknown symbol is not found', async () => {
    const cases: [string, string | null][] = [
      ['Historical Market Data Service error message:HMDS query returned no data: ACME@SMART Trades', null],
      [
        'Historical Market Data Service error message:Historical data request pacing violation',
        'rate_limited',
      ],
      [
        'Historical Market Data Service error message:No market data permissions for ISLAND STK',
        'not_entitled',
      ],
    ]
    for (const [words, kind] of cases) {
      await using vendor = await testTws(
        tws((sent, say) => {
          if (sent[0] === MESSAGE.history) say(4, 2, sent[1]!, 162, words, '')
        }),
      )
      const asked = withProvider(vendor.url, (p) => p.getBars(minutes))
      if (kind) await expect(asked).rejects.toMatchObject({ kind })
      else expect((await asked).rows).toEqual([])
    }
    await using vendor = await testTws(historyOf())
    const unknown = withProvider(vendor.url, (p) => p.getBars({ ...minutes, ref: equity('NOPE') }))
    await expect(unknown).rejects.toMatchObject({ kind: 'not_found' })
  })

  it('a pair is asked by its midpoint and has no volume', async () => {
    await using vendor = await testTws(historyOf(bar(seconds('2026-02-25T14:59:00Z'), 10, -1)))
    const bars = await withProvider(vendor.url, (p) => p.getBars({ ...minutes, ref: EURUSD }))
    expect(bars.rows[0]).toMatchObject({ volume: null, basis: 'raw', feed: 'idealpro' })
    expect(vendor.sent.find((s) => s[0] === MESSAGE.history)![19]).toBe('MIDPOINT')
  })
})

describe('options', () => {
  it('strikes around the price of one expiry; pairs that are no contract are left out', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        const id = sent[0] === MESSAGE.chain ? sent[1]! : sent[2]!
        if (sent[0] === MESSAGE.chain) {
          const strikes = Array.from({ length: 60 }, (_, i) => 20 + i)
          const dates = ['20260220', '20260320', '20260417']
          say(75, id, 'CBOE', 101, 'ACME2', 100, 1, '20270101', 1, 5)
          say(75, id, 'SMART', 101, 'ACME', 100, dates.length, ...dates, strikes.length, ...strikes)
          say(76, id)
        } else if (sent[0] === MESSAGE.marketData && sent[5] === 'OPT') {
          if (sent[7] === '50' && sent[8] === 'P') {
            say(4, 2, id, 200, 'No security definition has been found for the request', '')
            return
          }
          tick(say, id, 1, 2, 9)
          tick(say, id, 2, 2.1, 7)
          say(21, id, 13, 0, 0.3125, 0.52, 2.05, 0, 0.04, 0.07, -0.03, 50.11)
          say(57, 1, id)
        } else if (sent[0] === MESSAGE.marketData) acmeTicks(say, id)
      }),
    )
    const chain = await withProvider(vendor.url, (p) => p.getOptionsChain!({ ref: ACME }))
    expect([chain.expiry, chain.expirations, chain.underlyingLast]).toEqual([
      '2026-03-20',
      ['2026-02-20', '2026-03-20', '2026-04-17'],
      50.11,
    ])
    expect(chain.rows).toHaveLength(39)
    const strikes = chain.rows.map((r) => r.strike)
    expect([Math.min(...strikes), Math.max(...strikes)]).toEqual([41, 60])
    expect(chain.rows.find((r) => r.symbol === 'ACME:2026-03-20:C:50')).toMatchObject({
      underlying: ACME,
      right: 'call',
      contractSize: 100,
      bid: 2,
      ask: 2.1,
      bidSize: 9,
      impliedVolatility: 0.3125,
      delta: 0.52,
      gamma: 0.04,
      vega: 0.07,
      theta: -0.03,
      openInterest: null,
    })
    const option = vendor.sent.find((s) => s[5] === 'OPT')!
    expect([option[4], option[6], option[9]]).toEqual(['ACME', '20260320', '100'])
  })
})

describe('stream', () => {
  it('lines stay open, ticks are merged; a refusal costs one symbol; others are added and dropped', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] !== MESSAGE.marketData) return
        if (sent[3] === '105') say(4, 2, sent[2]!, 10089, 'Requires additional subscription', '')
        else acmeTicks(say, sent[2]!)
      }),
    )
    const provider = ibkr.create(depsFor(vendor.url))
    const stream = provider.streamQuotes!([ACME, equity('NOPE'), equity('DENIED')])
    const events: StreamEvent[] = []
    const refused: string[] = []
    for await (const event of stream) {
      events.push(event)
      if (event.type === 'up') refused.push(...event.refused.map((r) => r.ref.symbol))
      const hasQuote = events.some((e) => e.type === 'quote' && e.quote.volume !== null)
      if (hasQuote && refused.length === 2) break
    }
    expect(refused.sort()).toEqual(['DENIED', 'NOPE'])
    const newest = events.flatMap((e) => (e.type === 'quote' ? [e.quote] : [])).at(-1)!
    expect(newest).toMatchObject({
      ...ACME,
      bid: 50.1,
      ask: 50.12,
      last: 50.11,
      ts: at(NOW),
      tsOrigin: 'response',
    })
    await provider.close!()
  })

  it('a gateway that froze is left for a new connection', async () => {
    const TIME = '49'
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] === TIME && vendor.opened() > 1) say(49, 1, 1_772_031_600)
        if (sent[0] === MESSAGE.marketData) acmeTicks(say, sent[2]!)
      }),
    )
    let wall = at(NOW)
    const provider = ibkr.create(depsFor(vendor.url, { wallClock: { now: () => wall } }))
    await provider.getQuotes([ACME])
    const stream = provider.streamQuotes!([ACME])
    const iterator = stream[Symbol.asyncIterator]()
    expect((await iterator.next()).value).toMatchObject({ type: 'up' })
    await vendor.until(TIME)
    wall += 9e6
    expect((await provider.getQuotes([ACME])).rows).toHaveLength(1)
    expect(vendor.opened()).toBe(2)
    await stream.close()
    await provider.close!()
  }, 15_000)

  it('a tick that is no number is dropped and counted, the stream goes on', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] !== MESSAGE.marketData) return
        say(1, 6, sent[2]!, 2, 'n/a', 300, 0)
        tick(say, sent[2]!, 4, 50.11, 100)
      }),
    )
    const provider = ibkr.create(depsFor(vendor.url))
    const stream = provider.streamQuotes!([ACME])
    for await (const event of stream) if (event.type === 'quote') break
    expect(stream.stats()).toMatchObject({ dropped: 1, lastDropped: [{ reason: 'tick 2 is not a number' }] })
    await provider.close!()
  })

  it('a bid that comes twice is counted, not given again', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] === MESSAGE.marketData) acmeTicks(say, sent[2]!)
      }),
    )
    const provider = ibkr.create(depsFor(vendor.url))
    const stream = provider.streamQuotes!([ACME])
    const bids: (number | null)[] = []
    for await (const event of stream) {
      if (event.type !== 'quote') continue
      bids.push(event.quote.bid)
      const id = vendor.sent.find((s) => s[0] === MESSAGE.marketData)![2]!
      // What is known, and then something new that ends the test.
      if (event.quote.volume !== null && event.quote.bid === 50.1) {
        vendor.say(1, 6, id, 1, 50.1, 300, 0)
        vendor.say(1, 6, id, 1, 50.2, 300, 0)
      }
      if (event.quote.bid === 50.2) break
    }
    expect(bids.filter((b) => b === 50.2)).toHaveLength(1)
    expect(stream.stats().duplicates).toBeGreaterThanOrEqual(1)
    await provider.close!()
  })

  it('another set of symbols is heard on the same connection', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] === MESSAGE.marketData) acmeTicks(say, sent[2]!)
      }),
    )
    const provider = ibkr.create(depsFor(vendor.url))
    const stream = provider.streamQuotes!([ACME])
    const iterator = stream[Symbol.asyncIterator]()
    expect((await iterator.next()).value).toMatchObject({ type: 'up' })
    stream.setRefs([EURUSD])
    await vendor.until(MESSAGE.marketData, 2)
    expect(vendor.sent.filter((s) => s[0] === MESSAGE.cancelMarketData)).toHaveLength(1)
    expect(vendor.sent.filter((s) => s[0] === MESSAGE.marketData).map((s) => s[3])).toEqual(['101', '103'])
    expect(vendor.opened()).toBe(1)
    await stream.close()
    await provider.close!()
  })

  it('a broken connection and lost subscriptions (1101) come back with a seam', async () => {
    await using vendor = await testTws(
      tws((sent, say) => {
        if (sent[0] === MESSAGE.marketData) acmeTicks(say, sent[2]!)
      }),
    )
    const begun = Date.now()
    const marketClock = { now: () => at(NOW) + (Date.now() - begun) * 1000 }
    const provider = ibkr.create(depsFor(vendor.url, { marketClock }))
    const types: string[] = []
    for await (const event of provider.streamQuotes!([ACME])) {
      const isFirstQuote = event.type === 'quote' && !types.includes('quote')
      if (isFirstQuote) vendor.say(4, 2, -1, 1101, 'Connectivity restored - data lost.', '')
      types.push(event.type)
      const seams = types.filter((type) => type === 'seam').length
      if (event.type === 'seam' && seams === 1) vendor.hangUp()
      if (seams === 2) break
    }
    const turns = types.filter((type) => type !== 'quote')
    expect(turns).toEqual(['up', 'down', 'up', 'seam', 'down', 'up', 'seam'])
    expect(vendor.opened()).toBe(2)
    await provider.close!()
  })
})
