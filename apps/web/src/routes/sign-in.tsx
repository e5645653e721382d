import { createFileRoute, type SearchSchemaInput } from '@tanstack/react-router'
import { type DoorSearch, doorSearch } from '../components/door.ts'
import { SignInPage } from '../pages/SignInPage.tsx'

export const Route = createFileRoute('/sign-in')({
  validateSearch: (raw: DoorSearch & SearchSchemaInput): DoorSearch => doorSearch(raw),
  component: SignInPage,
})
