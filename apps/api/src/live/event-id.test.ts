import { expect, it } from 'vitest'
import { environmentShort, formatEventId, parseEventId } from './event-id.ts'

const environmentId = '0b9f3c1e-7d2a-4c55-9a31-5d1f5a2b7c99'

it('names a moment by environment and ledger id, and reads it back', () => {
  const id = formatEventId(environmentId, 42)
  expect(id).toBe('0b9f3c1e.42')
  expect(parseEventId(id)).toEqual({ environment: environmentShort(environmentId), batchId: 42 })
})

it.each([
  '',
  '42',
  '0b9f3c1e.',
  '0b9f3c1e.-1',
  '0b9f3c1e.4.2',
  'zzzzzzzz.4',
  `0b9f3c1e.${'9'.repeat(40)}`,
  '0b9f3c1e.1\n2',
])('takes %j for no moment', (text) => {
  expect(parseEventId(text)).toBeNull()
})
