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

/** The cells' texts of a symbol's row, or null while it is not there. */
export async function cellsOf(page: Page, symbol: string): Promise<string | null> {
  const row = rowOf(page, symbol).first()
  return (await row.count()) === 0 ? null : await row.innerText()
}
