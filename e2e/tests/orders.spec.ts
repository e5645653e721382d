import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures.ts'
import { untilHealth } from '../health.ts'
import { look, VIEWPORTS } from '../looks.ts'
import { status } from '../market-page.ts'
import { forgetOrders, handleOf, orderOf, orderRow, routeChanges, routeOf, saving } from '../order-page.ts'
import { attempts, faultsOf, receipt } from '../sources-page.ts'

test.beforeEach(async ({ tape }) => {
  await untilHealth(tape.url, 'first quotes of both markets', (h) => h.ok && h.tape.quoted > 8_000, 90_000)
  await forgetOrders(tape.url)
})

// The demo user is everybody's: the next ones find it as it was.
test.afterEach(async ({ tape }) => forgetOrders(tape.url))

const openOrder = async (page: Page, url: string) => {
  await page.goto(`${url}/order`)
  const row = orderRow(page, 'Quotes')
  await expect(handleOf(row, 'yahoo')).toBeVisible()
  return row
}

/** Takes a source to the front of a row with the mouse. */
const dragToFront = async (page: Page, source: string) => {
  const row = orderRow(page, 'Quotes')
  const [first] = await orderOf(row)
  await handleOf(row, source).dragTo(handleOf(row, first!), { targetPosition: { x: 3, y: 12 } })
}

test('by mouse: what is dragged first is asked first, survives, and is undone', async ({ page, tape }) => {
  const row = await openOrder(page, tape.url)
  const house = await orderOf(row)
  await expect(row).toContainText('house default')
  await dragToFront(page, 'yahoo')
  const mine = ['yahoo', ...house.filter((name) => name !== 'yahoo')]
  await expect.poll(() => orderOf(row)).toEqual(mine)
  await expect(saving(page)).toContainText('Saved: Quotes, all classes, yahoo ›')
  await expect(row).toContainText(/Yours differs: yahoo from \d\w\w to 1st/)
  await expect(routeOf(page, 'AAPL').getByRole('button', { name: /^yahoo/ })).toBeVisible()
  await expect(routeOf(page, 'AAPL')).toContainText('yours')
  await page.reload()
  await expect.poll(() => orderOf(row)).toEqual(mine)
  // Dropped on the last one's far side.
  const last = handleOf(row, mine.at(-1)!)
  const box = (await last.boundingBox())!
  await handleOf(row, 'yahoo').dragTo(last, { targetPosition: { x: box.width - 3, y: 12 } })
  await expect.poll(async () => (await orderOf(row)).at(-1)).toBe('yahoo')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => orderOf(row)).toEqual(mine)
  await row.getByRole('button', { name: 'House default' }).click()
  await expect.poll(() => orderOf(row)).toEqual(house)
  await expect(row).toContainText('house default')
  await page.keyboard.press('Control+z')
  await expect.poll(() => orderOf(row)).toEqual(mine)
  await page.keyboard.press('Control+Shift+z')
  await expect.poll(() => orderOf(row)).toEqual(house)
})

test('by keyboard alone: lifted, moved, dropped, put back, taken out and put in', async ({ page, tape }) => {
  await page.goto(tape.url)
  await expect(status(page)).toContainText('Connected')
  await page.keyboard.press('y')
  await expect(page).toHaveURL(/\/order$/)
  const row = orderRow(page, 'Quotes')
  const said = page.locator('[aria-live=assertive]')
  const house = await expect
    .poll(async () => (await orderOf(row)).length)
    .toBeGreaterThan(4)
    .then(() => orderOf(row))
  const [first, second, third] = house as [string, string, string]
  await handleOf(row, first).focus()
  await page.keyboard.press('ArrowRight')
  await expect(handleOf(row, second)).toBeFocused()
  await page.keyboard.press('Space')
  await expect(said).toContainText(`${second} lifted, place 2 of ${house.length}`)
  await page.keyboard.press('ArrowLeft')
  await expect(said).toContainText(`${second}, place 1 of ${house.length}`)
  await expect(handleOf(row, second)).toBeFocused()
  // Nothing is saved while it is held up.
  await expect(saving(page)).not.toContainText('Saved')
  await page.keyboard.press('Escape')
  await expect.poll(() => orderOf(row)).toEqual(house)
  await page.keyboard.press('Space')
  await page.keyboard.press('Home')
  await page.keyboard.press('Space')
  await expect(said).toContainText(`${second} dropped at place 1 of ${house.length}`)
  await expect(saving(page)).toContainText(`Saved: Quotes, all classes, ${second} ›`)
  await page.keyboard.press('Alt+ArrowRight')
  await page.keyboard.press('Alt+ArrowRight')
  await expect.poll(async () => (await orderOf(row)).slice(0, 3)).toEqual([first, third, second])
  await expect(handleOf(row, second)).toBeFocused()
  await page.keyboard.press('Delete')
  await expect(row.getByRole('button', { name: `Put in ${second}` })).toBeVisible()
  await expect(row).toContainText(`${second} not asked`)
  await row.getByRole('button', { name: `Put in ${second}` }).press('Enter')
  await expect.poll(async () => (await orderOf(row)).at(-1)).toBe(second)
  await expect(handleOf(row, second)).toBeFocused()
  await page.keyboard.press('Control+z')
  await expect(row.getByRole('button', { name: `Put in ${second}` })).toBeVisible()
})

test('off for me only: the second takes over with the receipt saying why, and the first returns', async ({
  page,
  tape,
}) => {
  const row = await openOrder(page, tape.url)
  await dragToFront(page, 'yahoo')
  await expect(routeOf(page, 'AAPL').getByRole('button', { name: /^yahoo/ })).toBeVisible()
  const next = (await orderOf(row))[1]!
  await page.getByRole('switch', { name: 'yahoo off for me only' }).click()
  const banner = page.getByRole('region', { name: 'Simulated outages' })
  await expect(banner).toContainText('yahoo is off for you only')
  await expect(routeOf(page, 'AAPL').getByRole('button', { name: new RegExp(`^${next}`) })).toBeVisible()
  await expect(routeChanges(page).first()).toContainText(/switched off for you/)
  await expect(routeChanges(page).first()).toContainText(`${next} answered`)
  await expect(handleOf(row, 'yahoo')).toHaveAccessibleName(/off for you/)
  await routeOf(page, 'AAPL')
    .getByRole('button', { name: /receipt of AAPL/ })
    .click()
  const tried = await attempts(page, 'As shown')
  expect(tried[0]).toMatch(/^yahoo\s+skipped[\s\S]*switched off for you/)
  expect(tried[1]).toMatch(new RegExp(`^${next}\\s+served`))
  await expect(receipt(page)).toContainText('your own')
  await page.keyboard.press('Escape')
  // It is said on every page, and ended from there.
  await page.keyboard.press('g')
  await expect(page).toHaveURL(/\/$|\/\?/)
  await expect(banner).toContainText('yahoo is off for you only')
  await banner.getByRole('button', { name: /^End now/ }).click()
  await expect(banner).toBeHidden()
  await page.keyboard.press('y')
  await expect(routeOf(page, 'AAPL').getByRole('button', { name: /^yahoo/ })).toBeVisible()
  await expect(routeChanges(page).first()).toContainText(/yahoo stands before/)
})

test('a vendor that fails: the next one answers, the reason is said, and it returns', async ({
  page,
  tape,
}) => {
  const faults = faultsOf(tape.stateDir)
  const row = await openOrder(page, tape.url)
  await dragToFront(page, 'yahoo')
  await expect(routeOf(page, 'MSFT').getByRole('button', { name: /^yahoo/ })).toBeVisible()
  const next = (await orderOf(row))[1]!
  await faults.order({ vendor: 'yahoo', kind: 'server_error', on: 'request' })
  try {
    await expect(routeOf(page, 'MSFT').getByRole('button', { name: new RegExp(`^${next}`) })).toBeVisible()
    await expect(routeChanges(page).first()).toContainText(new RegExp(`yahoo: .*; ${next} answered`))
    await expect(handleOf(row, 'yahoo')).toHaveAccessibleName(/failing|left alone|on trial/)
  } finally {
    await faults.clear()
  }
  await expect(routeOf(page, 'MSFT').getByRole('button', { name: /^yahoo/ })).toBeVisible({
    timeout: 90_000,
  })
})

test('a class of its own: coins follow their row, shares the one for all', async ({ page, tape }) => {
  await openOrder(page, tape.url)
  await page
    .getByRole('group', { name: 'Quotes: an order of its own for' })
    .getByRole('button', { name: 'Crypto' })
    .click()
  const crypto = orderRow(page, 'Quotes', 'crypto')
  await expect(crypto).toBeVisible()
  await expect(saving(page)).toContainText('Saved: Quotes, crypto')
  const [first] = await orderOf(crypto)
  await handleOf(crypto, 'yahoo').dragTo(handleOf(crypto, first!), { targetPosition: { x: 3, y: 12 } })
  await expect.poll(async () => (await orderOf(crypto))[0]).toBe('yahoo')
  await expect(routeOf(page, 'BTC-USD').getByRole('button', { name: /^yahoo/ })).toBeVisible()
  await expect(routeOf(page, 'AAPL').getByRole('button', { name: /^polygon/ })).toBeVisible()
  await crypto.getByRole('button', { name: 'Back to all' }).click()
  await expect(crypto).toBeHidden()
  await expect(routeOf(page, 'BTC-USD').getByRole('button', { name: /^coinbase/ })).toBeVisible()
})

test('pins stand before every order: added by search, seen in explain and on the instrument, removed', async ({
  page,
  tape,
}) => {
  await openOrder(page, tape.url)
  const pins = page.getByRole('region', { name: 'Pins' })
  await pins.getByRole('button', { name: 'Pin a symbol' }).click()
  await page.keyboard.type('microsoft')
  await page.getByRole('option', { name: /^MSFT/ }).first().click()
  const form = pins.getByRole('form', { name: 'Pin MSFT' })
  await form.getByRole('combobox', { name: 'Source' }).selectOption('schwab')
  await form.getByRole('button', { name: 'Pin', exact: true }).click()
  await expect(pins.getByRole('listitem')).toContainText('MSFT')
  await expect(routeOf(page, 'MSFT').getByRole('button', { name: /^schwab/ })).toBeVisible()
  await expect(routeOf(page, 'MSFT')).toContainText('pinned')
  await pins.getByRole('link', { name: 'MSFT' }).click()
  await expect(page).toHaveURL(/equity:US:MSFT/)
  const explain = page.getByRole('region', { name: 'Explain' })
  await expect(explain).toContainText('schwab would serve MSFT')
  await expect(explain).toContainText(/Pinned to schwab/)
  const beside = page.getByRole('region', { name: 'Latest quote' })
  await expect(beside.getByRole('button', { name: /^schwab.*receipt of MSFT/ })).toBeVisible()
  await beside.getByRole('combobox', { name: /^Source of MSFT/ }).selectOption('no pin')
  await expect(explain).toContainText(/polygon\S* would serve MSFT/)
  await page.keyboard.press('y')
  await expect(pins.getByRole('listitem')).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(pins.getByRole('listitem')).toContainText('MSFT')
  await pins.getByRole('button', { name: 'Remove the pin of MSFT, quotes' }).click()
  await expect(pins.getByRole('listitem')).toHaveCount(0)
})

/** Browser time at which a source stands first for quotes, however that came about. */
const whenFirst = (page: Page, source: string): Promise<number> =>
  page.evaluate(
    (name) =>
      new Promise<number>((resolve) => {
        const look = () => {
          const first = document.querySelector('[aria-label="Quotes, all classes"] ol > li')
          if (first?.getAttribute('data-source') === name) resolve(Date.now())
        }
        new MutationObserver(look).observe(document.body, {
          subtree: true,
          childList: true,
          attributes: true,
        })
        look()
      }),
    source,
  )

test('two windows agree within a second, and a conflict is said', async ({ browser, tape }) => {
  const [one, two] = await Promise.all([browser.newContext(), browser.newContext()])
  const [a, b] = await Promise.all([one.newPage(), two.newPage()])
  await openOrder(a, tape.url)
  const rowB = await openOrder(b, tape.url)
  await expect(status(a)).toContainText('Connected')
  await expect(status(b)).toContainText('Connected')
  const seen = whenFirst(b, 'yahoo')
  const answer = a.waitForResponse((r) => r.url().includes('mine.setOrder'))
  await dragToFront(a, 'yahoo')
  const saved = await answer
  await saved.finished()
  const { startTime, responseEnd } = saved.request().timing()
  const lag = (await seen) - (startTime + responseEnd)
  expect(lag, 'milliseconds from being saved in one window to being seen in the other').toBeLessThan(1_000)

  // B's change waits on its way until A's was saved.
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const held = new Promise<void>((resolve) => {
    void b.route('**/trpc/**mine.setOrder**', async (route) => {
      resolve()
      await released
      await route.continue()
    })
  })
  await dragToFront(b, 'schwab')
  await held
  await expect.poll(async () => (await orderOf(rowB))[0]).toBe('schwab')
  await dragToFront(a, 'ibkr')
  await expect(saving(a)).toContainText('ibkr ›')
  release()
  const said = b.getByRole('alert').filter({ hasText: 'Quotes, all classes' })
  await expect(said).toContainText('changed in another tab or device meanwhile')
  await expect.poll(async () => (await orderOf(rowB))[0]).toBe('ibkr')
  await b.unroute('**/trpc/**mine.setOrder**')
  await said.getByRole('button', { name: 'Apply mine again' }).click()
  await expect(said).toBeHidden()
  const rowA = orderRow(a, 'Quotes')
  await expect.poll(async () => (await orderOf(rowA))[0], { timeout: 5_000 }).toBe('schwab')
  await Promise.all([one.close(), two.close()])
})

test('a stored receipt is drawn with all that was tried for it', async ({ page, tape }) => {
  await page.goto(`${tape.url}/i/equity:US:AAPL`)
  const explain = page.getByRole('region', { name: 'Explain' })
  await explain.getByRole('button', { name: 'From a receipt' }).click()
  const stored = explain.getByRole('list', { name: 'Stored receipts' }).getByRole('button')
  await expect(stored.first()).toHaveAttribute('aria-pressed', 'true')
  const drawn = explain.getByRole('region', { name: 'As it came about' })
  await expect(drawn.getByRole('list', { name: 'Attempts' })).toContainText(/served/)
  await expect(explain).toContainText('House order is followed')
})

for (const viewport of VIEWPORTS) {
  test(`accessible in light and dark, and without sideways scroll: ${viewport.width}`, async ({
    browser,
    tape,
  }) => {
    const context = await browser.newContext({ colorScheme: 'light', viewport })
    const page = await context.newPage()
    const row = await openOrder(page, tape.url)
    await expect(routeOf(page, 'AAPL').getByRole('button', { name: /receipt of AAPL/ })).toBeVisible()
    await look(page, 'the house default')
    await handleOf(row, 'yahoo').focus()
    await page.keyboard.press('Alt+ArrowLeft')
    await expect(saving(page)).toContainText('Saved')
    await page
      .getByRole('group', { name: 'Quotes: an order of its own for' })
      .getByRole('button', { name: 'Crypto' })
      .click()
    await expect(orderRow(page, 'Quotes', 'crypto')).toBeVisible()
    await page.getByRole('switch', { name: 'yahoo off for me only' }).click()
    await expect(page.getByRole('region', { name: 'Simulated outages' })).toContainText('off for you only')
    await handleOf(row, 'yahoo').press('Space')
    await look(page, 'an own order, a source off, one lifted')
    await page.keyboard.press('Escape')
    await page.goto(`${tape.url}/i/equity:US:AAPL`)
    await expect(page.getByRole('region', { name: 'Explain' })).toContainText('would serve AAPL')
    await look(page, 'an instrument with its route')
    await context.close()
  })
}
