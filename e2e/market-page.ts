// What a reader of the dashboard sees and touches, by role and label.
import type { Locator, Page } from '@playwright/test'

export const status = (page: Page): Locator => page.getByRole('region', { name: 'Status' })
export const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Market' })

/** The row of a symbol; narrow the table to it first with `filterBy`. */
export const rowOf = (page: Page, symbol: string): Locator =>
  grid(page)
    .getByRole('row')
    .filter({ has: page.getByRole('gridcell').first().getByText(symbol, { exact: true }) })

export const filterBy = (page: Page, text: string): Promise<void> =>
  page.getByRole('searchbox', { name: 'Filter by symbol or name' }).fill(text)

/** Last prices as shown, by symbol, of the rows in sight. */
export async function lastPrices(page: Page): Promise<Map<string, string>> {
  const rows = await grid(page)
    .getByRole('row')
    .evaluateAll((all) =>
      all.map((row) => [...row.querySelectorAll('[role=gridcell]')].map((cell) => cell.textContent ?? '')),
    )
  return new Map(rows.flatMap((cells) => (cells.length > 2 ? [[cells[0]!, cells[2]!] as const] : [])))
}
