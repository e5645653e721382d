import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext } from '@playwright/test'
import { newPerson } from '../account-page.ts'
import { expect, test } from '../fixtures.ts'
import { type Health, untilHealth } from '../health.ts'
import { freshStateDir, type OneTape, root, runToEnd, startOneTape } from '../onetape.ts'

// Real history, where it lies beside the project, in a live tape that reaches no vendor.
const history = process.env.HISTORY_DIR ?? join(root, '..', 'shared', 'history')
const cli = 'apps/daemon/src/cli.ts'

/** Nobody listens there: no real vendor is ever asked by a test. */
const NO_VENDOR = {
  YAHOO_BASE_URL: 'http://127.0.0.1:9',
  YAHOO_CONSENT_URL: 'http://127.0.0.1:9',
  YAHOO_STREAM_URL: 'ws://127.0.0.1:9',
  COINBASE_BASE_URL: 'http://127.0.0.1:9',
  COINBASE_STREAM_URL: 'ws://127.0.0.1:9',
}

interface ImportReport {
  totals: { rows: number; inserted: number; updated: number; duplicate: number; unsupported: number }
}

test.describe('live, with real history', () => {
  test.describe.configure({ mode: 'serial' })
  test.skip(!existsSync(history), `no history at ${history}: set HISTORY_DIR`)
  const stateDir = existsSync(history) ? freshStateDir('live') : ''
  const load = async (path: string): Promise<ImportReport> => {
    const answer = await runToEnd([cli, 'import', join(history, path), '--live', '--json'], { stateDir })
    expect(answer.err).not.toMatch(/^\s+at /m)
    return JSON.parse(answer.out) as ImportReport
  }
  let tape: OneTape
  /** Of the operator, for the pages that follow. */
  let session: Awaited<ReturnType<BrowserContext['storageState']>>

  test.beforeAll(async () => {
    test.setTimeout(240_000)
    tape = await startOneTape({
      stateDir,
      args: ['--live'],
      env: { ...NO_VENDOR, ONETAPE_SIGN_UP: 'closed' },
    })
  })
  test.afterAll(async () => {
    await tape?.stop()
  })

  test('import loads every row that has a home, and again adds nothing', async () => {
    for (const path of ['lean/equity-usa', 'lean/crypto-coinbase', 'csv/observable-AAPL-1d-2013_2018.csv']) {
      const first = await load(path)
      expect(first.totals.inserted, path).toBeGreaterThan(1_000)
      const again = await load(path)
      expect(again.totals.inserted, `${path} again`).toBe(0)
      // A day that the roll-up derived before its official row came is an update, or a duplicate when they agree.
      const { inserted, updated, duplicate } = first.totals
      expect(again.totals.duplicate, `${path} again`).toBe(inserted + updated + duplicate)
    }
  })

  test('nobody is let in without signing in; who has the code of the terminal becomes the operator', async ({
    browser,
    page,
  }) => {
    const refused = await page.request.get(`${tape.url}/trpc/quotes.latest?input=%7B%7D`)
    expect(refused.status()).toBe(401)
    await page.goto(`${tape.url}/sources?assetClass=crypto`)
    await expect(page).toHaveURL(/\/sign-in\?to=/)
    await page.getByRole('link', { name: 'Sign up' }).click()
    const ada = newPerson()
    await page.getByLabel('Name', { exact: true }).fill(ada.name)
    await page.getByLabel('E-mail').fill(ada.email)
    await page.getByLabel('Password', { exact: true }).fill(ada.password)
    await page.getByLabel('One-time code').fill('2222-3333-4444-5555')
    await page.getByRole('button', { name: 'Become the operator' }).click()
    await expect(page.getByText(/not the code that the server printed/)).toBeVisible()
    const code = /one-time code (\S+)/.exec(tape.output())?.[1]
    await page.getByLabel('One-time code').fill(code ?? 'none was printed')
    await page.getByRole('button', { name: 'Become the operator' }).click()
    await expect(page).toHaveURL(/\/sources\?assetClass=crypto$/)
    await expect(page.getByRole('link', { name: 'Operations' })).toBeVisible()
    session = await page.context().storageState()

    const stranger = await browser.newPage()
    await stranger.goto(`${tape.url}/sign-up`)
    await expect(stranger.getByText('Sign-up is closed here')).toBeVisible()
    await stranger.close()
  })

  for (const [key, price] of [
    ['equity:US:AAPL', /\d+ bars/],
    ['equity:US:SPY', /\d+ bars/],
    ['crypto:BTC-USD', /\d+ bars/],
  ] as const) {
    test(`the Instrument page draws real history of ${key}`, async ({ browser }) => {
      const context = await browser.newContext({ storageState: session })
      const page = await context.newPage()
      await page.goto(`${tape.url}/i/${key}?tf=1d`)
      await expect(page.getByText('LIVE', { exact: true })).toBeVisible()
      const chart = page.getByRole('region', { name: 'Chart' })
      await expect(chart.locator('canvas').first()).toBeVisible({ timeout: 30_000 })
      await expect(chart).toContainText(price)
      await expect(chart).toContainText('import:lean')
      await context.close()
    })
  }

  test('health says which vendors cannot be reached', async () => {
    const unreachable = (health: Health) =>
      health.sources.filter((s) => s.status === 'unreachable').map((s) => s.name)
    const health = await untilHealth(
      tape.url,
      'the vendors have been asked',
      (h) => unreachable(h).length === 2,
    )
    expect(unreachable(health).sort()).toEqual(['coinbase', 'yahoo'])
    expect(health.sources.find((s) => s.name === 'polygon')).toMatchObject({
      status: 'unconfigured',
      message: 'needs POLYGON_API_KEY',
    })
    // A terminal is nobody's but the house's: without its address there is nothing to reach.
    expect(health.sources.find((s) => s.name === 'ibkr')).toMatchObject({
      status: 'unconfigured',
      message: 'needs IBKR_TWS_URL',
    })
  })
})
