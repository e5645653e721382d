// One Chromium with both pages open side by side, each fed by a feeder of its own from a market of the same seed.

import { findBrowser } from '@onetape/e2e/browser'
import { microsFromIso } from '@onetape/market'
import { chromium } from '@playwright/test'
import { type DrivenPage, drivePage, type Round } from './drive.ts'
import { type Feeder, type Pace, startFeeder } from './feeder.ts'
import { type MovingMarket, movingMarket } from './market.ts'
import type { BuiltPages } from './pages.ts'
import { type ProcessTimes, processTimes, renderingMs } from './process-times.ts'

export interface SideRound extends Round {
  /** Processor time a second of all threads that draw the page: its process and the one that puts pixels on screen. */
  renderingMs: number
}

export interface Side {
  /** Feeds and scrolls for so long, then checks that the page shows what it was fed. */
  round(pace: Pace, durationMs: number): Promise<SideRound>
  page: DrivenPage['page']
}

export interface Stage extends AsyncDisposable {
  dashboard: Side
  control: Side
}

const VIEWPORT = { width: 1440, height: 900 }
/** In the middle of a session, so that ages and sessions are at work. */
const MARKET_START = microsFromIso('2026-11-20T11:00:00-05:00')!
const LEVEL_WITHIN_MS = 10_000

export async function openStage(pages: BuiltPages, size: number): Promise<Stage> {
  const startedAt = performance.now()
  const clock = { now: () => MARKET_START + Math.round((performance.now() - startedAt) * 1_000) }
  const found = await findBrowser()
  const browser = await chromium.launch({
    executablePath: found.executablePath,
    env: { ...(process.env as Record<string, string>), ...found.env },
    args: ['--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  })
  const feeders: Feeder[] = []
  const cdp = await browser.newBrowserCDPSession()
  const times = () => processTimes(cdp)
  // A context each: pages of one context may share a process, and so a main thread.
  const open = async (dist: string, path: string, look: Look) => {
    const market = movingMarket({ size, now: clock.now() })
    const feeder = await startFeeder({ market, dist, clock })
    feeders.push(feeder)
    const context = await browser.newContext({ viewport: VIEWPORT })
    const driven = await drivePage(context, { url: feeder.url + path, scroller: look.scroller })
    return side({ driven, feeder, market, look, times })
  }
  const dashboard = await open(pages.dashboard, '/', DASHBOARD)
  const height = await dashboard.page.locator(DASHBOARD.scroller).evaluate((grid) => grid.clientHeight)
  const control = await open(pages.control, `/?height=${height}`, CONTROL)
  return {
    dashboard,
    control,
    async [Symbol.asyncDispose]() {
      await browser.close()
      for (const feeder of feeders) await feeder[Symbol.asyncDispose]()
    },
  }
}

interface Look {
  scroller: string
  row: string
  lastCell: string
}

const DASHBOARD: Look = { scroller: '[role=grid]', row: '[data-key]', lastCell: ':scope > :nth-child(3)' }
const CONTROL: Look = { scroller: '#list', row: '.row', lastCell: ':scope > :nth-child(3)' }

interface SideParts {
  driven: DrivenPage
  feeder: Feeder
  market: MovingMarket
  look: Look
  times: () => Promise<ProcessTimes>
}

const side = ({ driven, feeder, market, look, times }: SideParts): Side => ({
  page: driven.page,
  async round(pace, durationMs) {
    const before = await times()
    const startedAt = performance.now()
    const stop = feeder.feed(pace)
    const measured = await driven.round(durationMs).finally(stop)
    const seconds = (performance.now() - startedAt) / 1_000
    const rendering = renderingMs(before, await times()) / seconds
    const prices = Object.fromEntries(market.rows.map((row) => [row.key, row.last!.toFixed(2)]))
    await driven.page.waitForFunction(showsPrices, { prices, look }, { timeout: LEVEL_WITHIN_MS })
    return { ...measured, renderingMs: rendering }
  },
})

/** Runs in the page: whether every row that is drawn has the price that was sent last. */
function showsPrices({ prices, look }: { prices: Record<string, string>; look: Look }): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>(look.row)]
  return (
    rows.length > 10 &&
    rows.every(
      (row) =>
        row.querySelector(look.lastCell)?.textContent?.replaceAll(',', '') === prices[row.dataset.key!],
    )
  )
}
