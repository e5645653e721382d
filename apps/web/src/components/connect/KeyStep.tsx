import type { VendorReport } from '@onetape/api/router'
import { ArrowLeft, LockKeyhole } from 'lucide-react'
import { Alert } from '../../ui/Alert.tsx'
import { Button } from '../../ui/Button.tsx'
import { Field } from '../../ui/Field.tsx'
import { useForm } from '../../ui/form.ts'
import { SelectField } from '../../ui/SelectField.tsx'
import { CredentialFields } from './CredentialFields.tsx'
import { fieldOf, type Refused, type Typed } from './use-connect.ts'

interface Props {
  vendor: VendorReport
  typed: Typed
  /** Why the vendor or the API refused what was typed before. */
  refused: Refused | null
  onTest: (typed: Typed) => void
  onBack: () => void
}

/** The credentials of a vendor that hands out keys. */
export function KeyStep({ vendor, typed, refused, onTest, onBack }: Props) {
  const about = refused && fieldOf(refused, vendor.fields)
  const form = useForm<string>({
    initial: { label: typed.label, tier: typed.tier, ...valuesOf(vendor, typed.credentials) },
    check: (values) => ({
      ...(values.label?.trim() === '' && { label: 'Give it a name of your own.' }),
      ...missing(vendor, values),
    }),
    send: async ({ label = '', tier = '', ...credentials }) => {
      onTest({ label: label.trim(), tier, credentials: trimmed(credentials) })
      return null
    },
  })
  return (
    <form
      onSubmit={form.submit}
      noValidate
      autoComplete="off"
      aria-label={`Connect ${vendor.label}`}
      className="flex flex-col gap-3.5"
    >
      {refused && !about && (
        <Alert tone="alarm" title={refused.line}>
          {refused.fix}
        </Alert>
      )}
      <CredentialFields vendor={vendor} form={form} told={about} areRefused={refused?.isOfAll} />
      <div className="grid gap-3.5 sm:grid-cols-2">
        <Field
          {...form.field('label')}
          label="Your name for it"
          hint="To tell two of one vendor apart."
          maxLength={60}
          autoComplete="off"
        />
        {vendor.tiers.length > 1 && (
          <SelectField
            label="Plan"
            hint="What the key shows counts, unless you say it here."
            value={form.values.tier ?? ''}
            onChange={(tier) => form.set('tier', tier)}
            options={[
              { value: '', label: 'Find out' },
              ...vendor.tiers.map(({ name, label }) => ({ value: name, label })),
            ]}
          />
        )}
      </div>
      <p className="flex items-start gap-2 text-[11px] text-muted">
        <LockKeyhole size={13} aria-hidden className="mt-px shrink-0" />
        Encrypted before it is stored, for you alone, and never shown again. Testing stores nothing.
      </p>
      <div className="flex justify-between gap-2 border-t border-line pt-3">
        <Button onClick={onBack}>
          <ArrowLeft size={13} aria-hidden />
          Other vendor
        </Button>
        <Button type="submit" tone="primary">
          Test the key
        </Button>
      </div>
    </form>
  )
}

const valuesOf = (vendor: VendorReport, given: Record<string, string>): Record<string, string> =>
  Object.fromEntries(vendor.fields.map(({ field }) => [field, given[field] ?? '']))

export const missing = (vendor: Pick<VendorReport, 'fields'>, values: Record<string, string>) =>
  Object.fromEntries(
    vendor.fields
      .filter(({ field, required }) => required && (values[field] ?? '').trim() === '')
      .map(({ field, label }) => [field, `${label} is missing.`]),
  )

/** Empty ones were not typed. */
export const trimmed = (credentials: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(credentials)
      .map(([field, value]) => [field, value.trim()])
      .filter(([, value]) => value !== ''),
  )
