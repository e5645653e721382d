import { describe, expect, it } from 'vitest'
import { sessionChange } from './session-change.ts'

const ada = { userId: 'ada', isDemoUser: false }
const bob = { userId: 'bob', isDemoUser: false }
const demo = { userId: 'demo', isDemoUser: true }
const nobody = { userId: null, isDemoUser: false }

describe('whose page it is', () => {
  it('stays with whom it was opened by', () => {
    expect(sessionChange(ada, ada)).toBe('same')
    expect(sessionChange(demo, demo)).toBe('same')
  })
  it('nobody at the start is led to the door', () => {
    expect(sessionChange(nobody, nobody)).toBe('nobody')
  })
  it('a session that ended is said, in demo too, where the demo user would take its place', () => {
    expect(sessionChange(ada, nobody)).toBe('ended')
    expect(sessionChange(ada, demo)).toBe('ended')
    expect(sessionChange(demo, nobody)).toBe('ended')
  })
  it('somebody else gets a page of their own', () => {
    expect(sessionChange(ada, bob)).toBe('other')
    expect(sessionChange(demo, ada)).toBe('other')
    expect(sessionChange(nobody, ada)).toBe('other')
  })
})
