import type { MySource } from '@onetape/api/router'
import {
  Ellipsis,
  FlaskConical,
  Info,
  KeyRound,
  LogIn,
  Pause,
  Pencil,
  Play,
  Star,
  Trash2,
  Waypoints,
} from 'lucide-react'
import { useState } from 'react'
import { usePauseSource, useSetPrimary, useTestSource } from '../../api/mine.ts'
import { useSecretCall } from '../../api/secret-call.ts'
import { client, lineOf } from '../../api/trpc.ts'
import { Alert } from '../../ui/Alert.tsx'
import { Button } from '../../ui/Button.tsx'
import { Menu } from '../../ui/Menu.tsx'
import { probeLine } from '../connect/findings-words.ts'
import { PlacesDialog } from './PlacesDialog.tsx'
import { RemoveDialog } from './RemoveDialog.tsx'
import { RenameDialog } from './RenameDialog.tsx'
import { ReplaceKeyDialog } from './ReplaceKeyDialog.tsx'
import type { FirstAid } from './source-state.ts'

interface Props {
  source: MySource
  siblings: number
  aid: FirstAid
  onDetails: () => void
}

/** What can be done with a source, and how the last thing went. */
export function MySourceActions({ source, siblings, aid, onDetails }: Props) {
  const [dialog, setDialog] = useState<'rename' | 'key' | 'remove' | 'places' | null>(null)
  const test = useTestSource()
  const pause = usePauseSource()
  const primary = useSetPrimary()
  const signIn = useSecretCall((_: null, signal) =>
    client.mine.signInBegin.mutate(
      { provider: source.provider, label: source.label, credentials: {}, connectionId: source.id },
      { signal },
    ),
  )
  const signInAgain = async () => {
    const begun = await signIn.run(null)
    if (begun) window.location.assign(begun.url)
  }
  const { id, version, label, how } = source
  const isPaused = source.state === 'paused'
  const setPaused = () => pause.mutate({ id, version, paused: !isPaused })
  const error = pause.error ?? primary.error ?? test.error
  const icon = (Icon: typeof Pencil) => <Icon size={15} aria-hidden />
  return (
    <div className="mt-auto flex flex-col gap-2 border-t border-line pt-2.5">
      {test.data && !test.isPending && (
        <Alert
          tone={test.data.ok ? (test.data.problem ? 'warn' : 'good') : 'alarm'}
          title={test.data.problem?.words ?? 'It answers.'}
        >
          {test.data.problem?.fix ?? `${probeLine(test.data)}.`}
        </Alert>
      )}
      {error && <Alert tone="alarm" title={lineOf(error)} />}
      {signIn.state.status === 'failed' && <Alert tone="alarm" title={signIn.state.problem.line} />}
      <div className="flex flex-wrap items-center gap-1.5">
        {how === 'oauth' && (
          <Button
            tone={aid === 'sign_in' || source.warning ? 'primary' : 'plain'}
            aria-label={`Sign in again: ${label}`}
            aria-busy={signIn.state.status === 'pending'}
            disabled={signIn.state.status === 'pending' || signIn.state.status === 'done'}
            onClick={() => void signInAgain()}
          >
            <LogIn size={13} aria-hidden />
            Sign in again
          </Button>
        )}
        {aid === 'replace_key' && (
          <Button tone="primary" aria-label={`Replace the key of ${label}`} onClick={() => setDialog('key')}>
            <KeyRound size={13} aria-hidden />
            Replace the key
          </Button>
        )}
        <Button
          aria-label={`Test ${label}`}
          disabled={test.isPending}
          aria-busy={test.isPending}
          onClick={() => test.mutate({ id })}
        >
          <FlaskConical size={13} aria-hidden />
          {test.isPending ? 'Testing…' : 'Test'}
        </Button>
        <Button
          aria-label={`${isPaused ? 'Resume' : 'Pause'} ${label}`}
          disabled={pause.isPending}
          aria-busy={pause.isPending}
          onClick={setPaused}
        >
          {isPaused ? <Play size={13} aria-hidden /> : <Pause size={13} aria-hidden />}
          {isPaused ? 'Resume' : 'Pause'}
        </Button>
        <span className="ml-auto">
          <Menu
            label={`More for ${label}`}
            buttonClass="inline-flex size-7 items-center justify-center rounded-md border border-line-strong bg-surface hover:bg-hover max-sm:size-9"
            button={<Ellipsis size={15} aria-hidden />}
            items={[
              { id: 'details', label: 'Details', icon: icon(Info), onSelect: onDetails },
              { id: 'rename', label: 'Rename', icon: icon(Pencil), onSelect: () => setDialog('rename') },
              ...(how === 'key'
                ? [
                    {
                      id: 'key',
                      label: 'Replace key',
                      icon: icon(KeyRound),
                      onSelect: () => setDialog('key'),
                    },
                  ]
                : []),
              ...(siblings > 0 && !source.isPrimary
                ? [
                    {
                      id: 'primary',
                      label: 'Make primary',
                      icon: icon(Star),
                      onSelect: () => primary.mutate({ id }),
                    },
                  ]
                : []),
              {
                id: 'places',
                label: 'Propose places',
                icon: icon(Waypoints),
                onSelect: () => setDialog('places'),
              },
              'line',
              {
                id: 'remove',
                label: 'Remove',
                icon: icon(Trash2),
                tone: 'danger',
                onSelect: () => setDialog('remove'),
              },
            ]}
          />
        </span>
      </div>
      {dialog === 'rename' && <RenameDialog source={source} onClose={() => setDialog(null)} />}
      {dialog === 'key' && <ReplaceKeyDialog source={source} onClose={() => setDialog(null)} />}
      {dialog === 'remove' && <RemoveDialog source={source} onClose={() => setDialog(null)} />}
      {dialog === 'places' && <PlacesDialog source={source} onClose={() => setDialog(null)} />}
    </div>
  )
}
