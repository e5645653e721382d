import { openDoor } from '../door.ts'
import { expect, test } from '../fixtures.ts'
import { readHealth, untilHealth } from '../health.ts'
import { look, VIEWPORTS } from '../looks.ts'
import { filterBy, grid, lastPrices, rowOf, status } from '../market-page.ts'

test.beforeEach(async ({ tape }) => {
  await untilHealth(tape.url, 'first quotes of both markets', (h) => h.ok && h.tape.quoted > 8_000, 90_000)
})

test('health says ok and the page says DEMO, the session and the simulated time', async ({ page, tape }) => {
  const answer = await fetch(`${tape.url}/api/health`)
  expect(answer.status).toBe(200)
  expect((await readHealth(tape.url))?.mode).toBe('demo')
  await page.goto(tape.url)
  await expect(page.getByText('DEMO', { exact: true })).toBeVisible()
  await expect(status(page)).toContainText(/Simulated time/)
  await expect(status(page)).toContainText(/US market\s*(open|pre|post)/i)
  await expect(status(page)).toContainText('Connected')
  await expect(status(page)).toContainText('Daemon alive')
  await expect(status(page)).toContainText(/Lag\s*\d/)
})

test('within a minute US equities and coins have moved on the open page', async ({ page, tape }) => {
  await page.goto(tape.url)
  for (const tab of ['Equities', 'Crypto']) {
    await page.getByRole('button', { name: tab, exact: true }).click()
    const rows = async () => (await lastPrices(page)).size
    await expect.poll(rows, { message: `${tab} has no rows`, timeout: 15_000 }).toBeGreaterThan(5)
    const before = await lastPrices(page)
    // One price may stand where it stood a minute ago; all of them do not.
    const moved = async () => [...(await lastPrices(page))].some(([s, p]) => (before.get(s) ?? p) !== p)
    await expect.poll(moved, { message: `${tab} stand still`, timeout: 75_000 }).toBe(true)
  }
})

test('the whole universe is there, drawn a window at a time', async ({ page, tape }) => {
  await page.goto(tape.url)
  await expect(grid(page)).toBeVisible()
  expect(Number(await grid(page).getAttribute('aria-rowcount'))).toBeGreaterThan(8_000)
  expect(await grid(page).getByRole('row').count()).toBeLessThan(200)
})

test('sorting by a column header says its order and holds', async ({ page, tape }) => {
  await page.goto(tape.url)
  await page.getByRole('columnheader', { name: 'Symbol' }).getByRole('button').click()
  const header = page.getByRole('columnheader', { name: 'Symbol' })
  await expect(header).toHaveAttribute('aria-sort', /ascending|descending/)
  const order = await header.getAttribute('aria-sort')
  const symbols = (await grid(page).getByRole('row').all()).slice(1, 15)
  const texts = await Promise.all(symbols.map((r) => r.getByRole('gridcell').first().innerText()))
  const sorted = [...texts].sort((a, b) => (a < b ? -1 : 1))
  expect(texts).toEqual(order === 'ascending' ? sorted : sorted.reverse())
})

test('the state of the quotes is counted, and each state shows its rows', async ({ page, tape }) => {
  await page.goto(tape.url)
  const states = page.getByRole('group', { name: 'State of the quotes' })
  const count = async () => Number((await grid(page).getAttribute('aria-rowcount')) ?? 0) - 1
  await expect(states.getByRole('button', { name: /live/ })).toBeVisible()
  const of = async (name: string) =>
    Number((await states.getByRole('button', { name }).innerText()).replace(/\D/g, ''))
  const texts = await states.getByRole('button').allInnerTexts()
  const names = texts.map((text) => text.replace(/[\d,\s]/g, ''))
  const all = (await Promise.all(names.map(of))).reduce((a, b) => a + b, 0)
  expect(all).toBe(await count())
  const [first] = names.filter((name) => name !== 'stale')
  await states.getByRole('button', { name: first! }).click()
  await expect(states.getByRole('button', { name: first! })).toHaveAttribute('aria-pressed', 'true')
  await expect(page).toHaveURL(new RegExp(`state=${first}`))
  await expect.poll(async () => (await count()) === (await of(first!)), { timeout: 15_000 }).toBe(true)
})

test('rows keep their places under the pointer, and the filter answers at once', async ({ page, tape }) => {
  await page.goto(`${tape.url}/?sort=time&desc=true`)
  const order = () =>
    grid(page)
      .locator('[data-key]')
      .evaluateAll((rows) => rows.slice(0, 12).map((row) => (row as HTMLElement).dataset.key))
  await grid(page).locator('[data-key]').nth(3).hover()
  const held = await order()
  // Batches come in meanwhile: the times, by which the rows are sorted, are others.
  const { tape: before } = (await readHealth(tape.url))!
  await untilHealth(tape.url, 'more batches', (h) => h.tape.batchId > before.batchId + 5, 90_000)
  expect(await order()).toEqual(held)
  await page.mouse.move(5, 5)
  await expect.poll(order, { timeout: 15_000 }).not.toEqual(held)
  await filterBy(page, 'AAPL')
  await expect(rowOf(page, 'AAPL').first()).toBeVisible()
  await expect(page).toHaveURL(/text=AAPL/)
})

test('by keyboard alone: filter, walk, open, search, back', async ({ page, tape }) => {
  await page.goto(tape.url)
  await filterBy(page, 'Apple Inc')
  await expect(rowOf(page, 'AAPL').first()).toBeVisible()
  await grid(page).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/i\/equity(:|%3A)US(:|%3A)AAPL/)
  await page.keyboard.press('/')
  await page.keyboard.type('bitcoin')
  await expect(page.locator('#search-results [aria-selected=true]')).toContainText('BTC-USD')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/crypto(:|%3A)BTC-USD/)
})

for (const viewport of VIEWPORTS) {
  test(`accessible in light and dark, and without sideways scroll: ${viewport.width}`, async ({
    browser,
    tape,
  }) => {
    const context = await browser.newContext({ colorScheme: 'light', viewport })
    const page = await context.newPage()
    for (const path of ['/', '/i/equity:US:AAPL', '/i/crypto:BTC-USD', '/operations', '/nowhere']) {
      await page.goto(tape.url + path)
      await expect(page.getByRole('main')).toBeVisible()
      await expect(status(page)).toContainText('Connected')
      await look(page, path)
    }
    await context.close()
  })
}

test('a lost API leaves the values readable and marked, and the page goes on', async ({ page, tape }) => {
  // The door between page and API: shut, it breaks what runs and refuses what comes.
  const door = await openDoor(new URL(tape.url))
  await page.goto(door.url)
  await filterBy(page, 'AAPL')
  const row = rowOf(page, 'AAPL').first()
  await expect(row).toBeVisible()
  const last = await row.getByRole('gridcell').nth(2).innerText()
  door.shut()
  await expect(page.getByRole('status', { name: 'Condition of the tape' })).toContainText('Disconnected', {
    timeout: 30_000,
  })
  expect(await row.getByRole('gridcell').nth(2).innerText()).toBe(last)
  door.open()
  await expect(status(page)).toContainText('Connected', { timeout: 30_000 })
  await expect(page.getByRole('status', { name: 'Condition of the tape' })).toHaveText('')
  await door.close()
})
