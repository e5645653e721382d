import type { MySource } from '@onetape/api/router'
import { describe, expect, it } from 'vitest'
import { firstAid, stateView } from './source-state.ts'

const health = { failures: 0 } as NonNullable<MySource['health']>

describe('a source of one’s own', () => {
  it('says how it is', () => {
    expect(stateView({ state: 'connected', health: null })).toEqual({ tone: 'good', word: 'Connected' })
    expect(stateView({ state: 'connected', health })).toEqual({ tone: 'good', word: 'Answering' })
    expect(stateView({ state: 'connected', health: { ...health, failures: 1 } }).tone).toBe('warn')
    expect(stateView({ state: 'paused', health }).word).toBe('Paused')
    expect(stateView({ state: 'expired', health }).tone).toBe('bad')
    expect(stateView({ state: 'unreadable', health: null }).word).toBe('Key cannot be read')
  })
  it('offers what mends it: a new sign-in where one signs in, a new key elsewhere', () => {
    expect(firstAid({ state: 'expired', how: 'oauth' })).toBe('sign_in')
    expect(firstAid({ state: 'expired', how: 'key' })).toBe('replace_key')
    expect(firstAid({ state: 'unreadable', how: 'oauth' })).toBe('sign_in')
    expect(firstAid({ state: 'paused', how: 'key' })).toBe('resume')
    expect(firstAid({ state: 'connected', how: 'key' })).toBeNull()
  })
})
