import { expect, it } from 'vitest'
import { instrumentPath } from './instrument-path.ts'

it('writes a key as it reads, and what an address cannot hold as it must', () => {
  expect(instrumentPath('equity:US:AAPL@1980-12-12')).toBe('/i/equity:US:AAPL@1980-12-12')
  expect(instrumentPath('index:US:A/B C')).toBe('/i/index:US:A%2FB%20C')
})
