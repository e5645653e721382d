import { expect, test } from '../fixtures.ts'
import { untilHealth } from '../health.ts'

test.beforeEach(async ({ tape }) => {
  await untilHealth(tape.url, 'the whole universe', (h) => h.ok && h.tape.quoted > 8_000, 90_000)
})

test('an operator sees daemons, cadence, followers, partitions and what the tiers cost', async ({
  page,
  tape,
}) => {
  await page.goto(tape.url)
  await page.getByRole('grid', { name: 'Market' }).focus()
  await page.keyboard.press('p')
  await expect(page).toHaveURL(/\/operations$/)
  const part = (name: string) => page.getByRole('region', { name, exact: true })
  await expect(part('Daemons')).toContainText(/alive, pid \d+/)
  await expect(part('Daemons')).toContainText(/coinbase up/, { timeout: 60_000 })
  await expect(part('Tiers').getByRole('row', { name: /core equity/ })).toContainText(/\d of \d+/)
  // Two sweeps of the fastest tier make a cadence.
  const cadence = page.getByRole('meter', { name: 'Cadence of core, equity' })
  await expect(cadence).toHaveAttribute('aria-valuetext', /swept every .* in the median.*wanted every 1m/, {
    timeout: 150_000,
  })
  await expect(part('Ledger').getByRole('meter', { name: 'Progress of rollups' })).toBeVisible()
  await expect(part('Partitions')).toContainText('market_data_ticks')
  await expect(part('Calls a day')).toContainText(/In bulk\s*390/)
})

test('a report that cannot be had says so, and the page goes on', async ({ page, tape }) => {
  let isAway = true
  await page.route(/\/trpc\/[^?]*operations/, (route) => (isAway ? route.abort() : route.continue()))
  await page.goto(`${tape.url}/operations`)
  await expect(page.getByText('How the tape runs could not be read')).toBeVisible()
  isAway = false
  await expect(page.getByRole('region', { name: 'Tiers', exact: true })).toBeVisible({ timeout: 15_000 })
})
