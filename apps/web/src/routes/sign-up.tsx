import { createFileRoute, type SearchSchemaInput } from '@tanstack/react-router'
import { type DoorSearch, doorSearch } from '../components/door.ts'
import { SignUpPage } from '../pages/SignUpPage.tsx'

export const Route = createFileRoute('/sign-up')({
  validateSearch: (raw: DoorSearch & SearchSchemaInput): DoorSearch => doorSearch(raw),
  component: SignUpPage,
})
