import type { Locator, Page } from '@playwright/test'
import { fillSignIn, menuButton, newPerson, sessions, signIn, signOut, signUp } from '../account-page.ts'
import { expect, test } from '../fixtures.ts'
import { look, VIEWPORTS } from '../looks.ts'
import { ALPACA, beginConnecting, mySource, typeKey, wizard } from '../own-sources.ts'

test('sign up, sign out, a wrong password, and back in to the page that was asked for', async ({
  page,
  tape,
}) => {
  const ada = newPerson()
  await page.goto(tape.url)
  await menuButton(page).click()
  await expect(page.getByText('Demo user')).toBeVisible()
  await page.getByRole('menuitem', { name: 'Sign up' }).click()
  await expect(page.getByRole('heading', { name: 'Sign up' })).toBeVisible()

  // What is wrong is said at the field, and the first faulty one has the focus.
  await page.getByLabel('Name', { exact: true }).fill(ada.name)
  await page.getByLabel('E-mail').fill('ada')
  await page.getByLabel('Password', { exact: true }).fill('short')
  await page.getByRole('button', { name: 'Sign up', exact: true }).click()
  await expect(page.getByText(/no e-mail address/)).toBeVisible()
  await expect(page.getByText(/Too short: at least 10 characters, now 5/)).toBeVisible()
  await expect(page.getByLabel('E-mail')).toBeFocused()
  await page.getByLabel('E-mail').fill(ada.email)
  await page.getByLabel('Password', { exact: true }).fill(ada.password)
  await page.getByRole('button', { name: 'Sign up', exact: true }).click()

  await expect(menuButton(page)).toHaveAccessibleName(`Account of ${ada.name}`)
  await menuButton(page).click()
  await expect(page.getByText(ada.email)).toBeVisible()
  await expect(page.getByText('member', { exact: true })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(menuButton(page)).toBeFocused()
  await signOut(page)
  await expect(menuButton(page)).toHaveAccessibleName('Account of Demo')

  await page.goto(`${tape.url}/sign-in?to=/sources?assetClass=fx`)
  await fillSignIn(page, { ...ada, password: 'not her password' })
  await expect(page.getByRole('alert')).toContainText('E-mail or password is wrong.')
  await expect(page.getByLabel('E-mail')).toHaveValue(ada.email)
  await fillSignIn(page, ada)
  await expect(page).toHaveURL(/\/sources\?assetClass=fx$/)
  await expect(menuButton(page)).toHaveAccessibleName(`Account of ${ada.name}`)

  // The same address again is told from a new one.
  await page.goto(`${tape.url}/sign-up`)
  await page.getByLabel('Name', { exact: true }).fill('Somebody')
  await page.getByLabel('E-mail').fill(ada.email)
  await page.getByLabel('Password', { exact: true }).fill('another long password')
  await page.getByRole('button', { name: 'Sign up', exact: true }).click()
  await expect(page.getByText(/There is an account with this e-mail already/)).toBeVisible()
})

/** Sooner than the page asks by itself. */
const AT_ONCE = { timeout: 10_000 }

test('sessions: each device is named; one that is ended says so, and keeps what was typed', async ({
  browser,
  page,
  tape,
}) => {
  const ada = newPerson()
  await signUp(page, tape.url, ada, '/account')
  const phone = await browser.newContext({
    viewport: { width: 390, height: 844 },
    userAgent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1',
  })
  const there = await phone.newPage()
  await signIn(there, tape.url, ada, '/sources')
  const dialog = await beginConnecting(there, 'Alpaca')
  await dialog.getByLabel('Your name for it').fill('Typed before it ended')

  await page.reload()
  await expect(sessions(page)).toHaveCount(2)
  await expect(sessions(page).filter({ hasText: 'this device' })).toHaveCount(1)
  await page.getByRole('button', { name: 'End session: Safari on iPhone' }).click()
  await expect(sessions(page)).toHaveCount(1)

  const ended = there.getByRole('dialog', { name: 'Your session has ended' })
  await expect(ended).toBeVisible(AT_ONCE)
  await expect(ended.getByLabel('E-mail')).toHaveValue(ada.email)
  await fillSignIn(ended, ada)
  await expect(ended).toBeHidden()
  await expect(dialog.getByLabel('Your name for it')).toHaveValue('Typed before it ended')
  await expect(menuButton(there)).toHaveAccessibleName(`Account of ${ada.name}`)

  await page.reload()
  await expect(sessions(page)).toHaveCount(2)
  await page.getByRole('button', { name: 'End all other sessions' }).click()
  await expect(sessions(page)).toHaveCount(1)
  // The streams are of the session that was begun on the open page.
  await expect(ended).toBeVisible(AT_ONCE)
  await phone.close()
})

test('a changed password is the one that counts', async ({ page, tape }) => {
  const ada = newPerson()
  await signUp(page, tape.url, ada, '/account')
  const form = page.getByRole('form', { name: 'Change password' })
  await form.getByLabel('Current password', { exact: true }).fill('not the one')
  await form.getByLabel('New password', { exact: true }).fill('a quite different one')
  await form.getByRole('button', { name: 'Change password' }).click()
  await expect(form.getByText('The current password is wrong.')).toBeVisible()
  await form.getByLabel('Current password', { exact: true }).fill(ada.password)
  await form.getByRole('button', { name: 'Change password' }).click()
  await expect(form.getByRole('status')).toContainText('The password is changed')
  await page.reload()
  await expect(menuButton(page)).toHaveAccessibleName(`Account of ${ada.name}`)
  await signOut(page)
  await expect(menuButton(page)).toHaveAccessibleName('Account of Demo')
  await signIn(page, tape.url, { ...ada, password: 'a quite different one' })
})

test('an operator names operators; a member sees neither users nor operations', async ({
  browser,
  page,
  tape,
}) => {
  const ada = newPerson(`Ada of ${Date.now()}`)
  await signUp(page, tape.url, ada, '/account')
  await expect(page.getByRole('list', { name: 'Users' })).toBeHidden()
  await page.goto(`${tape.url}/operations`)
  await expect(page.getByRole('heading', { name: 'For operators' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Operations' })).toBeHidden()
  const demo = await browser.newPage()
  await demo.goto(`${tape.url}/account`)
  await demo
    .getByRole('group', { name: `Role of ${ada.name}` })
    .getByRole('button', { name: 'Operator' })
    .click()
  await expect(page.getByRole('link', { name: 'Operations' })).toBeVisible()
  await demo.close()
})

test('by keyboard alone: sign up, connect, pause, and out', async ({ page, tape }) => {
  const ada = newPerson()
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key)
  }
  await page.goto(`${tape.url}/sign-up`)
  await tabTo(page, page.getByLabel('Name'))
  await page.keyboard.type(ada.name)
  await press('Tab')
  await page.keyboard.type(ada.email)
  await press('Tab')
  await page.keyboard.type(ada.password)
  await press('Enter')
  await expect(menuButton(page)).toHaveAccessibleName(`Account of ${ada.name}`)

  await press('s')
  await expect(page.getByText('No source of your own yet')).toBeVisible()
  await press('c')
  await expect(wizard(page)).toBeVisible()
  await tabTo(page, wizard(page).getByRole('button', { name: /^Polygon/ }))
  await press('Enter')
  await expect(wizard(page).getByLabel('API key', { exact: true })).toBeFocused()
  await page.keyboard.type('advanced-by-keys-0123')
  await press('Enter')
  await expect(wizard(page).getByRole('row', { name: /^Equities/ })).toBeVisible()
  await tabTo(page, wizard(page).getByRole('button', { name: 'Choose its places' }))
  await press('Enter')
  const firstPlace = wizard(page).getByRole('checkbox').first()
  await tabTo(page, firstPlace)
  await press('Space')
  await expect(firstPlace).not.toBeChecked()
  await press('Space')
  await tabTo(page, wizard(page).getByRole('button', { name: /^Connect/ }))
  await press('Enter')
  await tabTo(page, wizard(page).getByRole('button', { name: 'Done' }))
  await press('Enter')
  await expect(wizard(page)).toBeHidden()

  await tabTo(page, page.getByRole('button', { name: /^Pause / }))
  await press('Enter')
  await expect(page.getByRole('button', { name: /^Resume / })).toBeVisible()
  await tabTo(page, page.getByRole('button', { name: /^More for / }))
  await press('Enter', 'r')
  await expect(page.getByRole('menuitem', { name: 'Rename' })).toBeFocused()
  await press('Escape')
  await expect(page.getByRole('button', { name: /^More for / })).toBeFocused()

  await tabTo(page, menuButton(page))
  await press('Enter')
  await expect(page.getByRole('menuitem', { name: 'Account' })).toBeFocused()
  await press('End', 'Enter')
  await expect(menuButton(page)).toHaveAccessibleName('Account of Demo')
})

for (const viewport of VIEWPORTS) {
  test(`accessible in light and dark, and without sideways scroll: ${viewport.width}`, async ({
    browser,
    tape,
  }) => {
    const context = await browser.newContext({ colorScheme: 'light', viewport })
    const page = await context.newPage()
    await page.goto(`${tape.url}/sign-in`)
    await expect(page.getByRole('link', { name: 'Sign up' })).toBeVisible()
    await look(page, 'sign-in')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await look(page, 'sign-in with faults')
    await page.goto(`${tape.url}/sign-up`)
    await look(page, 'sign-up')
    await signUp(page, tape.url, newPerson(), '/sources')
    await expect(page.getByText('No source of your own yet')).toBeVisible()
    await look(page, 'no sources')
    await page.getByRole('button', { name: 'Connect a source' }).click()
    await expect(wizard(page).getByRole('list', { name: 'Vendors' })).toBeVisible()
    await look(page, 'vendors')
    await page.keyboard.press('Escape')
    const dialog = await beginConnecting(page, 'Alpaca')
    await typeKey(dialog, { label: 'Alpaca', fields: { 'Key id': 'wrong', 'Secret key': 'wrong' } })
    await expect(dialog.getByRole('alert')).toBeVisible()
    await look(page, 'a refused key')
    await typeKey(dialog, { label: 'Alpaca', fields: ALPACA })
    await expect(dialog.getByRole('row', { name: /^Equities/ })).toBeVisible()
    await look(page, 'findings')
    await dialog.getByRole('button', { name: 'Choose its places' }).click()
    await look(page, 'places')
    await dialog.getByRole('button', { name: /^Connect/ }).click()
    await expect(dialog.getByRole('button', { name: 'Done' })).toBeVisible()
    await look(page, 'connected')
    await dialog.getByRole('button', { name: 'Done' }).click()
    await mySource(page, 'Alpaca').getByText('It gives').click()
    await look(page, 'a source of one’s own')
    await page.getByRole('button', { name: 'More for Alpaca' }).click()
    await look(page, 'its menu')
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await look(page, 'removing')
    await page.keyboard.press('Escape')
    await page.goto(`${tape.url}/account`)
    await expect(sessions(page)).toHaveCount(1)
    await look(page, 'account')
    await menuButton(page).click()
    await look(page, 'the account’s menu')
    await context.close()
  })
}

/** Walks with the Tab key until it is there, as somebody without a mouse does. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible()
  for (let step = 0; step < 80; step++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error('the Tab key does not lead there')
}
