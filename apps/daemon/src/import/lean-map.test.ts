import { expect, it } from 'vitest'
import { parseMapFile } from './lean-map.ts'

it('a rename leaves two names, back to back', () => {
  expect(parseMapFile('20040819,goog,Q\n20140402,goog,Q\n20501231,googl,Q')).toEqual({
    listedOn: '2004-08-19',
    spans: [
      { symbol: 'GOOG', validFrom: '2004-08-19', validTo: '2014-04-02' },
      { symbol: 'GOOGL', validFrom: '2014-04-03', validTo: null },
    ],
  })
})

it('a name that comes back is two spans', () => {
  const { spans } = parseMapFile('19990310,qqq,Q\n20041130,qqq,Q\n20110322,qqqq,Q\n20501231,qqq,Q\n')
  expect(spans.map((s) => `${s.symbol} ${s.validFrom} ${s.validTo}`)).toEqual([
    'QQQ 1999-03-10 2004-11-30',
    'QQQQ 2004-12-01 2011-03-22',
    'QQQ 2011-03-23 null',
  ])
})

it('the first day of the data set is no listing date', () => {
  expect(parseMapFile('19980102,aapl,Q\r\n20501231,aapl,Q')).toEqual({
    listedOn: null,
    spans: [{ symbol: 'AAPL', validFrom: null, validTo: null }],
  })
})

it('refuses what is no map file', () => {
  expect(() => parseMapFile('hello')).toThrow('line 1')
  expect(() => parseMapFile('20040819,goog,Q')).toThrow('two rows')
  expect(() => parseMapFile('20140402,goog,Q\n20040819,goog,Q')).toThrow('older')
})
