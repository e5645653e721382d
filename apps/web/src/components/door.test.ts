import { describe, expect, it } from 'vitest'
import { DoorProblem } from '../api/account.ts'
import { checkEmail, checkNewPassword, doorSearch, isDoor, refusalOf } from './door.ts'

describe('the door', () => {
  it('keeps a path of ours to come back to, and nothing else', () => {
    expect(doorSearch({ to: '/sources?assetClass=fx' })).toEqual({ to: '/sources?assetClass=fx' })
    for (const to of ['https://evil.example', 'javascript:alert(1)', 7, undefined]) {
      expect(doorSearch({ to }).to).toBeUndefined()
    }
    expect(doorSearch({ to: `/${'x'.repeat(5_000)}` }).to).toHaveLength(512)
  })
  it('knows itself', () => {
    expect(isDoor('/sign-in')).toBe(true)
    expect(isDoor('/sign-up')).toBe(true)
    expect(isDoor('/sources')).toBe(false)
  })
  it('says what is wrong with an address or a password before it is sent', () => {
    expect(checkEmail('ada@example.com')).toBeNull()
    expect(checkEmail(' ada@example.com ')).toBeNull()
    expect(checkEmail('')).toMatch(/Type/)
    expect(checkEmail('ada')).toMatch(/no e-mail address/)
    expect(checkEmail('a@b@c.de')).toMatch(/no e-mail address/)
    expect(checkNewPassword('seven77')).toBe('Too short: at least 10 characters, now 7.')
    expect(checkNewPassword('x'.repeat(129))).toMatch(/Too long/)
    expect(checkNewPassword('ten letters')).toBeNull()
  })

  it('puts what the API refused beside the field that it is about', () => {
    expect(refusalOf(new DoorProblem('INVALID_NAME', 'Name: is missing.')).faults).toEqual({
      name: 'Is missing.',
    })
    expect(refusalOf(new DoorProblem('CODE_WRONG', 'This is not the code.')).faults).toEqual({
      code: 'This is not the code.',
    })
  })
  it('says how long to wait, and what else was refused in its own words', () => {
    expect(refusalOf(new DoorProblem('TOO_MANY', 'Too many attempts. Wait 23 seconds.', 23))).toEqual({
      faults: {},
      line: 'Too many tries.',
      waitS: 23,
    })
    expect(refusalOf(new DoorProblem('INVALID_EMAIL_OR_PASSWORD', 'E-mail or password is wrong.')).line).toBe(
      'E-mail or password is wrong.',
    )
    expect(refusalOf(new TypeError('secret inside')).line).toBe('The OneTape API does not answer.')
  })
})
