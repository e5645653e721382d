// Drives one page in Chromium: scrolls it by script all the time and says what its main thread was busy with.
import type { BrowserContext, CDPSession, Page } from '@playwright/test'

/** What one round of one page cost, each per second. */
export interface Round {
  /** Main thread, milliseconds of processor time in tasks of any length. */
  busyMs: number
  scriptMs: number
  styleMs: number
  layoutMs: number
  /** Milliseconds of tasks that took 50 ms or more, by the clock. */
  longMs: number
  longTasks: number
  frames: number
  /** Slowest frame of the round, milliseconds; not per second. */
  worstFrameMs: number
  /** After a garbage collection at the end of the round. */
  heapBytes: number
}

export interface DrivenPage {
  page: Page
  /** Scrolls for so long, and measures. */
  round(durationMs: number): Promise<Round>
  heapBytes(): Promise<number>
}

/** Like a thumb on a phone or a quick wheel: a row a frame. */
const SCROLL_PX_PER_S = 1_800
const SCROLL_RANGE_PX = 120_000

interface Tally {
  longMs: number
  longTasks: number
  frames: number
  worstFrameMs: number
}

/** Runs in the page, before anything of it. */
function countTasks(): void {
  const tally: Tally = { longMs: 0, longTasks: 0, frames: 0, worstFrameMs: 0 }
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      tally.longMs += duration
      tally.longTasks++
    }
  }).observe({ type: 'longtask' })
  Object.assign(window, { benchTally: tally })
}

/** Runs in the page. The place on the way follows the clock, so that a slow page scrolls as far as a quick one. */
function scrollFor(options: { selector: string; durationMs: number; pxPerS: number; rangePx: number }) {
  const { selector, durationMs, pxPerS, rangePx } = options
  const scroller = document.querySelector(selector)!
  const tally = (window as unknown as { benchTally: Tally }).benchTally
  Object.assign(tally, { longMs: 0, longTasks: 0, frames: 0, worstFrameMs: 0 })
  return new Promise<Tally>((resolve) => {
    const startedAt = performance.now()
    let last = startedAt
    const step = (now: number) => {
      const at = (((now - startedAt) / 1_000) * pxPerS) % (2 * rangePx)
      scroller.scrollTop = at < rangePx ? at : 2 * rangePx - at
      tally.frames++
      tally.worstFrameMs = Math.max(tally.worstFrameMs, now - last)
      last = now
      if (now - startedAt < durationMs) requestAnimationFrame(step)
      else resolve({ ...tally })
    }
    requestAnimationFrame(step)
  })
}

export async function drivePage(
  context: BrowserContext,
  options: { url: string; scroller: string },
): Promise<DrivenPage> {
  const page = await context.newPage()
  await page.addInitScript(countTasks)
  const failures: string[] = []
  page.on('pageerror', (error) => failures.push(error.message))
  await page.goto(options.url)
  await page.locator(options.scroller).first().waitFor()
  const cdp = await context.newCDPSession(page)
  // Processor time of the thread: on a shared machine the clock also counts what others took meanwhile.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  const heapBytes = async () => {
    await cdp.send('HeapProfiler.collectGarbage')
    return (await metricsOf(cdp)).JSHeapUsedSize!
  }
  return {
    page,
    heapBytes,
    async round(durationMs) {
      await page.bringToFront()
      const before = await metricsOf(cdp)
      const startedAt = performance.now()
      const tally = await page.evaluate(scrollFor, {
        selector: options.scroller,
        durationMs,
        pxPerS: SCROLL_PX_PER_S,
        rangePx: SCROLL_RANGE_PX,
      })
      const after = await metricsOf(cdp)
      if (failures.length > 0) throw new Error(`${options.url}: ${failures[0]}`)
      const seconds = (performance.now() - startedAt) / 1_000
      const perSecondMs = (name: string) => ((after[name]! - before[name]!) * 1_000) / seconds
      return {
        busyMs: perSecondMs('TaskDuration'),
        scriptMs: perSecondMs('ScriptDuration'),
        styleMs: perSecondMs('RecalcStyleDuration'),
        layoutMs: perSecondMs('LayoutDuration'),
        longMs: tally.longMs / seconds,
        longTasks: tally.longTasks / seconds,
        frames: tally.frames / seconds,
        worstFrameMs: tally.worstFrameMs,
        heapBytes: await heapBytes(),
      }
    },
  }
}

async function metricsOf(cdp: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
}
