import type { MySource, VendorReport } from '@onetape/api/router'
import { useQueryClient } from '@tanstack/react-query'
import { changed, useVendors } from '../../api/mine.ts'
import { useSecretCall } from '../../api/secret-call.ts'
import { client } from '../../api/trpc.ts'
import { Alert } from '../../ui/Alert.tsx'
import { useForm } from '../../ui/form.ts'
import { CredentialFields } from '../connect/CredentialFields.tsx'
import { missing, trimmed } from '../connect/KeyStep.tsx'
import { fieldOf } from '../connect/use-connect.ts'
import { SmallDialog } from './SmallDialog.tsx'

interface Props {
  source: MySource
  onClose: () => void
}

/** A new key for a source that keeps its name and its places. */
export function ReplaceKeyDialog(props: Props) {
  const vendor = useVendors().data?.find(({ provider }) => provider === props.source.provider)
  return vendor ? <Known {...props} vendor={vendor} /> : null
}

function Known({ source, vendor, onClose }: Props & { vendor: VendorReport }) {
  const queryClient = useQueryClient()
  const replace = useSecretCall((credentials: Record<string, string>, signal) =>
    client.mine.replaceKey.mutate({ id: source.id, version: source.version, credentials }, { signal }),
  )
  const problem = replace.state.status === 'failed' ? replace.state.problem : null
  const about = problem && fieldOf(problem, vendor.fields)
  const form = useForm<string>({
    initial: Object.fromEntries(vendor.fields.map(({ field }) => [field, ''])),
    check: (values) => missing(vendor, values),
    send: async (values) => {
      const isReplaced = (await replace.run(trimmed(values))) !== null
      void changed(queryClient, 'sources')
      if (isReplaced) onClose()
      return null
    },
  })
  return (
    <SmallDialog
      label={`Replace the key of ${source.label}`}
      action={form.isSending ? 'Testing…' : 'Test and replace'}
      isBusy={form.isSending}
      onSubmit={form.submit}
      onClose={onClose}
    >
      <p className="text-xs text-muted">
        The new key is tested first. The old one{source.hint ? `, ending in ${source.hint},` : ''} stays until
        it is taken.
      </p>
      <CredentialFields vendor={vendor} form={form} told={about} />
      {problem && !about && (
        <Alert tone={problem.code === 'CONFLICT' ? 'warn' : 'alarm'} title={problem.line}>
          {problem.code === null
            ? 'The connection was lost in the middle; test the source to see which key it has.'
            : 'The old key is still in use.'}
        </Alert>
      )}
    </SmallDialog>
  )
}
