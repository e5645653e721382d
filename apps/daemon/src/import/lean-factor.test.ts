import { nextSession } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { parseFactorFile } from './lean-factor.ts'

const DAY_END_US = 86_399_000_000
const nextDate = (date: string) =>
  nextSession('XNYS', Date.parse(`${date}T00:00:00Z`) * 1000 + DAY_END_US).date
const actions = (text: string) => parseFactorFile(text, nextDate).actions

describe('parseFactorFile', () => {
  it('finds a split on the session after the row, over a weekend', () => {
    expect(
      actions(
        '20140606,0.9011818,0.03571430,645.57\n20140806,0.9011818,0.25,94.97\n20501231,0.9011818,0.25,0',
      ),
    ).toEqual([{ line: 1, exDate: '2014-06-09', kind: 'split', ratio: 7 }])
  })

  it('finds a dividend, in cents where the factors allow it', () => {
    expect(actions('20120808,0.8613657,0.03571430,619.86\n20121106,0.8650639,0.03571430,582.86')).toEqual([
      { line: 1, exDate: '2012-08-09', kind: 'dividend', amount: 2.65 },
    ])
  })

  it('finds both on one day, 3:2 and reverse splits', () => {
    const both = actions('20200828,0.99,0.5,100\n20501231,1,0.75,0')
    expect(both.map((a) => a.kind)).toEqual(['split', 'dividend'])
    expect(both[0]).toMatchObject({ ratio: 1.5 })
    expect(actions('20200828,1,1,0.5\n20501231,1,0.01,0')[0]).toMatchObject({ kind: 'split', ratio: 0.01 })
  })

  it('says on which lines nothing happened', () => {
    const file = parseFactorFile('19980102,0.8,1,1\n20140606,0.8,1,50\n20501231,1,1,0', nextDate)
    expect(file).toMatchObject({ rows: 3, quietLines: [1, 3] })
    expect(file.actions).toHaveLength(1)
  })

  it('refuses what is no factor file', () => {
    expect(() => actions('Date,Open\n1,2')).toThrow('line 1')
    expect(() => actions('20200828,1,0,5\n20501231,1,1,0')).toThrow('line 1')
    expect(() => actions('20200828,1,1,5')).toThrow('two rows')
  })
})
