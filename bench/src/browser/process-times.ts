// Processor time of the browser's processes: the main thread is not all that it takes to draw a page.
import type { CDPSession } from '@playwright/test'

export interface ProcessTime {
  id: number
  type: string
  /** Seconds since the process began. */
  cpuTime: number
}
export type ProcessTimes = readonly ProcessTime[]

export async function processTimes(cdp: CDPSession): Promise<ProcessTimes> {
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo')
  return processInfo
}

/** Of the page that was at work, i.e. the busiest renderer, and of the process that draws for all. Milliseconds. */
export function renderingMs(before: ProcessTimes, after: ProcessTimes): number {
  const was = new Map(before.map(({ id, cpuTime }) => [id, cpuTime]))
  const spent = (type: string) =>
    after.filter((p) => p.type === type).map(({ id, cpuTime }) => (cpuTime - (was.get(id) ?? 0)) * 1_000)
  return Math.max(0, ...spent('renderer')) + spent('GPU').reduce((sum, ms) => sum + ms, 0)
}
