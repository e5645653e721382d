// One's own sources and the way of a new one, as a person sees and touches them, by role and label.
import { expect, type Locator, type Page } from '@playwright/test'

/** A key pair that the simulated Alpaca takes, by the labels of its fields. */
export const ALPACA = { 'Key id': 'AKADA0123456789', 'Secret key': 'ada-secret-0123456789' }

export const mySource = (page: Page, label: string): Locator =>
  page.getByRole('list', { name: 'Your sources' }).getByRole('listitem', { name: label, exact: false })

export const wizard = (page: Page): Locator => page.getByRole('dialog', { name: 'Connect a source' })

/** Opens the dialog at the step where the vendor is chosen already. */
export async function beginConnecting(page: Page, vendor: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Connect a source' }).click()
  await wizard(page)
    .getByRole('list', { name: 'Vendors' })
    .getByRole('button', { name: new RegExp(`^${vendor}`) })
    .click()
  return wizard(page)
}

export interface KeyForm {
  vendor: string
  label: string
  /** By the label of the field. */
  fields: Record<string, string>
}

export async function typeKey(dialog: Locator, { label, fields }: Omit<KeyForm, 'vendor'>): Promise<void> {
  for (const [name, value] of Object.entries(fields))
    await dialog.getByLabel(name, { exact: true }).fill(value)
  await dialog.getByLabel('Your name for it').fill(label)
  await dialog.getByRole('button', { name: 'Test the key' }).click()
}

/** From the button to the source in the list, all proposed places taken. */
export async function connect(page: Page, { vendor, ...form }: KeyForm): Promise<void> {
  const dialog = await beginConnecting(page, vendor)
  await typeKey(dialog, form)
  await dialog.getByRole('button', { name: 'Choose its places' }).click()
  await dialog.getByRole('button', { name: /^Connect/ }).click()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(mySource(page, form.label)).toBeVisible()
}

export async function more(page: Page, label: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `More for ${label}` }).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}
