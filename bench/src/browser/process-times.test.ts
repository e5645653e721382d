import { expect, it } from 'vitest'
import { renderingMs } from './process-times.ts'

it('counts the page at work and who draws for all, not the page that rests beside it', () => {
  const before = [
    { id: 1, type: 'browser', cpuTime: 1 },
    { id: 2, type: 'GPU', cpuTime: 2 },
    { id: 3, type: 'renderer', cpuTime: 9 },
    { id: 4, type: 'renderer', cpuTime: 4 },
  ]
  const after = [
    { id: 1, type: 'browser', cpuTime: 5 },
    { id: 2, type: 'GPU', cpuTime: 2.5 },
    { id: 3, type: 'renderer', cpuTime: 9.25 },
    { id: 4, type: 'renderer', cpuTime: 6 },
  ]
  expect(renderingMs(before, after)).toBe(2_500)
})
