// The whole way of somebody new: two sources of their own, an order, a failure of the first, and keys that change meanwhile.
import { newPerson, signUp } from '../account-page.ts'
import { expect, test } from '../fixtures.ts'
import { untilHealth } from '../health.ts'
import { runToEnd } from '../onetape.ts'
import { handleOf, orderOf, orderRow, routeChanges, routeOf, saving } from '../order-page.ts'
import { connect, mySource } from '../own-sources.ts'
import { attempts, faultsOf, receipt } from '../sources-page.ts'

const KEY_ID = 'AKWHOLEWAY012345'

for (const look of [
  { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const) {
  test.describe(`${look.viewport.width}, ${look.colorScheme}`, () => {
    test.use(look)
    test('sign up, connect two, order them; the first fails, the second takes over, the first returns; keys are rotated', async ({
      page,
      tape,
    }) => {
      await untilHealth(tape.url, 'first quotes', (h) => h.ok && h.tape.quoted > 8_000, 90_000)
      await signUp(page, tape.url, newPerson('Grace Hopper'), '/sources')
      await connect(page, {
        vendor: 'Polygon',
        label: 'Mine P',
        fields: { 'API key': 'advanced-grace-0123' },
      })
      const fields = { 'Key id': KEY_ID, 'Secret key': 'grace-secret-0123456789' }
      await connect(page, { vendor: 'Alpaca', label: 'Mine A', fields })
      await page.goto(`${tape.url}/order`)
      const row = orderRow(page, 'Quotes')
      // A row for equities alone stands before the one for all.
      const equities = orderRow(page, 'Quotes', 'equities')
      await expect(handleOf(row, 'alpaca:2').or(handleOf(equities, 'alpaca:2')).first()).toBeVisible()
      const own = (await equities.isVisible()) ? equities : row
      await handleOf(own, 'alpaca:2').focus()
      for (let at = (await orderOf(own)).indexOf('alpaca:2'); at > 0; at--)
        await page.keyboard.press('Alt+ArrowLeft')
      await expect.poll(async () => (await orderOf(own))[0]).toBe('alpaca:2')
      await expect(saving(page)).toContainText('Saved')
      const aapl = routeOf(page, 'AAPL')
      await expect(aapl.getByRole('button', { name: /^alpaca:2/ })).toBeVisible()

      const rotated = await runToEnd(['apps/daemon/src/cli.ts', 'keys', 'rotate', '--json'], {
        stateDir: tape.stateDir,
      })
      expect(rotated.code, rotated.err).toBe(0)

      const faults = faultsOf(tape.stateDir)
      await faults.order({ vendor: 'alpaca', kind: 'server_error', on: 'request', key: KEY_ID })
      try {
        await expect(aapl.getByRole('button', { name: /^alpaca:2/ })).toBeHidden()
        await expect(routeChanges(page).first()).toContainText(/alpaca:2.*answered/)
        await aapl.getByRole('button', { name: /receipt of AAPL/ }).click()
        const tried = await attempts(page, 'As shown')
        expect(tried[0]).toMatch(/^alpaca:2\s+(failed|skipped)/)
        expect(tried.slice(1).join('\n')).toMatch(/served/)
        await expect(receipt(page)).toContainText('your own')
        await page.keyboard.press('Escape')
      } finally {
        await faults.clear()
      }
      await expect(aapl.getByRole('button', { name: /^alpaca:2/ })).toBeVisible({ timeout: 90_000 })
      await page.goto(`${tape.url}/sources`)
      await expect(mySource(page, 'Mine P')).not.toContainText(/cannot be read|unreadable/i)
      await expect(mySource(page, 'Mine A')).toBeVisible()
    })
  })
}
