import type { VendorReport } from '@onetape/api/router'
import { ArrowLeft, ExternalLink } from 'lucide-react'
import { useState } from 'react'
import { useSecretCall } from '../../api/secret-call.ts'
import { client } from '../../api/trpc.ts'
import { Alert } from '../../ui/Alert.tsx'
import { Button } from '../../ui/Button.tsx'
import { Field } from '../../ui/Field.tsx'
import { useForm } from '../../ui/form.ts'
import { CredentialFields } from './CredentialFields.tsx'
import { missing, trimmed } from './KeyStep.tsx'
import { fieldOf } from './use-connect.ts'

interface Props {
  vendor: VendorReport
  label: string
  onBack: () => void
}

/** A vendor where the person signs in at the vendor's own page, and comes back connected. */
export function SignInStep({ vendor, label: first, onBack }: Props) {
  const [usesOwnApp, setOwnApp] = useState(!vendor.houseHasApp)
  const begin = useSecretCall((input: { label: string; credentials: Record<string, string> }, signal) =>
    client.mine.signInBegin.mutate({ provider: vendor.provider, ...input }, { signal }),
  )
  const fields = usesOwnApp ? vendor.fields.map((field) => ({ ...field, required: true })) : []
  const problem = begin.state.status === 'failed' ? begin.state.problem : null
  const about = problem && fieldOf(problem, fields)
  const form = useForm<string>({
    initial: { label: first, ...Object.fromEntries(vendor.fields.map(({ field }) => [field, ''])) },
    check: (values) => ({
      ...(values.label?.trim() === '' && { label: 'Give it a name of your own.' }),
      ...missing({ fields }, values),
    }),
    send: async ({ label = '', ...credentials }) => {
      const begun = await begin.run({
        label: label.trim(),
        credentials: usesOwnApp ? trimmed(credentials) : {},
      })
      if (begun) window.location.assign(begun.url)
      return null
    },
  })
  const isLeaving = begin.state.status === 'pending' || begin.state.status === 'done'
  return (
    <form
      onSubmit={form.submit}
      noValidate
      autoComplete="off"
      aria-label={`Connect ${vendor.label}`}
      className="flex flex-col gap-3.5"
    >
      <ol className="flex flex-col gap-1.5 rounded-md border border-line bg-sunken px-3 py-2.5 text-xs">
        {[
          `You go to ${vendor.label}, sign in there and allow OneTape to read prices.`,
          `${vendor.label} sends you back here. Your password stays there.`,
          'The sign-in is tested, and lasts for as long as the vendor says; you are warned before it runs out.',
        ].map((words, index) => (
          <li key={words} className="flex gap-2">
            <span aria-hidden className="w-3 shrink-0 font-semibold text-muted tabular-nums">
              {index + 1}
            </span>
            {words}
          </li>
        ))}
      </ol>
      {problem && !about && <Alert tone="alarm" title={problem.line} />}
      <Field
        {...form.field('label')}
        label="Your name for it"
        hint="To tell two of one vendor apart."
        maxLength={60}
        autoComplete="off"
      />
      {vendor.houseHasApp && vendor.fields.length > 0 && (
        <label className="flex items-center gap-2 text-xs">
          <input
            type="checkbox"
            checked={usesOwnApp}
            onChange={(event) => setOwnApp(event.target.checked)}
            className="size-4 accent-(--accent)"
          />
          Use an app of my own at {vendor.label}
        </label>
      )}
      {usesOwnApp && <CredentialFields vendor={{ fields }} form={form} told={about} />}
      <div className="flex justify-between gap-2 border-t border-line pt-3">
        <Button onClick={onBack}>
          <ArrowLeft size={13} aria-hidden />
          Other vendor
        </Button>
        <Button type="submit" tone="primary" disabled={isLeaving} aria-busy={isLeaving}>
          <ExternalLink size={13} aria-hidden />
          {isLeaving ? `Going to ${vendor.label}…` : `Sign in at ${vendor.label}`}
        </Button>
      </div>
    </form>
  )
}
