import { expect, test } from '../fixtures.ts'
import { untilHealth } from '../health.ts'

test.beforeEach(async ({ tape }) => {
  await untilHealth(tape.url, 'first quotes', (h) => h.ok && h.tape.quoted > 8_000, 90_000)
})

for (const [key, source] of [
  ['equity:US:AAPL', 'polygon'],
  ['crypto:BTC-USD', 'coinbase'],
] as const) {
  test(`${key}: candles, timeframes and a quote that says where it comes from`, async ({ page, tape }) => {
    await page.goto(`${tape.url}/i/${key}`)
    const chart = page.getByRole('region', { name: 'Chart' })
    await expect(chart.locator('canvas').first()).toBeVisible({ timeout: 60_000 })
    const quote = page.getByRole('complementary', { name: 'Quote and history' })
    for (const word of ['Source', 'Feed', 'Event time', 'Received', 'Age', 'Bid', 'Ask']) {
      await expect(quote).toContainText(word)
    }
    await expect(quote).toContainText(source)
    for (const timeframe of ['5m', '1h', '1D']) {
      await chart
        .getByRole('radio', { name: timeframe, exact: true })
        .or(chart.getByRole('button', { name: timeframe, exact: true }))
        .first()
        .click()
      await expect(chart.locator('canvas').first()).toBeVisible()
      await expect(chart).toContainText(/\d+ bars/)
    }
  })
}

test('the last bar moves with the live quotes', async ({ page, tape }) => {
  test.setTimeout(300_000)
  await page.goto(`${tape.url}/i/crypto:BTC-USD?tf=1m`)
  const chart = page.getByRole('region', { name: 'Chart' })
  await expect(chart.locator('canvas').first()).toBeVisible({ timeout: 60_000 })
  // The legend tells the last bar while no pointer is over the chart.
  const close = async () => /\bC\s*([\d,.]+)/.exec(await chart.innerText())?.[1] ?? null
  await expect.poll(close, 'the legend says no close').not.toBeNull()
  await untilHealth(tape.url, 'history is filled', (h) => h.daemon.detail?.busyWith === null, 180_000)
  await page.reload()
  await expect.poll(close, 'the legend says no close').not.toBeNull()
  const before = await close()
  await expect.poll(async () => ((await close()) ?? before) !== before, { timeout: 75_000 }).toBe(true)
})

test('an unknown key is answered with what a key looks like', async ({ page, tape }) => {
  await page.goto(`${tape.url}/i/equity:US:NOSUCH`)
  await expect(page.getByText('This tape has no such instrument')).toBeVisible()
  await expect(page.getByText('equity:US:AAPL')).toBeVisible()
})
