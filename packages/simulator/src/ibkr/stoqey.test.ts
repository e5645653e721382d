// The real client library on the simulated socket: what it reads is what we meant.
import { EventName, IBApi, OptionType, SecType } from '@stoqey/ib'
import { expect, it } from 'vitest'
import { FRIDAY, stage } from '../testing.ts'

it('is understood by a client that nobody here wrote', async () => {
  await using s = await stage()
  const ib = new IBApi({
    host: '127.0.0.1',
    port: Number(new URL(s.simulator.endpoints.ibkr!.tws!).port),
    clientId: 3,
  })
  const events: { name: string; args: unknown[] }[] = []
  ib.on(EventName.all, (name: string, args: unknown[]) => events.push({ name, args }))
  const seen = async (name: EventName, reqId: number) => {
    const found = () => events.filter((e) => e.name === name && e.args[0] === reqId).map((e) => e.args)
    await expect.poll(() => found().length).toBeGreaterThan(0)
    return found()
  }
  const errors: [number, number][] = []
  ib.on(EventName.error, (_error, code, reqId) => errors.push([code, reqId]))
  try {
    await new Promise((resolve) => {
      ib.once(EventName.nextValidId, resolve)
      ib.connect()
    })
    const stock = { symbol: 'AAPL', secType: SecType.STK, exchange: 'SMART', currency: 'USD' }
    ib.reqContractDetails(1, stock)
    ib.reqMktData(2, stock, '', true, false)
    ib.reqHistoricalData(3, stock, '', '1 D', '1 hour' as never, 'TRADES' as never, 1, 2, false)
    ib.reqContractDetails(4, {
      ...stock,
      secType: SecType.OPT,
      lastTradeDateOrContractMonth: '20261218',
      strike: 270,
      right: OptionType.Call,
    })
    ib.reqMktData(
      5,
      { symbol: 'NOPE', secType: SecType.STK, exchange: 'SMART', currency: 'USD' },
      '',
      false,
      false,
    )
    ib.reqMktData(
      6,
      { symbol: 'EUR', secType: SecType.CASH, exchange: 'IDEALPRO', currency: 'USD' },
      '',
      false,
      false,
    )

    const [[, described]] = (await seen(EventName.contractDetails, 1)) as [[number, Record<string, never>]]
    expect(described).toMatchObject({
      contract: { symbol: 'AAPL', secType: 'STK', primaryExch: 'NASDAQ', currency: 'USD' },
      minTick: 0.01,
      timeZoneId: 'US/Eastern',
      stockType: 'COMMON',
      suggestedSizeIncrement: 100,
      ineligibilityReasonList: [],
    })
    await seen(EventName.tickSnapshotEnd, 2)
    const sizes = new Map((await seen(EventName.tickSize, 2)).map(([, type, size]) => [type, size]))
    expect([...sizes.keys()].sort()).toEqual([0, 3, 5, 8])
    const bars = await seen(EventName.historicalData, 3)
    expect(bars.at(-1)![1]).toBe('finished-20261120 09:30:00 US/Eastern-20261120 14:41:33 US/Eastern')
    expect(Number(bars.at(-2)![1]) * 1e6).toBeLessThan(FRIDAY)
    const [[, option]] = (await seen(EventName.contractDetails, 4)) as [[number, { contract: object }]]
    expect(option.contract).toMatchObject({
      strike: 270,
      right: 'C',
      multiplier: 100,
      lastTradeDate: '20261218',
    })
    await seen(EventName.tickPrice, 6)
    expect(errors).toEqual([[200, 5]])
  } finally {
    ib.disconnect()
  }
})
