import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from './json.ts'
import { JsonList } from './json-list.ts'

const EXACT = ['t']
const open = () => new JsonList({ list: 'rows', who: 'Acme', exactFields: EXACT })
const bytesOf = (text: string) => new TextEncoder().encode(text)

function read(text: string, cuts: readonly number[] = []) {
  const list = open()
  const bytes = bytesOf(text)
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  let from = 0
  for (const end of ends) {
    // Lent bytes: what was kept of them must have been copied.
    const lent = bytes.slice(from, end)
    list.push(lent)
    lent.fill(0)
    from = end
  }
  return list.end()
}

const errorOf = (text: string, cuts?: number[]) => {
  try {
    return read(text, cuts)
  } catch (error) {
    return error as { kind: string; message: string }
  }
}

describe('a list that is read while it arrives', () => {
  it('is what JSON.parse reads, wherever the bytes are cut', () => {
    const body = fc.record(
      { before: fc.jsonValue(), rows: fc.array(fc.jsonValue()), after: fc.jsonValue() },
      { requiredKeys: ['rows'] },
    )
    const spaced = fc.constantFrom(undefined, 1, '\t')
    fc.assert(
      fc.property(body, spaced, fc.array(fc.nat(), { maxLength: 8 }), (value, indent, cuts) => {
        const text = JSON.stringify(value, null, indent)
        const { rows, envelope } = read(text, cuts)
        const whole = parseJson(text, 'Acme', EXACT) as typeof value
        expect({ ...(envelope as object), rows }).toEqual(whole)
      }),
    )
  })

  it('takes the field of that name at the top, and no other', () => {
    const { rows, envelope } = read('{"a":{"rows":[1]},"x":"rows","b":["rows",[2]],"rows":[{"t":3}],"c":[4]}')
    expect(rows).toEqual([{ t: 3 }])
    expect(envelope).toEqual({ a: { rows: [1] }, x: 'rows', b: ['rows', [2]], rows: [], c: [4] })
  })

  it('keeps every digit of the exact fields, and brackets inside of strings', () => {
    const text = '{"rows":[{"t":1651251948407646487,"s":"]},[\\"{"},{"t":1}]}'
    for (let cut = 0; cut <= text.length; cut++)
      expect(read(text, [cut]).rows).toEqual([{ t: '1651251948407646487', s: ']},["{' }, { t: 1 }])
  })

  it('leaves a body without the list to the envelope', () => {
    expect(read('{"rows":null,"status":"OK"}')).toMatchObject({ rows: [], envelope: { rows: null } })
    expect(read('{"rows":[ ]}')).toMatchObject({ rows: [], envelope: { rows: [] } })
  })

  it.each([
    '{"rows":[{"a":1}',
    '{"rows":[{"a":1},',
    '{"rows":[{"a":1}]',
    '{"rows":[1,]}',
    '{"rows":[,1]}',
    '{"rows":[{]}',
  ])('%s is cut short', (text) => {
    for (let cut = 0; cut <= text.length; cut++)
      expect(errorOf(text, [cut])).toMatchObject({
        kind: 'malformed',
        message: 'Acme answered with a body that is cut short, not JSON',
      })
  })

  it('says what came instead of JSON', () => {
    expect(errorOf('<html>')).toMatchObject({
      kind: 'malformed',
      message: 'Acme answered with a web page, not JSON',
    })
    expect(errorOf('')).toMatchObject({ message: 'Acme answered with an empty body, not JSON' })
  })
})
