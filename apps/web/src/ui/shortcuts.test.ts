import { expect, it } from 'vitest'
import { shortcutOf } from './shortcuts.ts'

const key = (k: string, more = {}) =>
  shortcutOf({ key: k, ctrlKey: false, metaKey: false, altKey: false, ...more })

it('names keys the same on every system', () => {
  expect(key('/')).toBe('/')
  expect(key('K', { ctrlKey: true })).toBe('Mod+k')
  expect(key('k', { metaKey: true })).toBe('Mod+k')
  expect(key('k', { altKey: true })).toBeNull()
})
