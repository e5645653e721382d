import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures.ts'
import { untilHealth } from '../health.ts'
import { status } from '../market-page.ts'
import {
  canSeeProcesses,
  freshStateDir,
  type OneTape,
  processesOf,
  type Running,
  startOneTape,
} from '../onetape.ts'

test.skip(!canSeeProcesses, 'reads /proc')
test.describe.configure({ mode: 'serial' })

let tape: OneTape
let page: Page

const find = (pattern: RegExp): Running[] => processesOf(tape.stateDir).filter((p) => pattern.test(p.command))

/** Kills every process that matches and waits until others have taken their place. */
async function killHard(pattern: RegExp) {
  const old = find(pattern).map((p) => p.pid)
  expect(old.length, `no process matches ${pattern}`).toBeGreaterThan(0)
  for (const pid of old) process.kill(pid, 'SIGKILL')
  await expect
    .poll(() => find(pattern).filter((p) => !old.includes(p.pid)).length, {
      message: `nobody took the place of ${pattern}`,
      timeout: 60_000,
    })
    .toBeGreaterThan(0)
}

/** A batch newer than `before` is written, and the open page is whole again. */
async function goesOn(before: number) {
  await untilHealth(tape.url, 'the tape goes on', (h) => h.ok && h.tape.batchId > before, 120_000)
  await expect(status(page)).toContainText('Connected', { timeout: 60_000 })
  await expect(page.getByRole('status', { name: 'Condition of the tape' })).toHaveText('', {
    timeout: 60_000,
  })
}

const batchNow = async () => (await untilHealth(tape.url, 'healthy', (h) => h.ok, 60_000)).tape.batchId

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000)
  tape = await startOneTape({ stateDir: freshStateDir('kill') })
  await untilHealth(tape.url, 'first quotes', (h) => h.ok && h.tape.quoted > 1_000, 90_000)
  page = await browser.newPage()
  await page.goto(tape.url)
  await expect(status(page)).toContainText('Connected')
})

test.afterAll(async () => {
  await page?.close()
  await tape?.stop('SIGKILL')
})

for (const [who, pattern] of [
  ['the daemon', /apps\/daemon\/src\/main\.ts/],
  ['the API', /apps\/api\/src\/main\.ts/],
  ['the simulator', /packages\/simulator\/src\/main\.ts/],
  ['the guardian of Postgres', /guardian\.ts/],
] as const) {
  test(`kill -9 of ${who} is healed and the open page goes on`, async () => {
    const before = await batchNow()
    await killHard(pattern)
    const healed = await batchNow()
    expect(healed, 'committed batches are lost').toBeGreaterThanOrEqual(before)
    await goesOn(healed)
  })
}

test('kill -9 of Postgres is healed and no committed batch is lost', async () => {
  const before = await batchNow()
  await killHard(/bin\/postgres .*-D|^postgres:? /)
  const healed = await batchNow()
  expect(healed, 'committed batches are lost').toBeGreaterThanOrEqual(before)
  await goesOn(healed)
})

test('kill -9 of the launcher leaves nothing running after 10 s, and the next start keeps the address', async () => {
  const before = await batchNow()
  const gone = tape.stop('SIGKILL')
  await gone
  const end = Date.now() + 10_000
  while (processesOf(tape.stateDir).length > 0 && Date.now() < end)
    await new Promise((r) => setTimeout(r, 200))
  expect(processesOf(tape.stateDir)).toEqual([])
  const { url, stateDir } = tape
  tape = await startOneTape({ stateDir })
  expect(tape.url).toBe(url)
  await goesOn(before)
})

test('SIGINT ends everything within 10 s with code 0', async () => {
  const started = Date.now()
  const code = await tape.stop('SIGINT')
  while (processesOf(tape.stateDir).length > 0 && Date.now() - started < 10_000)
    await new Promise((r) => setTimeout(r, 200))
  expect(processesOf(tape.stateDir)).toEqual([])
  expect(code).toBe(0)
})
