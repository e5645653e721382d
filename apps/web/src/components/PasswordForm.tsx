import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { changePassword, DoorProblem } from '../api/account.ts'
import { trpc } from '../api/trpc.ts'
import { Alert } from '../ui/Alert.tsx'
import { Button } from '../ui/Button.tsx'
import { SecretField } from '../ui/Field.tsx'
import { type Form, useForm } from '../ui/form.ts'
import { Section } from '../ui/Section.tsx'
import { checkNewPassword, PASSWORD_MIN, refusalOf } from './door.ts'

/** A new password; every other session ends with the old one. */
export function PasswordForm({ email }: { email: string }) {
  const queryClient = useQueryClient()
  const [told, setTold] = useState<{ tone: 'good' | 'alarm'; line: string } | null>(null)
  const form: Form<'now' | 'next'> = useForm({
    initial: { now: '', next: '' },
    check: ({ now, next }) => {
      const fault = checkNewPassword(next) ?? (next === now ? 'This is the one that you have.' : null)
      return { ...(now === '' && { now: 'Type your current password.' }), ...(fault && { next: fault }) }
    },
    send: async ({ now, next }) => {
      setTold(null)
      try {
        await changePassword({ currentPassword: now, newPassword: next })
        form.clear('now', 'next')
        setTold({ tone: 'good', line: 'The password is changed, and every other session has ended.' })
        void queryClient.invalidateQueries(trpc.account.pathFilter())
        return null
      } catch (error) {
        if (error instanceof DoorProblem && error.code === 'INVALID_PASSWORD') return { now: error.message }
        const { faults, line, waitS } = refusalOf(error)
        if (line) setTold({ tone: 'alarm', line: waitS === null ? line : `${line} Wait ${waitS} s.` })
        return faults.password ? { next: faults.password } : null
      }
    },
  })
  return (
    <Section title="Password" summary="Changing it ends every other session.">
      <form onSubmit={form.submit} noValidate aria-label="Change password" className="flex flex-col gap-3">
        {/* So that a password manager knows whose it is. */}
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <div className="grid gap-3 sm:grid-cols-2">
          <SecretField {...form.field('now')} label="Current password" autoComplete="current-password" />
          <SecretField
            {...form.field('next')}
            label="New password"
            hint={`At least ${PASSWORD_MIN} characters.`}
            autoComplete="new-password"
          />
        </div>
        {told && <Alert tone={told.tone} title={told.line} />}
        <div>
          <Button type="submit" aria-busy={form.isSending}>
            {form.isSending ? 'Changing…' : 'Change password'}
          </Button>
        </div>
      </form>
    </Section>
  )
}
