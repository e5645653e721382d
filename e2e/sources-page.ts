// The Sources page and the receipts as a reader sees them, and the simulator that the vendors' faults come from.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'

export const VENDORS = [
  'Polygon.io / Massive',
  'Alpaca',
  'Yahoo Finance',
  'Interactive Brokers',
  'Charles Schwab',
  'Coinbase',
  'OANDA',
] as const

/** The row of a vendor, by its label. */
export const sourceRow = (page: Page, label: string): Locator =>
  page
    .getByRole('table', { name: /Sources by kinds of data/ })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader').getByRole('button', { name: label }) })

/** What a row says under a column's heading. */
export async function cellUnder(page: Page, row: Locator, heading: string): Promise<string> {
  const headings = await page
    .getByRole('table', { name: /Sources by kinds of data/ })
    .getByRole('columnheader')
    .allInnerTexts()
  return row.locator('th, td').nth(headings.indexOf(heading)).innerText()
}

export const receipt = (page: Page): Locator => page.getByRole('dialog', { name: 'Receipt' })

/** Each attempt of a receipt's part (`On the tape`, `Asked now`), as one line. */
export const attempts = (page: Page, part: string): Promise<string[]> =>
  receipt(page)
    .getByRole('region', { name: part })
    .getByRole('list', { name: 'Attempts' })
    .locator('> li')
    .allInnerTexts()

export interface Faults {
  order(fault: object): Promise<void>
  clear(): Promise<void>
}

/** Of the simulator that a running OneTape asks. */
export function faultsOf(stateDir: string): Faults {
  const { simulatorUrl } = JSON.parse(readFileSync(join(stateDir, 'run-demo.json'), 'utf8')) as {
    simulatorUrl: string
  }
  const send = async (method: string, body?: object) => {
    const answer = await fetch(`${simulatorUrl}/_simulator/faults`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status}: ${await answer.text()}`)
  }
  return { order: (fault) => send('POST', fault), clear: () => send('DELETE') }
}
