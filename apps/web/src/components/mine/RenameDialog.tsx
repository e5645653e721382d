import type { MySource } from '@onetape/api/router'
import { useState } from 'react'
import { useRenameSource } from '../../api/mine.ts'
import { isConflict, lineOf } from '../../api/trpc.ts'
import { Alert } from '../../ui/Alert.tsx'
import { Field } from '../../ui/Field.tsx'
import { useForm } from '../../ui/form.ts'
import { SmallDialog } from './SmallDialog.tsx'

export function RenameDialog({ source, onClose }: { source: MySource; onClose: () => void }) {
  const rename = useRenameSource()
  // The version that the person saw when they began; after a conflict the one that they are told of.
  const [version, setVersion] = useState(source.version)
  const form = useForm<'label'>({
    initial: { label: source.label },
    check: ({ label }): { label?: string } => (label.trim() === '' ? { label: 'Give it a name.' } : {}),
    send: async ({ label }) => {
      try {
        await rename.mutateAsync({ id: source.id, label: label.trim(), version })
        onClose()
        return null
      } catch (error) {
        if (isConflict(error)) return null
        return { label: lineOf(error).replace(/^label: /, '') }
      }
    },
  })
  const hasConflict = isConflict(rename.error)
  return (
    <SmallDialog
      label={`Rename ${source.label}`}
      action={hasConflict ? 'Rename all the same' : 'Rename'}
      isBusy={form.isSending}
      onSubmit={(event) => {
        if (hasConflict) setVersion(source.version)
        form.submit(event)
      }}
      onClose={onClose}
    >
      <Field {...form.field('label')} label="Your name for it" maxLength={60} autoComplete="off" autoFocus />
      <p className="text-[11px] text-muted">
        Orders and receipts go on calling it <code className="font-mono">{source.name}</code>.
      </p>
      {hasConflict && (
        <Alert tone="warn" title="It was changed elsewhere meanwhile.">
          It is called “{source.label}” now. What you typed is still here.
        </Alert>
      )}
    </SmallDialog>
  )
}
