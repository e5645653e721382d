import type { ProbeAnswer } from '@onetape/api/router'
import { ArrowLeft } from 'lucide-react'
import type { CallProblem } from '../../api/secret-call.ts'
import { Alert } from '../../ui/Alert.tsx'
import { Button } from '../../ui/Button.tsx'
import { PlaceList } from './PlaceList.tsx'
import type { Connect } from './use-connect.ts'

interface Props {
  connect: Connect
  answer: ProbeAnswer
  onClose: () => void
}

/** The last look: where it is to stand. Saving stores all of it, or nothing. */
export function PlacesStep({ connect, answer, onClose }: Props) {
  const { saving } = connect
  const isSaving = saving.status === 'pending'
  const taken = answer.places.length - connect.unticked.size
  return (
    <div className="flex flex-col gap-3.5">
      {answer.places.length === 0 ? (
        <p className="text-xs text-muted">
          It improves no order as they stand, so none is changed. It can be asked by name, and put into an
          order at any time.
        </p>
      ) : (
        <PlaceList
          places={answer.places}
          name={answer.name}
          unticked={connect.unticked}
          onTick={connect.tick}
        />
      )}
      {saving.status === 'failed' && (
        <Unsaved problem={saving.problem} onLook={connect.testAgain} onClose={onClose} />
      )}
      <div className="flex justify-between gap-2 border-t border-line pt-3">
        <Button onClick={connect.back} disabled={isSaving}>
          <ArrowLeft size={13} aria-hidden />
          Findings
        </Button>
        <Button tone="primary" onClick={() => void connect.save()} disabled={isSaving} aria-busy={isSaving}>
          {isSaving
            ? 'Saving…'
            : taken === 0
              ? 'Connect'
              : `Connect and set ${taken === 1 ? '1 order' : `${taken} orders`}`}
        </Button>
      </div>
    </div>
  )
}

interface UnsavedProps {
  problem: CallProblem
  onLook: () => void
  onClose: () => void
}

function Unsaved({ problem, onLook, onClose }: UnsavedProps) {
  if (problem.code === null) {
    return (
      <Alert
        tone="warn"
        title="The connection was lost while saving."
        action={<Button onClick={onClose}>Look</Button>}
      >
        Whether it was saved is not known. Look whether it stands in your list before you connect it again.
      </Alert>
    )
  }
  if (problem.code === 'CONFLICT') {
    return (
      <Alert tone="warn" title={problem.line} action={<Button onClick={onLook}>Look again</Button>}>
        Nothing was saved. Looking again proposes places in the orders as they are now.
      </Alert>
    )
  }
  return (
    <Alert tone="alarm" title={problem.line}>
      Nothing was saved.
    </Alert>
  )
}
