import type { MySource } from '@onetape/api/router'
import { Link } from '@tanstack/react-router'
import { Alert } from '../../ui/Alert.tsx'
import { Button } from '../../ui/Button.tsx'
import { DOOR_LINK } from '../DoorFrame.tsx'

interface Props {
  source: MySource
  onAgain: () => void
  onClose: () => void
}

export function SavedStep({ source, onAgain, onClose }: Props) {
  return (
    <div className="flex flex-col gap-3.5">
      <Alert tone="good" title={`${source.label} is connected.`}>
        As <code className="font-mono">{source.name}</code>, on {source.tierLabel}. Prices that it brings are
        shown to you alone. Who is asked when stands under{' '}
        <Link to="/order" onClick={onClose} className={DOOR_LINK}>
          Order
        </Link>
        .
      </Alert>
      <div className="flex justify-between gap-2 border-t border-line pt-3">
        <Button onClick={onAgain}>Connect another</Button>
        <Button tone="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  )
}
