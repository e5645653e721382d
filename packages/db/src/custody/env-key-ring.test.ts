import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { envKeyRing, keysProblem } from './env-key-ring.ts'
import { KeyRingProblem } from './key-ring.ts'

const [a, b] = [randomBytes(32), randomBytes(32)]
const A = a.toString('base64')
const B = b.toString('base64url')

describe('ONETAPE_KEYS', () => {
  it('is keys by id, the first of them current; base64 of either kind', async () => {
    const ring = envKeyRing(`2026-02:${A}, 2025.11:${B}`)
    expect(await ring.current()).toEqual({ id: '2026-02', bytes: new Uint8Array(a) })
    expect((await ring.get('2025.11'))?.bytes).toEqual(new Uint8Array(b))
    expect(await ring.get('2024')).toBe(null)
    expect(await ring.ids()).toEqual(['2026-02', '2025.11'])
    expect((await ring.notes()).map((note) => note.isCurrent)).toEqual([true, false])
  })

  it.each([
    ['nothing', '', 'holds no id before key 1'],
    ['a key without an id', A, 'holds no id before key 1'],
    ['an empty id', `:${A}`, 'id of key 1'],
    ['an id of other signs', `a b:${A}`, 'id of key 1'],
    ['a short key', `a:${A.slice(4)}`, 'key 1 that is not 32 bytes'],
    ['a long key', `a:${A},b:${randomBytes(33).toString('base64')}`, 'key 2 that is not 32 bytes'],
    ['a word for a key', 'a:correct-horse-battery', 'key 1 that is not 32 bytes'],
    ['hex for a key', `a:${a.toString('hex')}`, 'key 1 that is not 32 bytes'],
    ['an id twice', `a:${A},a:${B}`, 'key 2 has the id of an earlier one'],
    ['a key twice', `a:${A},b:${A}`, 'key 2 is the same as an earlier one'],
    ['a comma at the end', `a:${A},`, 'holds no id before key 2'],
    ['a key over two lines', `a:${A.slice(0, 20)}\n${A.slice(20)}`, 'key 1 that is not 32 bytes'],
  ])('refuses %s in one line without a word of it', (_, text, words) => {
    const problem = keysProblem(text)
    expect(problem).toContain(words)
    expect(() => envKeyRing(text)).toThrow(KeyRingProblem)
    expect(() => envKeyRing(text)).toThrow(`ONETAPE_KEYS ${problem}`)
    for (const part of text.split(/[,:\n]/).filter((p) => p.length > 3)) expect(problem).not.toContain(part)
    expect(problem).not.toContain('\n')
  })

  it('rotates only with a second key behind the first, and is edited by its owner alone', async () => {
    await expect(envKeyRing(`a:${A}`).beginRotation('tape')).rejects.toThrow(
      'holds one key alone: put a new one before it',
    )
    const begun = await envKeyRing(`a:${A},b:${B}`).beginRotation('tape')
    expect({ id: begun.key.id, goesOn: begun.goesOn }).toEqual({ id: 'a', goesOn: false })
    await expect(envKeyRing(`a:${A},b:${B}`).drop('b')).rejects.toThrow('take it out there yourself')
  })
})
