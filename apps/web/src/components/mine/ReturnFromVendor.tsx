import type { MySource } from '@onetape/api/router'
import { useNavigate } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { useState } from 'react'
import { Alert } from '../../ui/Alert.tsx'
import { Button } from '../../ui/Button.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { PlacesDialog } from './PlacesDialog.tsx'

interface Props {
  came: { connected?: string; problem?: string }
  sources: readonly MySource[] | undefined
  onAgain: () => void
}

/** Somebody comes back from signing in at a vendor: how it went. */
export function ReturnFromVendor({ came, sources, onAgain }: Props) {
  const navigate = useNavigate()
  const [isPlacing, setPlacing] = useState(false)
  const dismiss = () =>
    void navigate({
      to: '/sources',
      search: (was) => ({ ...was, connected: undefined, problem: undefined }),
      replace: true,
    })
  if (came.problem !== undefined) {
    return (
      <Alert
        tone="alarm"
        title="The sign-in at the vendor did not work."
        className="mb-2.5"
        action={
          <>
            <Button
              onClick={() => {
                dismiss()
                onAgain()
              }}
            >
              Begin again
            </Button>
            <Dismiss onClick={dismiss} />
          </>
        }
      >
        {came.problem}
      </Alert>
    )
  }
  const source = sources?.find(({ name }) => name === came.connected)
  // A link that names what is not there says nothing.
  if (!source) return null
  return (
    <>
      <Alert
        tone="good"
        title={`${source.label} is connected.`}
        className="mb-2.5"
        action={
          <>
            <Button onClick={() => setPlacing(true)}>Choose its places</Button>
            <Dismiss onClick={dismiss} />
          </>
        }
      >
        As <code className="font-mono">{source.name}</code>, on {source.tierLabel}. What the test found stands
        below.
      </Alert>
      {isPlacing && (
        <PlacesDialog
          source={source}
          onClose={(isDone) => {
            setPlacing(false)
            if (isDone) dismiss()
          }}
        />
      )}
    </>
  )
}

const Dismiss = ({ onClick }: { onClick: () => void }) => (
  <IconButton label="Dismiss" onClick={onClick}>
    <X size={15} aria-hidden />
  </IconButton>
)
