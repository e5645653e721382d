// The door, the account and the account's menu as a person sees them, by role and label.
import { expect, type Locator, type Page } from '@playwright/test'

export interface Person {
  name: string
  email: string
  password: string
}

let count = 0

/** Somebody new each time: a OneTape keeps whom it knows. */
export function newPerson(name = 'Ada Lovelace'): Person {
  const id = `${process.pid}-${Date.now()}-${++count}`
  return { name, email: `ada.${id}@example.com`, password: `engines of ${id}` }
}

export const menuButton = (page: Page): Locator => page.getByRole('button', { name: /^Account of / })

export async function signUp(page: Page, url: string, person: Person, to = '/'): Promise<void> {
  await page.goto(`${url}/sign-up?to=${encodeURIComponent(to)}`)
  await page.getByLabel('Name', { exact: true }).fill(person.name)
  await page.getByLabel('E-mail').fill(person.email)
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Sign up', exact: true }).click()
  await expect(page.getByRole('button', { name: `Account of ${person.name}` })).toBeVisible()
}

export async function signIn(page: Page, url: string, person: Person, to = '/'): Promise<void> {
  await page.goto(`${url}/sign-in?to=${encodeURIComponent(to)}`)
  await fillSignIn(page, person)
  await expect(page.getByRole('button', { name: `Account of ${person.name}` })).toBeVisible()
}

export async function fillSignIn(
  page: Page | Locator,
  { email, password }: Pick<Person, 'email' | 'password'>,
): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: /^Sign in( again)?$/ }).click()
}

export async function signOut(page: Page): Promise<void> {
  await menuButton(page).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
}

export const sessions = (page: Page): Locator =>
  page.getByRole('list', { name: 'Sessions' }).getByRole('listitem')
