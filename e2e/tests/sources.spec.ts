import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures.ts'
import { untilHealth } from '../health.ts'
import { look, VIEWPORTS } from '../looks.ts'
import { filterBy, grid, rowOf, status } from '../market-page.ts'
import { attempts, cellUnder, faultsOf, receipt, sourceRow, VENDORS } from '../sources-page.ts'

test.beforeEach(async ({ tape }) => {
  await untilHealth(tape.url, 'first quotes of both markets', (h) => h.ok && h.tape.quoted > 8_000, 90_000)
})

test('all seven vendors stand in the matrix, with what each gives per asset class', async ({
  page,
  tape,
}) => {
  await page.goto(`${tape.url}/sources`)
  for (const label of VENDORS) await expect(sourceRow(page, label)).toBeVisible()
  await page.getByRole('button', { name: 'Equities', exact: true }).click()
  const alpaca = sourceRow(page, 'Alpaca')
  expect(await cellUnder(page, alpaca, 'Order')).toBe('2nd')
  expect(await cellUnder(page, alpaca, 'Quotes')).toContain('live')
  expect(await cellUnder(page, alpaca, 'Options')).toMatch(/\d+ min late/)
  await expect(alpaca.getByTitle(/^Alpaca, options: \d+ minutes behind the venue, feed \w+/)).toBeVisible()
  expect(await cellUnder(page, sourceRow(page, 'Coinbase'), 'Quotes')).toBe('none')
  await page.getByRole('button', { name: 'Crypto', exact: true }).click()
  expect(await cellUnder(page, sourceRow(page, 'Coinbase'), 'Order')).toBe('1st')
  expect(await cellUnder(page, sourceRow(page, 'Coinbase'), 'Quotes')).toContain('live')
})

test('by keyboard: to the page, down the sources, into one and out again', async ({ page, tape }) => {
  await page.goto(tape.url)
  await expect(grid(page)).toBeVisible()
  await page.keyboard.press('s')
  await expect(page).toHaveURL(/\/sources/)
  await expect(sourceRow(page, 'Coinbase')).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const second = await page.locator('button[aria-expanded=true]').innerText()
  const panel = page.getByRole('complementary', { name: /^Source / })
  await expect(panel).toContainText(second.split('\n')[0]!)
  for (const part of ['Health', 'Budgets', 'Stream', 'What it gives', 'Last calls']) {
    await expect(panel.getByRole('region', { name: part })).toBeVisible()
  }
  await expect(panel.getByRole('meter').first()).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await expect(panel).not.toContainText(second.split('\n')[0]!)
  await page.keyboard.press('Escape')
  await expect(panel).toBeHidden()
})

test('a chip opens the receipt of its price, and only that', async ({ page, tape }) => {
  await page.goto(tape.url)
  await filterBy(page, 'Apple Inc')
  await rowOf(page, 'AAPL')
    .first()
    .getByRole('button', { name: /receipt of AAPL/ })
    .click()
  await expect(receipt(page)).toBeVisible()
  await expect(page).not.toHaveURL(/\/i\//)
  const onTape = receipt(page).getByRole('region', { name: 'On the tape' })
  for (const word of [
    'Source',
    'Feed',
    'Event time',
    'Received',
    'Age',
    'Delay',
    'Currency',
    'Order followed',
  ]) {
    await expect(onTape).toContainText(word)
  }
  expect((await attempts(page, 'On the tape'))[0]).toMatch(/^polygon\s+served/)
  await receipt(page).getByRole('button', { name: 'Ask now' }).click()
  await expect(receipt(page).getByRole('region', { name: 'Asked now' })).toContainText('live')
  const asked = await attempts(page, 'Asked now')
  // The demo user's own plan goes before the house's of the same vendor.
  expect(asked[0]).toMatch(/^polygon:2\s+served/)
  expect(asked.find((line) => line.startsWith('coinbase'))).toContain('skipped')
  await page.keyboard.press('Escape')
  await expect(receipt(page)).toBeHidden()
  // The grid goes on with its own keys.
  await grid(page).focus()
  await page.keyboard.press('r')
  await expect(receipt(page)).toContainText('AAPL')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/i\//)
})

test('explain names who would serve and why others would not', async ({ page, tape }) => {
  await page.goto(`${tape.url}/sources`)
  const explain = page.getByRole('region', { name: 'Explain' })
  await expect(explain).toBeVisible()
  await page.keyboard.press('e')
  await page.keyboard.type('bitcoin')
  await page
    .getByRole('option', { name: /BTC-USD/ })
    .first()
    .click()
  await expect(explain).toContainText('coinbase would serve BTC-USD')
  await expect(explain).toContainText(/schwab\s*skipped\s*has no crypto/)
  await explain.getByRole('button', { name: 'Charts', exact: true }).click()
  await explain.getByRole('button', { name: '1W', exact: true }).click()
  // Coinbase has no weekly bars.
  await expect(explain).toContainText(/coinbase\s*skipped\s*has no 1w bars/)
})

test('figures and options of a company, each with its receipt', async ({ page, tape }) => {
  await page.goto(`${tape.url}/i/equity:US:AAPL`)
  await page.getByRole('tab', { name: 'Fundamentals' }).click()
  const figures = page.getByRole('region', { name: 'Company figures' })
  await expect(figures.getByRole('row', { name: /^Revenue/ })).toContainText(/\d+\.\dB/)
  await figures.getByRole('button', { name: /receipt of AAPL/ }).click()
  expect((await attempts(page, 'As shown')).join('\n')).toMatch(/polygon:2\s+served/)
  await page.keyboard.press('Escape')
  await page.getByRole('tab', { name: 'Options' }).click()
  const chain = page.getByRole('region', { name: 'Options chain' })
  await expect(chain.getByRole('row')).not.toHaveCount(0)
  const expiries = page.getByRole('group', { name: 'Expiry' }).getByRole('button')
  await expect(expiries.first()).toHaveAttribute('aria-pressed', 'true')
  await expiries.nth(1).click()
  await expect(expiries.nth(1)).toHaveAttribute('aria-pressed', 'true')
  await expect(chain).toHaveAttribute('aria-busy', 'false')
})

test('a vendor that fails: its breaker opens on the page, and the next source answers', async ({
  page,
  tape,
}) => {
  const faults = faultsOf(tape.stateDir)
  await faults.order({ vendor: 'polygon', kind: 'server_error', on: 'request' })
  try {
    await page.goto(`${tape.url}/i/equity:US:AAPL`)
    await page
      .getByRole('button', { name: /receipt of AAPL/ })
      .first()
      .click()
    const askNow = receipt(page).getByRole('button', { name: /^Ask (now|again)$/ })
    await askNow.click()
    const asked = receipt(page).getByRole('region', { name: 'Asked now' })
    await expect
      .poll(() => attempts(page, 'Asked now'))
      .toContainEqual(expect.stringMatching(/^alpaca:2\s+served/))
    await expect(asked.getByRole('link', { name: 'alpaca:2' })).toBeVisible()
    expect((await attempts(page, 'Asked now'))[0]).toMatch(/^polygon:2\s+(failed|skipped)/)
    // A few failures in a row, and it is not even asked.
    await expect
      .poll(async () => {
        await askNow.click()
        await expect(askNow).toBeEnabled()
        return (await attempts(page, 'Asked now'))[0]
      })
      .toMatch(/^polygon:2\s+skipped[\s\S]*left alone[\s\S]*may be asked again at \d\d:\d\d:\d\d/)
    await page.keyboard.press('Escape')
    await page.goto(`${tape.url}/sources?source=polygon`)
    await expect(sourceRow(page, 'Polygon')).toContainText(
      /Open until \d\d:\d\d:\d\d|Trying|Open, due for a try/,
    )
    const panel = page.getByRole('complementary', { name: 'Source polygon' })
    await expect(panel.getByRole('region', { name: 'Health' })).toContainText(/unavailable/)
    await expect(panel.getByRole('region', { name: 'Last calls' })).toContainText('unavailable')
  } finally {
    await faults.clear()
  }
  await expect(sourceRow(page, 'Polygon')).toContainText('Answering', { timeout: 90_000 })
})

for (const viewport of VIEWPORTS) {
  test(`accessible in light and dark, and without sideways scroll: ${viewport.width}`, async ({
    browser,
    tape,
  }) => {
    const context = await browser.newContext({ colorScheme: 'light', viewport })
    const page = await context.newPage()
    const open = async (path: string) => {
      await page.goto(tape.url + path)
      await expect(status(page)).toContainText('Connected')
    }
    await open('/sources')
    await expect(page.getByText(/would serve/)).toBeVisible()
    await look(page, 'sources')
    await open('/sources?source=polygon')
    await expect(page.getByRole('region', { name: 'Budgets' })).toBeVisible()
    await look(page, 'a source')
    await open('/i/equity:US:AAPL')
    await openFreshReceipt(page)
    await look(page, 'a receipt')
    await open('/i/equity:US:AAPL?view=fundamentals')
    await expect(page.getByRole('row', { name: /^Revenue/ })).toBeVisible()
    await look(page, 'figures')
    await open('/i/equity:US:AAPL?view=options')
    await expect(page.getByRole('region', { name: 'Options chain' })).toBeVisible()
    await look(page, 'options')
    await context.close()
  })
}

async function openFreshReceipt(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /receipt of AAPL/ })
    .first()
    .click()
  await receipt(page).getByRole('button', { name: 'Ask now' }).click()
  await expect(receipt(page).getByRole('region', { name: 'Asked now' })).toBeVisible()
}
