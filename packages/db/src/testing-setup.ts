// Vitest's global set-up: keeps the test server up while test files come and go, and migrates the template once.
import { testDatabase } from './testing.ts'

export default async function setup(): Promise<() => Promise<void>> {
  const held = await testDatabase()
  return () => held.drop()
}
