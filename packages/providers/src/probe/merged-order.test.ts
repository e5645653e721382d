import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mergedOrder } from './merged-order.ts'

it('agrees with every order, or says that there is none', () => {
  expect(mergedOrder([['a', 'b'], ['b', 'c'], []])).toEqual(['a', 'b', 'c'])
  expect(
    mergedOrder([
      ['a', 'b'],
      ['b', 'a'],
    ]),
  ).toBeNull()
  expect(mergedOrder([])).toEqual([])
})

it('parts of one order always have one, which holds them all', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const parts = fc.array(fc.subarray(names), { maxLength: 5 })
  fc.assert(
    fc.property(parts, (orders) => {
      const merged = mergedOrder(orders)!
      for (const order of orders) expect(merged.filter((name) => order.includes(name))).toEqual(order)
      expect(merged).toHaveLength(new Set(orders.flat()).size)
    }),
  )
})
