import type { VendorReport } from '@onetape/api/router'
import { Field, SecretField } from '../../ui/Field.tsx'
import type { Form } from '../../ui/form.ts'

interface Props {
  vendor: Pick<VendorReport, 'fields'>
  form: Form<string>
  /** What was said of one field. */
  told: { field: string; words: string } | null
  /** The vendor took none of them. */
  areRefused?: boolean
}

/** What a vendor asks for. Secrets are hidden, and kept by no browser. */
export function CredentialFields({ vendor, form, told, areRefused = false }: Props) {
  return vendor.fields.map(({ field, label, secret, required }) => {
    const own = form.field(field)
    const error =
      own.error ??
      (told?.field === field ? told.words : areRefused && required ? 'Not accepted by the vendor.' : null)
    const props = { ...own, error, label, required }
    return secret ? (
      <SecretField key={field} {...props} />
    ) : (
      <Field
        key={field}
        {...props}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        className="[&_input]:font-mono"
      />
    )
  })
}
