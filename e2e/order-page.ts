// The page "Your order" as a reader sees it, and the demo user's own settings put back to nothing.
import type { Locator, Page } from '@playwright/test'

type Row = 'all classes' | 'equities' | 'crypto' | 'forex' | 'indices'

export const orderRow = (page: Page, kind: string, row: Row = 'all classes'): Locator =>
  page.getByRole('group', { name: `${kind}, ${row}`, exact: true })

/** The handle of a source in a row: what is focused, dragged and moved. */
export const handleOf = (row: Locator, source: string): Locator =>
  row.getByRole('button', { name: new RegExp(`^${source} .*, place \\d`) })

/** Names of the sources of a row, the first asked first. */
export const orderOf = (row: Locator): Promise<string[]> =>
  row
    .getByRole('list', { name: /^Order for/ })
    .getByRole('listitem')
    .evaluateAll((all) => all.map((item) => item.getAttribute('data-source')!))

export const saving = (page: Page): Locator => page.getByRole('status', { name: 'Saving' })

/** A watched symbol of the live panel. */
export const routeOf = (page: Page, symbol: string): Locator =>
  page.getByRole('list', { name: 'Your route' }).getByRole('listitem').filter({ hasText: symbol })

export const routeChanges = (page: Page): Locator =>
  page.getByRole('list', { name: 'Changes of route' }).getByRole('listitem')

async function call<T>(url: string, procedure: string, input?: object): Promise<T> {
  const answer = await fetch(`${url}/trpc/${procedure}`, {
    method: input ? 'POST' : 'GET',
    headers: { origin: url, ...(input && { 'content-type': 'application/json' }) },
    ...(input && { body: JSON.stringify(input) }),
  })
  const body = (await answer.json()) as { result?: { data: T }; error?: { message: string } }
  if (!answer.ok) throw new Error(`${procedure}: ${answer.status} ${body.error?.message}`)
  return body.result?.data as T
}

/** Takes away every order, pin and outage of the demo user, also what a page is still about to save. */
export async function forgetOrders(url: string): Promise<void> {
  for (let left = 5; ; left--) {
    try {
      return await forgetOnce(url)
    } catch (error) {
      if (left === 0 || !String(error).includes(': 409 ')) throw error
    }
  }
}

async function forgetOnce(url: string): Promise<void> {
  const { rows } = await call<{
    rows: { kind: string; assetClass: string; order: string[] | null; version: number }[]
  }>(url, 'mine.orders')
  for (const { kind, assetClass, order, version } of rows) {
    if (order) await call(url, 'mine.setOrder', { kind, assetClass, order: null, version })
  }
  const pins = await call<{ key: string; kind: string; version: number }[]>(url, 'mine.pins')
  for (const { key, kind, version } of pins)
    await call(url, 'mine.setPin', { key, kind, source: null, version })
  const outages = await call<{ source: string }[]>(url, 'mine.outages')
  for (const { source } of outages) await call(url, 'mine.endOutage', { source })
}
