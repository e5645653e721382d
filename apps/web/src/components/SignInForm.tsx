import { type ReactNode, useEffect, useRef, useState } from 'react'
import { signIn } from '../api/account.ts'
import { Alert } from '../ui/Alert.tsx'
import { Button } from '../ui/Button.tsx'
import { Field, SecretField } from '../ui/Field.tsx'
import { type Form, useForm } from '../ui/form.ts'
import { checkEmail, refusalOf } from './door.ts'
import { useCountdown } from './use-countdown.ts'

interface Props {
  email?: string
  /** They are in. */
  onEntered: () => void
  action?: string
  beside?: ReactNode
}

/** E-mail and password: on a page of its own, or where a session ended under somebody's hands. */
export function SignInForm({ email = '', onEntered, action = 'Sign in', beside }: Props) {
  const [line, setLine] = useState<string | null>(null)
  const wait = useCountdown()
  const password = useRef<HTMLInputElement>(null)
  const isKnown = email !== ''
  useEffect(() => {
    if (isKnown) password.current?.focus()
  }, [isKnown])
  const form: Form<'email' | 'password'> = useForm({
    initial: { email, password: '' },
    check: (typed) => {
      const mail = checkEmail(typed.email)
      return {
        ...(mail && { email: mail }),
        ...(typed.password === '' && { password: 'Type your password.' }),
      }
    },
    send: async (typed) => {
      setLine(null)
      try {
        await signIn({ email: typed.email.trim(), password: typed.password })
        form.clear('password')
        onEntered()
        return null
      } catch (error) {
        const { faults, line: told, waitS } = refusalOf(error)
        setLine(told)
        if (waitS !== null) wait.start(waitS)
        return faults
      }
    },
  })
  return (
    <form onSubmit={form.submit} noValidate aria-label={action} className="flex flex-col gap-3.5">
      <Field
        {...form.field('email')}
        label="E-mail"
        type="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
      <SecretField
        {...form.field('password')}
        ref={password}
        label="Password"
        autoComplete="current-password"
        required
      />
      {wait.leftS > 0 ? (
        <Alert tone="warn" title={line ?? 'Too many tries.'}>
          <span className="tabular-nums">The next one is taken in {wait.leftS} s.</span>
        </Alert>
      ) : (
        line && <Alert tone="alarm" title={line} />
      )}
      <div className="flex flex-wrap items-center gap-2 pt-1">
        <Button
          type="submit"
          tone="primary"
          disabled={wait.leftS > 0}
          aria-busy={form.isSending}
          className="h-8.5 flex-1 justify-center text-[13px]! max-sm:h-11"
        >
          {form.isSending ? 'Signing in…' : action}
        </Button>
        {beside}
      </div>
    </form>
  )
}
