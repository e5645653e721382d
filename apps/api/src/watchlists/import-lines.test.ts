import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exportList } from './export-list.ts'
import { judgeLines } from './import-lines.ts'
import { nameForms } from './name-forms.ts'
import { IMPORT_LINES_MAX, readLines } from './read-lines.ts'

const KNOWN = ['AAPL', 'MSFT', 'BRK.B', 'KEY', 'T', 'SYMBOL'].map((symbol) => ({
  symbol,
  key: `equity:US:${symbol}`,
  isCurrent: true,
}))
const COIN = { symbol: 'BTC-USD', key: 'crypto:BTC-USD', isCurrent: true }
const META = { symbol: 'META', key: 'equity:US:META', isCurrent: false }
const TAPE = new Map([
  ...[...KNOWN, COIN].flatMap((i) => [[i.symbol, i] as const, [i.key, i] as const]),
  ['FB', META] as const,
])
const judge = (text: string) => judgeLines(readLines(text), (form) => TAPE.get(form) ?? null)
const told = (text: string) => judge(text).lines.map((l) => `${l.line} ${l.outcome} ${l.key ?? l.text}`)

describe('what is pasted', () => {
  it.each([
    ['plain lines', 'AAPL\nmsft\n\n  T  \n'],
    ['a byte order mark and the line ends of Windows', '\uFEFFAAPL\r\nMSFT\r\n\r\nT\r\n'],
    ['old line ends', 'AAPL\rMSFT\r\rT'],
    ['keys', 'equity:US:AAPL\nEQUITY:us:msft\n\nequity:US:T'],
    ['other programs’ spelling', 'NASDAQ:AAPL\n$MSFT\n\nNYSE:T'],
    ['a table without a header', 'AAPL,Apple Inc.,230.5\nMSFT,"Microsoft, Corp.",410\n\nT,AT&T,22'],
    ['tabs', 'AAPL\tApple Inc.\nMSFT\tMicrosoft\n\nT\tAT&T'],
  ])('%s', (_, text) => {
    expect(told(text)).toEqual(['1 taken equity:US:AAPL', '2 taken equity:US:MSFT', '4 taken equity:US:T'])
  })

  it.each([
    ['symbol,name\nAAPL,Apple\nKEY,KeyCorp'],
    ['Name;Ticker;Last\nApple;AAPL;1,5\nKeyCorp;KEY;2,5'],
    ['symbol,key,name\n,equity:US:AAPL,Apple\nKEY,,KeyCorp'],
    ['key\nequity:US:AAPL\nequity:US:KEY'],
  ])('a header names the column: %j', (text) => {
    expect(judge(text).keys).toEqual(['equity:US:AAPL', 'equity:US:KEY'])
  })

  it('a share that is called like a header is a share', () => {
    expect(judge('KEY\nAAPL').keys).toEqual(['equity:US:KEY', 'equity:US:AAPL'])
  })

  it('several in a line, where all of it is names', () => {
    expect(told('AAPL, MSFT,NOPE\nBTC/USD,BRK-B')).toEqual([
      '1 taken equity:US:AAPL',
      '1 taken equity:US:MSFT',
      '1 unknown NOPE',
      '2 taken crypto:BTC-USD',
      '2 taken equity:US:BRK.B',
    ])
  })

  it('says of each line what became of it', () => {
    const { lines, counts, keys } = judge(`AAPL\nNOPE\naapl\n"MSFT\nFB\n${'x'.repeat(99)}\n,,\n<script>`)
    expect(lines.map(({ line, outcome, why }) => [line, outcome, why])).toEqual([
      [1, 'taken', null],
      [2, 'unknown', 'the tape has nothing of this name'],
      [3, 'doubled', 'already taken from line 1'],
      [4, 'broken', 'the quotes in this line do not close'],
      [5, 'taken', 'is called META now'],
      [6, 'broken', 'this is no symbol'],
      [7, 'broken', 'no symbol in this line'],
      [8, 'unknown', 'the tape has nothing of this name'],
    ])
    expect(counts).toEqual({ taken: 2, doubled: 1, unknown: 2, broken: 3 })
    expect(keys).toEqual(['equity:US:AAPL', 'equity:US:META'])
  })

  it('any text at all is read or refused, each of its lines told once at most per name', () => {
    const part = fc.constantFrom(
      'AAPL',
      'KEY',
      'symbol',
      ',',
      ';',
      '\t',
      '"',
      '\n',
      '\r\n',
      '\0',
      '\uFEFF',
      ' ',
      'é',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(part, { maxLength: 60 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (pasted) => {
        const { lines, keys, counts } = judge(pasted)
        expect(new Set(keys).size).toBe(keys.length)
        expect(keys).toHaveLength(counts.taken)
        expect(Object.values(counts).reduce((a, b) => a + b)).toBe(lines.length)
        expect(lines.every((l) => l.text.length <= 80 && !/[\0\n\r]/.test(l.text))).toBe(true)
      }),
    )
  })

  it('is bounded', () => {
    expect(() => readLines('AAPL\n'.repeat(IMPORT_LINES_MAX + 1))).toThrow(/at most 5000 are read at once/)
    expect(readLines('\n'.repeat(90_000))).toEqual([])
  })
})

describe('what is exported', () => {
  const ticker = fc.stringMatching(/^[A-Z][A-Z0-9]{0,4}$/)
  const item = fc.record({
    symbol: ticker,
    name: fc.option(fc.string({ unit: 'grapheme', maxLength: 40 }), { nil: null }),
  })
  const items = fc.uniqueArray(item, { selector: (i) => i.symbol, minLength: 1, maxLength: 40 })

  it('imports again to the same list, whatever the names are', () => {
    fc.assert(
      fc.property(items, fc.string({ unit: 'grapheme' }), (list, name) => {
        const held = list.map((i) => ({ ...i, key: `equity:US:${i.symbol}`, assetClass: 'equity' as const }))
        const known = new Map(held.map((i) => [i.key, { ...i, isCurrent: true }]))
        const { text, filename } = exportList({ name, items: held })
        expect(filename).toMatch(/^[\w-]+\.csv$/)
        const again = judgeLines(readLines(text), (form) => known.get(form) ?? null)
        expect(again.keys).toEqual(held.map((i) => i.key))
        expect(again.counts).toEqual({ taken: held.length, doubled: 0, unknown: 0, broken: 0 })
      }),
    )
  })

  it('no cell is a formula to a spreadsheet', () => {
    const held = { symbol: 'AAPL', key: 'equity:US:AAPL', assetClass: 'equity' as const }
    const { text } = exportList({ name: 'x', items: [{ ...held, name: '=HYPERLINK("http://x","y")' }] })
    expect(text).toBe(`symbol,key,name\r\nAAPL,equity:US:AAPL,"'=HYPERLINK(""http://x"",""y"")"\r\n`)
  })
})

it('spellings of a name', () => {
  expect(nameForms('brk-b')).toContain('BRK.B')
  expect(nameForms('equity:us:aapl')).toContain('equity:US:AAPL')
  expect(nameForms('option:US:AAPL:2024-05-17:P:190')).toContain('option:US:AAPL:2024-05-17:P:190')
})
