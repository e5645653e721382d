import { newPerson, signUp } from '../account-page.ts'
import { expect, test } from '../fixtures.ts'
import { ALPACA, beginConnecting, connect, more, mySource, typeKey } from '../own-sources.ts'
import { faultsOf } from '../sources-page.ts'

test('connect Alpaca: a wrong key, then the findings, the places, and no trace of the key', async ({
  page,
  tape,
}) => {
  await signUp(page, tape.url, newPerson(), '/sources')
  await expect(page.getByText('No source of your own yet')).toBeVisible()
  const dialog = await beginConnecting(page, 'Alpaca')
  await dialog.getByRole('button', { name: 'Test the key' }).click()
  await expect(dialog.getByText('Key id is missing.')).toBeVisible()
  await typeKey(dialog, {
    label: 'Paper account',
    fields: { 'Key id': 'wrong-id', 'Secret key': 'wrong-secret-12345' },
  })
  await expect(dialog.getByRole('alert')).toContainText(
    'Alpaca does not accept the key id and the secret key.',
  )
  await expect(dialog.getByLabel('Secret key', { exact: true })).toHaveAttribute('aria-invalid', 'true')
  await expect(dialog.getByLabel('Secret key', { exact: true })).toHaveAttribute('type', 'password')

  await typeKey(dialog, { label: 'Paper account', fields: ALPACA })
  const equities = dialog.getByRole('row', { name: /^Equities/ })
  await expect(equities).toContainText(/live.*sip/)
  await expect(equities).toContainText(/AAPL [\d.]+, [\d.]+ s old/)
  await expect(equities).toContainText('20 years')
  await expect(dialog.getByText('Algo Trader Plus (SIP)')).toBeVisible()
  await expect(dialog.getByText(/calls a minute/)).toBeVisible()

  await dialog.getByRole('button', { name: 'Choose its places' }).click()
  const places = dialog.getByRole('list', { name: 'Proposed places' })
  const crypto = places.getByRole('checkbox', { name: /^Quotes, Crypto/ })
  await expect(places.getByRole('listitem').filter({ hasText: 'Quotes, Equities' })).toContainText(
    /asked \d|asked first/,
  )
  await crypto.uncheck()
  await expect(places.getByRole('listitem').filter({ hasText: 'Quotes, Crypto' })).toContainText(
    'order stays as it is',
  )
  await dialog.getByRole('button', { name: /^Connect and set \d/ }).click()
  await expect(dialog.getByText('Paper account is connected.')).toBeVisible()
  await dialog.getByRole('button', { name: 'Done' }).click()

  const card = mySource(page, 'Paper account')
  await expect(card).toContainText('Connected')
  await expect(card).toContainText('6789')
  await expect(card).toContainText('Algo Trader Plus (SIP)')
  const kept = await page.evaluate(() =>
    JSON.stringify([
      document.documentElement.outerHTML,
      location.href,
      { ...localStorage },
      { ...sessionStorage },
    ]),
  )
  expect(kept).not.toContain('ada-secret')
})

test('what stands in the way is said, with what to do: too many calls, away, a small plan', async ({
  page,
  tape,
}) => {
  const faults = faultsOf(tape.stateDir)
  await signUp(page, tape.url, newPerson(), '/sources')
  const key = `advanced-${Date.now()}-key`
  const dialog = await beginConnecting(page, 'Polygon')
  const answer = dialog.getByRole('alert')
  try {
    await faults.order({ vendor: 'polygon', kind: 'rate_limited', key })
    await typeKey(dialog, { label: 'Polygon', fields: { 'API key': key } })
    await expect(answer).toContainText(/no calls left/)
    await expect(answer).toContainText('Wait a minute')
    await expect(dialog.getByRole('button', { name: 'Choose its places' })).toBeHidden()
    await faults.clear()
    await faults.order({ vendor: 'polygon', kind: 'server_error', key })
    await dialog.getByRole('button', { name: 'Test again' }).click()
    await expect(answer).toContainText(/could not be reached or failed/)
    await expect(answer).toContainText('Nothing is wrong with the key.')
  } finally {
    await faults.clear()
  }
  await dialog.getByRole('button', { name: 'Back to the key' }).click()
  await expect(dialog.getByLabel('API key', { exact: true })).toHaveValue(key)
  await dialog.getByLabel('API key', { exact: true }).fill('free-key-of-ada-0123')
  await dialog.getByRole('button', { name: 'Test the key' }).click()
  await expect(dialog.getByRole('row', { name: /^Equities/ })).toContainText(/late|not in plan/)
  await expect(dialog.getByText('Free', { exact: true })).toBeVisible()
})

test('the connection is lost in the middle: nothing is stored, and what was typed is still there', async ({
  page,
  tape,
}) => {
  await signUp(page, tape.url, newPerson(), '/sources')
  const dialog = await beginConnecting(page, 'Alpaca')
  await page.route('**/trpc/mine.probe*', (route) => route.abort())
  await typeKey(dialog, { label: 'Alpaca', fields: ALPACA })
  await expect(dialog.getByRole('alert')).toContainText('lost in the middle')
  await page.unroute('**/trpc/mine.probe*')
  await dialog.getByRole('button', { name: 'Test again' }).click()
  await expect(dialog.getByRole('row', { name: /^Equities/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await beginConnecting(page, 'Alpaca')
  await expect(dialog.getByLabel('Secret key', { exact: true })).toHaveValue('')
})

test('Schwab: through its own page and back, with the days that are left; denied, and used twice', async ({
  page,
  tape,
}) => {
  await signUp(page, tape.url, newPerson(), '/sources')
  const toVendor = async () => {
    const dialog = await beginConnecting(page, 'Charles Schwab')
    await expect(dialog).toContainText('Your password stays there')
    await dialog.getByRole('button', { name: 'Sign in at Charles Schwab' }).click()
    await expect(page.getByRole('heading', { name: 'Allow access?' })).toBeVisible()
    expect(page.url()).not.toMatch(/secret/i)
  }
  await toVendor()
  await page.getByRole('button', { name: 'Deny' }).click()
  await expect(page).toHaveURL(/\/sources\?problem=/)
  await expect(
    page.getByRole('alert').filter({ hasText: 'The sign-in at the vendor did not work.' }),
  ).toBeVisible()
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await expect(page).toHaveURL(/\/sources$/)

  await toVendor()
  await page.getByRole('button', { name: 'Allow' }).click()
  await expect(page).toHaveURL(/\/sources\?connected=schwab/)
  const card = mySource(page, 'Charles Schwab')
  await expect(card.getByRole('timer')).toHaveText(/^Sign-in lasts 6d 23h$/)
  await expect(card.getByRole('timer')).toHaveAttribute('data-tone', 'plain')
  await expect(page.getByText('Charles Schwab is connected.')).toBeVisible()

  await page.getByRole('button', { name: 'Choose its places' }).click()
  const places = page.getByRole('dialog', { name: 'Places of Charles Schwab' })
  await places.getByRole('button', { name: /^Set \d+ orders?$/ }).click()
  await expect(places).toBeHidden()
  await expect(page).toHaveURL(/\/sources$/)

  // Renewed: the same source, not a second one.
  await page.getByRole('button', { name: 'Sign in again: Charles Schwab' }).click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await expect(page).toHaveURL(/\/sources\?connected=schwab/)
  await expect(
    page.getByRole('list', { name: 'Your sources' }).getByRole('listitem').filter({ hasText: 'schwab' }),
  ).toHaveCount(1)
})

test('test, rename, pause, replace, make primary, remove; a second tab sees it at once', async ({
  page,
  tape,
}) => {
  await signUp(page, tape.url, newPerson(), '/sources')
  await connect(page, {
    vendor: 'Polygon',
    label: 'Polygon one',
    fields: { 'API key': 'advanced-one-0123456' },
  })
  await connect(page, {
    vendor: 'Polygon',
    label: 'Polygon two',
    fields: { 'API key': 'advanced-two-0123456' },
  })
  const second = await page.context().newPage()
  await second.goto(`${tape.url}/sources`)
  await expect(mySource(second, 'Polygon one')).toContainText('primary')

  await page.getByRole('button', { name: 'Test Polygon one' }).click()
  await expect(mySource(page, 'Polygon one').getByRole('status')).toContainText(
    /It answers.*Asked \d+ times/s,
  )
  await more(page, 'Polygon one', 'Rename')
  const rename = page.getByRole('dialog', { name: 'Rename Polygon one' })
  await rename.getByLabel('Your name for it').fill('Old Faithful')
  await rename.getByRole('button', { name: 'Rename' }).click()
  await expect(mySource(page, 'Old Faithful')).toBeVisible()
  await expect(mySource(second, 'Old Faithful')).toBeVisible({ timeout: 2_500 })

  await page.getByRole('button', { name: 'Pause Old Faithful' }).click()
  await expect(mySource(page, 'Old Faithful')).toContainText('Paused')
  await expect(mySource(second, 'Old Faithful')).toContainText('Paused', { timeout: 2_500 })
  await second.getByRole('button', { name: 'Resume Old Faithful' }).click()
  await expect(mySource(page, 'Old Faithful')).not.toContainText('Paused')

  await more(page, 'Old Faithful', 'Replace key')
  const replace = page.getByRole('dialog', { name: 'Replace the key of Old Faithful' })
  await replace.getByLabel('API key', { exact: true }).fill('wrong-key-0123456')
  await replace.getByRole('button', { name: 'Test and replace' }).click()
  await expect(replace.getByRole('alert')).toContainText('Polygon.io / Massive does not accept the API key.')
  await expect(replace.getByRole('alert')).toContainText('The old key is still in use.')
  await replace.getByLabel('API key', { exact: true }).fill('advanced-new-0123-9876')
  await replace.getByRole('button', { name: 'Test and replace' }).click()
  await expect(replace).toBeHidden()
  await expect(mySource(page, 'Old Faithful')).toContainText('9876')

  await more(page, 'Polygon two', 'Make primary')
  await expect(mySource(page, 'Polygon two')).toContainText('primary')
  await expect(mySource(page, 'Old Faithful')).not.toContainText('primary')
  await more(page, 'Old Faithful', 'Remove')
  const remove = page.getByRole('dialog', { name: 'Remove Old Faithful?' })
  await expect(remove).toContainText(/its key, its place in \d+ orders?/)
  await remove.getByRole('button', { name: 'Remove' }).click()
  await expect(mySource(page, 'Old Faithful')).toBeHidden()
  await expect(mySource(second, 'Old Faithful')).toBeHidden({ timeout: 2_500 })
  await second.close()
})
