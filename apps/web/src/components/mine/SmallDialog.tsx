import type { FormEvent, ReactNode } from 'react'
import { Button, type ButtonTone } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'

interface Props {
  label: string
  /** What the form does. */
  action: string
  tone?: ButtonTone
  isBusy: boolean
  onSubmit: (event: FormEvent<HTMLFormElement>) => void
  onClose: () => void
  children: ReactNode
}

/** One question with a yes and a no. */
export function SmallDialog({ label, action, tone = 'primary', isBusy, onSubmit, onClose, children }: Props) {
  return (
    <Dialog label={label} onClose={onClose} className="w-[min(27rem,calc(100vw-1rem))]!">
      <form
        onSubmit={onSubmit}
        noValidate
        autoComplete="off"
        className="flex max-h-[inherit] flex-col gap-3 overflow-y-auto p-4"
      >
        <h2 className="text-[15px] font-semibold break-words">{label}</h2>
        {children}
        <div className="flex justify-end gap-2 pt-1">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" tone={tone} disabled={isBusy} aria-busy={isBusy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
