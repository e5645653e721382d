import type { VendorReport } from '@onetape/api/router'
import clsx from 'clsx'
import { Check, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Dialog } from '../../ui/Dialog.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { KeyStep } from './KeyStep.tsx'
import { PlacesStep } from './PlacesStep.tsx'
import { ProbeStep } from './ProbeStep.tsx'
import { SavedStep } from './SavedStep.tsx'
import { SignInStep } from './SignInStep.tsx'
import { type Connect, STEPS, type Step, useConnect } from './use-connect.ts'
import { VendorStep } from './VendorStep.tsx'

const STEP_WORDS: Record<Step, string> = {
  vendor: 'Vendor',
  key: 'Key',
  probe: 'Test',
  places: 'Places',
  saved: 'Connected',
}

const titleOf = ({ step, vendor, saved }: Connect): string => {
  if (step === 'vendor' || !vendor) return 'Connect a source'
  if (step === 'saved') return `${saved?.label ?? vendor.label} is connected`
  if (step === 'places') return `Where ${vendor.label} stands`
  return step === 'probe' ? `What ${vendor.label} gives` : `Connect ${vendor.label}`
}

/** From a vendor to a source of one's own, in five steps. */
export function ConnectDialog({ vendor, onClose }: { vendor: VendorReport | null; onClose: () => void }) {
  const connect = useConnect(vendor)
  const title = titleOf(connect)
  return (
    <Dialog
      label="Connect a source"
      onClose={connect.saving.status === 'pending' ? () => {} : onClose}
      className="mt-[5vh]! max-h-[90vh]! w-[min(44rem,calc(100vw-1rem))]!"
    >
      <div className="flex max-h-[inherit] flex-col">
        <div className="flex shrink-0 items-center gap-3 border-b border-line py-2 pr-2 pl-4">
          <StepTitle title={title} />
          <IconButton label="Close" onClick={onClose} disabled={connect.saving.status === 'pending'}>
            <X size={16} aria-hidden />
          </IconButton>
        </div>
        <Steps connect={connect} />
        <div className="min-h-0 overflow-y-auto p-4">
          <StepBody connect={connect} onClose={onClose} />
        </div>
      </div>
    </Dialog>
  )
}

/** Takes the focus when the step changes: what was pressed is gone, and what is here now is read out. */
function StepTitle({ title }: { title: string }) {
  const ref = useRef<HTMLHeadingElement>(null)
  const shown = useRef(title)
  useEffect(() => {
    if (shown.current === title) return
    shown.current = title
    const inside = ref.current?.closest('dialog')
    const input = inside?.querySelector<HTMLInputElement>('form input:not([type=checkbox])')
    ;(input ?? ref.current)?.focus()
  }, [title])
  return (
    <h2 ref={ref} tabIndex={-1} className="min-w-0 flex-1 truncate text-[15px] font-semibold outline-none">
      {title}
    </h2>
  )
}

function Steps({ connect: { step, vendor } }: { connect: Connect }) {
  const isOAuth = vendor?.how === 'oauth'
  const steps = STEPS.filter((s) => (s === 'key' ? vendor?.how !== 'none' : true))
  const at = steps.indexOf(step)
  return (
    <ol
      aria-label="Steps"
      className="flex shrink-0 items-center gap-1.5 border-b border-line bg-sunken px-4 py-2 text-[11px]"
    >
      {steps.map((s, index) => (
        <li
          key={s}
          aria-current={s === step ? 'step' : undefined}
          className={clsx(
            'flex items-center gap-1.5 whitespace-nowrap',
            index === at ? 'font-semibold text-ink' : 'text-muted',
            index > 0 &&
              "before:mr-0.5 before:h-px before:w-4 before:bg-line-strong before:content-[''] max-sm:before:w-2",
          )}
        >
          <span
            aria-hidden
            className={clsx(
              'flex size-4 items-center justify-center rounded-full border text-[10px] tabular-nums',
              index < at
                ? 'border-transparent bg-up-wash text-up'
                : index === at
                  ? 'border-transparent bg-accent text-on-accent'
                  : 'border-line-strong',
            )}
          >
            {index < at ? <Check size={10} aria-hidden /> : index + 1}
          </span>
          <span className={clsx(index !== at && 'max-sm:sr-only')}>
            {s === 'key' && isOAuth ? 'Sign-in' : STEP_WORDS[s]}
          </span>
        </li>
      ))}
    </ol>
  )
}

function StepBody({ connect, onClose }: { connect: Connect; onClose: () => void }) {
  const { step, vendor, typed, probe, answer, saved } = connect
  if (step === 'saved' && saved) return <SavedStep source={saved} onAgain={connect.again} onClose={onClose} />
  if (step === 'vendor' || !vendor) return <VendorStep onChoose={connect.choose} />
  if (step === 'key') {
    return vendor.how === 'oauth' ? (
      <SignInStep vendor={vendor} label={typed.label} onBack={connect.back} />
    ) : (
      <KeyStep
        vendor={vendor}
        typed={typed}
        refused={connect.refused}
        onTest={connect.test}
        onBack={connect.back}
      />
    )
  }
  if (step === 'places' && answer) return <PlacesStep connect={connect} answer={answer} onClose={onClose} />
  return (
    <ProbeStep
      vendor={vendor}
      probe={probe}
      onAgain={connect.testAgain}
      onBack={connect.back}
      onNext={connect.toPlaces}
    />
  )
}
