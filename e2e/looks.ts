// What holds of every page in every look: no accessibility violation in light or dark, and no sideways scroll.
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

export const VIEWPORTS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const

/**
 * In light every rule; in dark the one that colours can break. The page is left in light. Axe's legacy mode looks at the
 * page from within, which is quicker and enough without frames.
 */
export async function look(page: Page, what: string): Promise<void> {
  // A colour on its way from one scheme to the other is neither.
  await page.addStyleTag({ content: '*, ::before, ::after { transition: none !important }' })
  const light = await axe(page).analyze()
  expect(told(light, `${what}, light`)).toEqual([])
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(wide, `${what} is wider than the window`).toBeLessThanOrEqual(0)
  const before = await background(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(() => background(page), `${what} does not become dark`).not.toBe(before)
  const dark = await axe(page).withRules(['color-contrast']).analyze()
  expect(told(dark, `${what}, dark`)).toEqual([])
  await page.emulateMedia({ colorScheme: 'light' })
  await expect.poll(() => background(page)).toBe(before)
}

/** What is in order is not collected: on a table of thousands of cells that takes longer than to look. */
const axe = (page: Page) => new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })

const told = ({ violations }: Awaited<ReturnType<AxeBuilder['analyze']>>, where: string) =>
  violations.map((v) => `${where}: ${v.id} ${v.nodes[0]?.html}`)

const background = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor)
