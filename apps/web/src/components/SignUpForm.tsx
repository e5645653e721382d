import { useState } from 'react'
import { enterAt, signUp } from '../api/account.ts'
import { Alert } from '../ui/Alert.tsx'
import { Button } from '../ui/Button.tsx'
import { Field, SecretField } from '../ui/Field.tsx'
import { type Form, useForm } from '../ui/form.ts'
import { checkEmail, checkNewPassword, PASSWORD_MIN, refusalOf } from './door.ts'
import { useCountdown } from './use-countdown.ts'

type Key = 'name' | 'email' | 'password' | 'code'

/** `withCode`: the first operator of a live OneTape shows that they run the server, by what it printed. */
export function SignUpForm({ withCode, to }: { withCode: boolean; to: string | undefined }) {
  const [line, setLine] = useState<string | null>(null)
  const wait = useCountdown()
  const form: Form<Key> = useForm<Key>({
    initial: { name: '', email: '', password: '', code: '' },
    check: (typed) => {
      const faults = {
        name: typed.name.trim() === '' ? 'Type the name that others see.' : null,
        email: checkEmail(typed.email),
        password: checkNewPassword(typed.password),
        code: withCode && typed.code.trim() === '' ? 'Type the code that the server printed.' : null,
      }
      return Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault !== null))
    },
    send: async (typed) => {
      setLine(null)
      try {
        await signUp({
          name: typed.name.trim(),
          email: typed.email.trim(),
          password: typed.password,
          ...(withCode && { code: typed.code.trim() }),
        })
        form.clear('password', 'code')
        enterAt(to ?? '/')
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
    <form onSubmit={form.submit} noValidate aria-label="Sign up" className="flex flex-col gap-3.5">
      {withCode && (
        <Field
          {...form.field('code')}
          label="One-time code"
          hint="The server printed it when it started: look at the terminal or its log."
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          required
          className="[&_input]:font-mono"
        />
      )}
      <Field {...form.field('name')} label="Name" autoComplete="name" maxLength={80} required />
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
        label="Password"
        hint={`At least ${PASSWORD_MIN} characters. A few words in a row are easy to keep and hard to guess.`}
        autoComplete="new-password"
        required
      />
      {wait.leftS > 0 ? (
        <Alert tone="warn" title={line ?? 'Too many tries.'}>
          <span className="tabular-nums">The next one is taken in {wait.leftS} s.</span>
        </Alert>
      ) : (
        line && <Alert tone="alarm" title={line} />
      )}
      <Button
        type="submit"
        tone="primary"
        disabled={wait.leftS > 0}
        aria-busy={form.isSending}
        className="mt-1 h-8.5 justify-center text-[13px]! max-sm:h-11"
      >
        {form.isSending ? 'Signing up…' : withCode ? 'Become the operator' : 'Sign up'}
      </Button>
    </form>
  )
}
