import { describe, expect, it } from 'vitest'
import {
  diffToHouse,
  mineOverTheirs,
  moveBy,
  placeAt,
  placeBeside,
  sameOrder,
  without,
} from './source-order.ts'

const house = ['polygon', 'alpaca', 'yahoo', 'schwab']

describe('moving', () => {
  it('puts a source at a place, from inside and from outside', () => {
    expect(placeAt(house, 'yahoo', 0)).toEqual(['yahoo', 'polygon', 'alpaca', 'schwab'])
    expect(placeAt(house, 'coinbase', 99)).toEqual([...house, 'coinbase'])
    expect(placeAt(house, 'polygon', -3)).toEqual(house)
  })

  it('drops beside another one, before or after it', () => {
    expect(placeBeside(house, 'polygon', { name: 'yahoo', after: true })).toEqual([
      'alpaca',
      'yahoo',
      'polygon',
      'schwab',
    ])
    expect(placeBeside(house, 'schwab', { name: 'alpaca', after: false })).toEqual([
      'polygon',
      'schwab',
      'alpaca',
      'yahoo',
    ])
    expect(placeBeside(house, 'alpaca', { name: 'alpaca', after: true })).toEqual(house)
    expect(placeBeside(house, 'oanda', { name: 'gone', after: true })).toEqual([...house, 'oanda'])
  })

  it('stops at the ends', () => {
    expect(moveBy(house, 'polygon', -1)).toEqual(house)
    expect(moveBy(house, 'schwab', 1)).toEqual(house)
    expect(moveBy(house, 'alpaca', -1)).toEqual(['alpaca', 'polygon', 'yahoo', 'schwab'])
    expect(moveBy(house, 'nobody', 1)).toEqual(house)
  })

  it('takes out, and leaves what it was given alone', () => {
    const given = Object.freeze([...house])
    expect(without(given, 'yahoo')).toEqual(['polygon', 'alpaca', 'schwab'])
    expect(given).toEqual(house)
    expect(sameOrder(house, [...house])).toBe(true)
    expect(sameOrder(null, house)).toBe(false)
  })
})

describe('difference to the house', () => {
  it('names the one that was moved, not those that slid', () => {
    expect(diffToHouse(['schwab', 'polygon', 'alpaca', 'yahoo'], house)).toEqual([
      { name: 'schwab', was: 4, now: 1 },
    ])
  })

  it('names what was put in and what is not asked', () => {
    expect(diffToHouse(['polygon', 'alpaca:2', 'alpaca'], house)).toEqual([
      { name: 'alpaca:2', was: null, now: 2 },
      { name: 'yahoo', was: 3, now: null },
      { name: 'schwab', was: 4, now: null },
    ])
  })

  it('is empty where it is the same', () => {
    expect(diffToHouse(house, house)).toEqual([])
  })
})

describe('mine over theirs', () => {
  it('keeps my order and adds what they put in meanwhile', () => {
    expect(
      mineOverTheirs({
        before: ['polygon', 'alpaca'],
        mine: ['alpaca', 'polygon'],
        theirs: ['polygon', 'alpaca', 'yahoo'],
      }),
    ).toEqual(['alpaca', 'polygon', 'yahoo'])
  })

  it('does not bring back what I took out', () => {
    expect(
      mineOverTheirs({
        before: ['polygon', 'alpaca', 'yahoo'],
        mine: ['alpaca', 'yahoo'],
        theirs: ['yahoo', 'polygon', 'alpaca'],
      }),
    ).toEqual(['alpaca', 'yahoo'])
  })

  it('takes the house default as a choice', () => {
    expect(mineOverTheirs({ before: ['polygon'], mine: null, theirs: ['yahoo'] })).toBeNull()
    expect(mineOverTheirs({ before: ['polygon'], mine: ['yahoo'], theirs: null })).toEqual(['yahoo'])
  })
})
