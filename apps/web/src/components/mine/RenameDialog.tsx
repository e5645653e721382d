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
  const [begun] = useState(source.version)
  const hasConflict = isConflict(rename.error)
  // The version that the person saw when they began; after a conflict the one that they are told of.
  const version = hasConflict ? source.version : begun
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
  return (
    <SmallDialog
      label={`Rename ${source.label}`}
      action={hasConflict ? 'Rename all the same' : 'Rename'}
      isBusy={form.isSending}
      onSubmit={form.submit}
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
