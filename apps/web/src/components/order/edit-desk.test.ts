import { expect, it } from 'vitest'
import { EditDesk, type Held, idOf, type Subject, type Value } from './edit-desk.ts'

const quotes: Subject = { what: 'order', kind: 'quotes', assetClass: 'all' }
const crypto: Subject = { what: 'order', kind: 'quotes', assetClass: 'crypto' }

class Conflict extends Error {}

/** A server with versions, and the copy of it that a page holds. */
function world(first: Value = ['polygon', 'alpaca']) {
  const server = new Map<string, Held>([[idOf(quotes), { value: first, version: 1 }]])
  const copy = new Map(server)
  const saves: Value[] = []
  const gates: (() => void)[] = []
  let isGated = false
  let fault: Error | null = null
  const empty: Held = { value: null, version: 0 }
  const refresh = async () => {
    copy.clear()
    for (const [id, held] of server) copy.set(id, held)
  }
  const desk = new EditDesk({
    held: (subject) => copy.get(idOf(subject)) ?? empty,
    async save(subject, value, version) {
      if (isGated) await new Promise<void>((resolve) => gates.push(resolve))
      if (fault) throw fault
      const id = idOf(subject)
      const is = server.get(id) ?? empty
      if (is.version !== version) throw new Conflict()
      saves.push(value)
      server.set(id, { value, version: version + 1 })
      return version + 1
    },
    settle: (subject, held) => copy.set(idOf(subject), held),
    refresh,
    isConflict: (error) => error instanceof Conflict,
    lineOf: (error) => (error as Error).message,
  })
  return {
    desk,
    saves,
    refresh,
    serverValue: (subject: Subject) => server.get(idOf(subject))?.value ?? null,
    elsewhere: (subject: Subject, value: Value) => {
      const is = server.get(idOf(subject)) ?? empty
      server.set(idOf(subject), { value, version: is.version + 1 })
    },
    fail: (error: Error | null) => {
      fault = error
    },
    gate: () => {
      isGated = true
    },
    pass: () => {
      isGated = false
      for (const open of gates.splice(0)) open()
    },
  }
}

it('shows a change before it is saved, and saves it with the version that was seen', async () => {
  const w = world()
  w.gate()
  const saved = w.desk.change(quotes, ['alpaca', 'polygon'])
  expect(w.desk.valueOf(quotes)).toEqual(['alpaca', 'polygon'])
  expect(w.desk.state.status.state).toBe('saving')
  expect(w.serverValue(quotes)).toEqual(['polygon', 'alpaca'])
  w.pass()
  await saved
  expect(w.desk.state.status.state).toBe('saved')
  expect(w.serverValue(quotes)).toEqual(['alpaca', 'polygon'])
  expect(w.desk.state.pending.size).toBe(0)
})

it('saves what was changed while it was saving, and nothing in between', async () => {
  const w = world()
  w.gate()
  const saved = w.desk.change(quotes, ['alpaca', 'polygon'])
  void w.desk.change(quotes, ['alpaca'])
  void w.desk.change(quotes, ['alpaca', 'yahoo'])
  w.pass()
  await saved
  expect(w.saves).toEqual([
    ['alpaca', 'polygon'],
    ['alpaca', 'yahoo'],
  ])
  expect(w.desk.valueOf(quotes)).toEqual(['alpaca', 'yahoo'])
})

it('undoes and does again, row by row in the order of the changes', async () => {
  const w = world()
  await w.desk.change(quotes, ['alpaca', 'polygon'])
  await w.desk.change(crypto, ['coinbase'])
  expect(w.desk.undo()?.subject).toEqual(crypto)
  expect(w.desk.valueOf(crypto)).toBeNull()
  w.desk.undo()
  expect(w.desk.valueOf(quotes)).toEqual(['polygon', 'alpaca'])
  expect(w.desk.undo()).toBeNull()
  w.desk.redo()
  expect(w.desk.valueOf(quotes)).toEqual(['alpaca', 'polygon'])
  await w.desk.change(crypto, ['yahoo'])
  expect(w.desk.redo()).toBeNull()
})

it('a change that is none is not saved, nor to be undone', async () => {
  const w = world()
  await w.desk.change(quotes, ['polygon', 'alpaca'])
  expect(w.saves).toEqual([])
  expect(w.desk.state.undo).toEqual([])
})

it('says a conflict, shows theirs, and applies mine again over it', async () => {
  const w = world()
  w.elsewhere(quotes, ['yahoo', 'polygon', 'alpaca'])
  await w.desk.change(quotes, ['alpaca', 'polygon'])
  expect(w.desk.valueOf(quotes)).toEqual(['yahoo', 'polygon', 'alpaca'])
  expect(w.desk.state.conflict).toEqual({
    subject: quotes,
    before: ['polygon', 'alpaca'],
    after: ['alpaca', 'polygon'],
    theirs: ['yahoo', 'polygon', 'alpaca'],
  })
  expect(w.desk.state.undo).toEqual([])
  await w.desk.settleConflict(['alpaca', 'polygon', 'yahoo'])
  expect(w.serverValue(quotes)).toEqual(['alpaca', 'polygon', 'yahoo'])
  expect(w.desk.state.conflict).toBeNull()
})

it('does not step back over what was changed elsewhere since', async () => {
  const w = world()
  await w.desk.change(quotes, ['alpaca', 'polygon'])
  w.elsewhere(quotes, ['yahoo'])
  await w.refresh()
  expect(w.desk.undo()).toBeNull()
  expect(w.desk.valueOf(quotes)).toEqual(['yahoo'])
  expect(w.desk.state.status).toMatchObject({ state: 'failed', line: expect.stringContaining('elsewhere') })
  expect(w.desk.state.undo).toEqual([])
})

it('two who wanted the same are no conflict', async () => {
  const w = world()
  w.elsewhere(quotes, ['alpaca', 'polygon'])
  await w.desk.change(quotes, ['alpaca', 'polygon'])
  expect(w.desk.state.conflict).toBeNull()
  expect(w.desk.state.status.state).toBe('saved')
})

it('takes back what could not be saved, and says why', async () => {
  const w = world()
  w.fail(new Error('The OneTape API does not answer.'))
  await w.desk.change(quotes, ['alpaca'])
  expect(w.desk.valueOf(quotes)).toEqual(['polygon', 'alpaca'])
  expect(w.desk.state.status).toMatchObject({ state: 'failed', line: 'The OneTape API does not answer.' })
  expect(w.desk.state.undo).toEqual([])
  w.fail(null)
  await w.desk.change(quotes, ['alpaca'])
  expect(w.serverValue(quotes)).toEqual(['alpaca'])
})
