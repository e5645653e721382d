import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { expect, test } from '../fixtures.ts'
import { untilHealth } from '../health.ts'
import { look } from '../looks.ts'
import { filterBy, rowOf } from '../market-page.ts'

test.beforeEach(async ({ page, tape }) => {
  await untilHealth(tape.url, 'first quotes', (h) => h.ok && h.tape.quoted > 8_000, 90_000)
  await removeAll(page, tape.url)
})

const lists = (page: Page): Locator => page.getByRole('list', { name: 'Lists' })
const table = (page: Page): Locator => page.getByRole('grid', { name: 'Instruments of the list' })
const row = (page: Page, symbol: string): Locator =>
  table(page)
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name: symbol, exact: true }) })
const symbols = (page: Page): Promise<string[]> =>
  table(page).getByRole('row').getByRole('link').allInnerTexts()
const names = async (page: Page): Promise<string[]> =>
  (await lists(page).locator('[data-choose] > span:first-child').allInnerTexts()).map((name) => name.trim())

async function bring(page: Page, name: string, text: string): Promise<void> {
  await page.getByRole('button', { name: /Import a list/ }).click()
  await page.getByLabel('Name of the list').fill(name)
  await page.getByLabel('Symbols or keys').fill(text)
  await page.getByRole('button', { name: 'Import', exact: true }).click()
}

interface Stored {
  id: string
  name: string
  items: { symbol: string }[]
}

async function storedLists(url: string): Promise<Stored[]> {
  const answer = await fetch(`${url}/trpc/watchlists.list`)
  return ((await answer.json()) as { result: { data: Stored[] } }).result.data
}
/** Name and symbols of every list, as the API has them. */
const stored = async (url: string): Promise<string[][]> =>
  (await storedLists(url)).map(({ name, items }) => [name, ...items.map((item) => item.symbol)])

/** Every test begins without lists. */
async function removeAll(page: Page, url: string): Promise<void> {
  for (const { id } of await storedLists(url)) {
    const done = await page.request.post(`${url}/trpc/watchlists.remove`, {
      data: { id },
      headers: { origin: url },
    })
    expect(done.ok()).toBe(true)
  }
}

test('a pasted list says of each line what became of it, and its prices move', async ({ page, tape }) => {
  await page.goto(`${tape.url}/watchlists`)
  await expect(page.getByText('You have no lists yet')).toBeVisible()
  await bring(page, 'Big tech', 'symbol\nAAPL\nNOSUCH\nBTC/USD\nAAPL\nMSFT')
  const report = page.getByRole('dialog', { name: 'Import a list' })
  await expect(report).toContainText('3 instruments are in the list.')
  await expect(report.getByRole('row', { name: /NOSUCH/ })).toContainText('unknown')
  await expect(report.getByRole('row', { name: /already taken from line 2/ })).toBeVisible()
  await report.getByRole('button', { name: 'Done' }).click()
  expect(await symbols(page)).toEqual(['AAPL', 'BTC-USD', 'MSFT'])
  const text = () => row(page, 'BTC-USD').innerText()
  const before = await text()
  await expect.poll(text, { timeout: 75_000 }).not.toBe(before)
})

test('by keyboard alone: make, add, move, take out, undo, rename, and it is there again', async ({
  page,
  tape,
}) => {
  await page.goto(`${tape.url}/watchlists`)
  await page.getByLabel('Name of a new list').fill('Mine')
  await page.keyboard.press('Enter')
  await expect(lists(page).getByRole('button', { name: /^Mine/ })).toHaveAttribute('aria-current', 'true')
  await page.getByRole('button', { name: /^Mine/ }).focus()
  for (const symbol of ['AAPL', 'NVDA', 'TSLA']) {
    await page.keyboard.press('a')
    await page.getByRole('combobox', { name: 'Search instruments' }).fill(symbol)
    await expect(page.getByRole('option').first()).toContainText(symbol)
    await page.keyboard.press('Enter')
    await expect(row(page, symbol)).toBeVisible()
  }
  await row(page, 'TSLA').focus()
  await page.keyboard.press('Alt+ArrowUp')
  await page.keyboard.press('Alt+ArrowUp')
  await expect.poll(() => symbols(page)).toEqual(['TSLA', 'AAPL', 'NVDA'])
  await expect(row(page, 'TSLA')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Delete')
  await expect.poll(() => symbols(page)).toEqual(['TSLA', 'NVDA'])
  await page.getByRole('button', { name: 'Undo' }).press('Enter')
  await expect.poll(() => symbols(page)).toEqual(['TSLA', 'AAPL', 'NVDA'])
  await lists(page).getByRole('button', { name: /^Mine/ }).press('F2')
  await page.getByLabel('New name of Mine').fill('Movers')
  await page.keyboard.press('Enter')
  await expect.poll(() => names(page)).toEqual(['Movers'])
  // Shown at once, saved a moment later.
  await expect.poll(() => stored(tape.url)).toEqual([['Movers', 'TSLA', 'AAPL', 'NVDA']])
  await page.reload()
  await expect.poll(() => symbols(page)).toEqual(['TSLA', 'AAPL', 'NVDA'])
  await row(page, 'AAPL').press('Enter')
  await expect(page).toHaveURL(/equity:US:AAPL/)
  await page.goBack()
})

test('lists and rows are dragged; a removed list comes back with what it held', async ({ page, tape }) => {
  await page.goto(`${tape.url}/watchlists`)
  for (const [name, text] of [
    ['One', 'AAPL\nMSFT\nNVDA'],
    ['Two', 'TSLA'],
  ] as const) {
    await bring(page, name, text)
    await page.getByRole('button', { name: 'Done' }).click()
  }
  await lists(page).getByRole('button', { name: /^One/ }).click()
  await row(page, 'NVDA').dragTo(row(page, 'AAPL'), { targetPosition: { x: 60, y: 4 } })
  await expect.poll(() => symbols(page)).toEqual(['NVDA', 'AAPL', 'MSFT'])
  await lists(page)
    .getByRole('listitem')
    .filter({ hasText: 'Two' })
    .dragTo(lists(page).getByRole('listitem').filter({ hasText: 'One' }), { targetPosition: { x: 60, y: 3 } })
  await expect.poll(() => names(page)).toEqual(['Two', 'One'])
  await lists(page).getByRole('listitem').filter({ hasText: 'One' }).hover()
  await page.getByRole('button', { name: 'Remove One' }).click()
  await expect.poll(() => names(page)).toEqual(['Two'])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => names(page)).toEqual(['Two', 'One'])
  await lists(page).getByRole('button', { name: /^One/ }).click()
  await expect.poll(() => symbols(page)).toEqual(['NVDA', 'AAPL', 'MSFT'])
})

test('what is exported imports again to the same list', async ({ page, tape }) => {
  await page.goto(`${tape.url}/watchlists`)
  await bring(page, 'Out', 'NVDA\nEUR-USD\nAAPL')
  await page.getByRole('button', { name: 'Done' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('out.csv')
  const text = readFileSync(await download.path(), 'utf8')
  expect(text.split('\r\n').slice(0, 2)).toEqual([
    'symbol,key,name',
    expect.stringContaining('NVDA,equity:US:NVDA'),
  ])
  await page.getByRole('button', { name: /Import a list/ }).click()
  await page
    .getByLabel('File to import')
    .setInputFiles({ name: 'Back.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  await expect(page.getByLabel('Name of the list')).toHaveValue('Back')
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect.poll(() => symbols(page)).toEqual(['NVDA', 'EUR-USD', 'AAPL'])
})

test('from the market and from an instrument one key adds to a list; another tab hears of it', async ({
  page,
  tape,
  context,
}) => {
  const other = await context.newPage()
  await other.goto(`${tape.url}/watchlists`)
  await page.goto(tape.url)
  await filterBy(page, 'AAPL')
  await expect(rowOf(page, 'AAPL').first()).toBeVisible()
  await page.getByRole('grid', { name: 'Market' }).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('a')
  await page.getByLabel('New list').fill('From the market')
  await page.keyboard.press('Enter')
  const desk = page.getByRole('dialog', { name: 'Lists with AAPL' })
  await expect(desk.getByRole('switch', { name: /From the market/ })).toHaveAttribute('aria-checked', 'true')
  await expect(lists(other).getByRole('button', { name: /From the market/ })).toBeVisible({ timeout: 5_000 })
  await page.goto(`${tape.url}/i/equity:US:MSFT`)
  await page.getByRole('button', { name: 'Add to a list (a)' }).click()
  await page.getByRole('switch', { name: /From the market/ }).click()
  await expect.poll(() => symbols(other), { timeout: 5_000 }).toEqual(['AAPL', 'MSFT'])
})

test('accessible in light and dark, and without sideways scroll, wide and narrow', async ({ page, tape }) => {
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto(`${tape.url}/watchlists`)
  await bring(page, 'Checked', 'AAPL\nBTC-USD\nNOSUCH')
  await look(page, 'what an import came to')
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(row(page, 'AAPL')).toBeVisible()
  await look(page, 'a list')
  await page.setViewportSize({ width: 390, height: 844 })
  await look(page, 'a list on a phone')
  await page.setViewportSize({ width: 1440, height: 900 })
  await removeAll(page, tape.url)
  await page.reload()
  await expect(page.getByText('You have no lists yet')).toBeVisible()
  await look(page, 'no lists')
})

test('the chart changes its basis on one switch and says by whose actions', async ({ page, tape }) => {
  await page.goto(`${tape.url}/i/equity:US:AAPL?tf=1d`)
  const basis = page.getByRole('group', { name: 'Basis of the prices' })
  await expect(basis).toBeVisible()
  for (const [name, words] of [
    ['Total', /total return/],
    ['Raw', /as traded/],
    ['Split', /split-adjusted/],
  ] as const) {
    await basis.getByRole('button', { name }).click()
    await expect(basis.getByRole('button', { name })).toHaveAttribute('aria-pressed', 'true')
    await expect(page.getByRole('region', { name: 'Chart' }).getByText(words).first()).toBeVisible()
  }
  await page.keyboard.press('b')
  await expect(basis.getByRole('button', { name: 'Total' })).toHaveAttribute('aria-pressed', 'true')
})
