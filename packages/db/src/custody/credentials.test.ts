import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CustodyProblem, openCredentials, rewrap, type SealedRecord, sealCredentials } from './credentials.ts'
import { envKeyRing } from './env-key-ring.ts'

const keyText = () => randomBytes(32).toString('base64')
const OLD = `old:${keyText()}`
const NEW = `new:${keyText()}`
const ring = envKeyRing(OLD)
const both = envKeyRing(`${NEW},${OLD}`)
const owner = { userId: 'ann', sourceId: '0f3c7a52-0000-4000-8000-000000000001' }
const credentials = { keyId: 'PKAB12', secretKey: 'not-for-anybody-else' }

const sealed = async () => ({ ...owner, ...(await sealCredentials(ring, { ...owner, credentials })) })
const problemOf = (work: Promise<unknown>): Promise<CustodyProblem> =>
  work.then(
    () => expect.unreachable('it opened'),
    (error) => error,
  )

async function expectClosed(record: SealedRecord, at = ring): Promise<void> {
  for (const work of [openCredentials(at, record), rewrap(at, record)]) {
    const problem = await problemOf(work)
    expect(problem).toBeInstanceOf(CustodyProblem)
    expect(problem.kind).toBe('undecryptable')
    expect(problem.message).not.toMatch(/PKAB12|not-for-anybody|\n/)
  }
}

describe('sealed credentials', () => {
  it('open as they were sealed, whatever they are', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 300 })
    await fc.assert(
      fc.asyncProperty(fc.dictionary(text, text), text, text, async (content, userId, sourceId) => {
        const record = await sealCredentials(ring, { userId, sourceId, credentials: content })
        expect(record.keyId).toBe('old')
        expect(await openCredentials(ring, { userId, sourceId, ...record })).toEqual({ ...content })
        const moved = await rewrap(both, { userId, sourceId, ...record })
        expect(moved.keyId).toBe('new')
        expect(await openCredentials(both, { userId, sourceId, ...moved })).toEqual({ ...content })
      }),
    )
  })

  it('show nothing of their content, and never look alike twice', async () => {
    const [a, b] = [await sealed(), await sealed()]
    expect(a.sealed.equals(b.sealed)).toBe(false)
    for (const word of Object.values(credentials)) expect(a.sealed.includes(word)).toBe(false)
    const half = Math.floor(a.sealed.length / 2)
    expect(a.sealed.subarray(1, half).equals(b.sealed.subarray(1, half))).toBe(false)
  })

  it('do not open with any one bit changed, cut short or grown', async () => {
    const record = await sealed()
    for (let at = 0; at < record.sealed.length; at++) {
      const changed = Buffer.from(record.sealed)
      changed[at]! ^= 1 << (at % 8)
      await expectClosed({ ...record, sealed: changed })
    }
    for (let length = 0; length < record.sealed.length; length += 7)
      await expectClosed({ ...record, sealed: record.sealed.subarray(0, length) })
    await expectClosed({ ...record, sealed: Buffer.concat([record.sealed, Buffer.of(0)]) })
  })

  it('do not open for another user or another source, nor with the parts of the names moved', async () => {
    const record = await sealed()
    await expectClosed({ ...record, userId: 'bob' })
    await expectClosed({ ...record, sourceId: '0f3c7a52-0000-4000-8000-000000000002' })
    await expectClosed({ ...record, userId: owner.sourceId, sourceId: owner.userId })
    const glued = await sealCredentials(ring, { userId: 'a","b', sourceId: 'c', credentials })
    await expectClosed({ userId: 'a', sourceId: 'b","c', ...glued })
  })

  it('do not open with another key under their id, nor with their key under another id', async () => {
    const record = await sealed()
    await expectClosed(record, envKeyRing(`old:${keyText()}`))
    const renamed = envKeyRing(`other:${OLD.slice(OLD.indexOf(':') + 1)}`)
    await expectClosed({ ...record, keyId: 'other' }, renamed)
  })

  it('say which key is missing', async () => {
    const problem = await problemOf(openCredentials(envKeyRing(NEW), await sealed()))
    expect(problem).toMatchObject({ kind: 'unknown_key', message: expect.stringContaining(' old,') })
    const hostile = await problemOf(openCredentials(ring, { ...(await sealed()), keyId: '<b>\n"x' }))
    expect(hostile.message).toContain('the key ?b???x,')
  })

  it("do not open as a mix of two records of one user's source", async () => {
    const [a, b] = [await sealed(), await sealed()]
    for (let cut = 2; cut < a.sealed.length; cut += 12)
      await expectClosed({ ...a, sealed: Buffer.concat([a.sealed.subarray(0, cut), b.sealed.subarray(cut)]) })
  })

  it('are the same content under another key after a rewrap, and the old key alone opens it no more', async () => {
    const record = await sealed()
    const moved = { ...owner, ...(await rewrap(both, record)) }
    expect(moved.sealed.subarray(73).equals(record.sealed.subarray(73))).toBe(true)
    expect(await openCredentials(envKeyRing(NEW), moved)).toEqual(credentials)
    expect(await problemOf(openCredentials(ring, moved))).toMatchObject({ kind: 'unknown_key' })
    await expectClosed({ ...moved, keyId: 'old' }, both)
  })
})
