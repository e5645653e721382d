import type { MySource, VendorReport } from '@onetape/api/router'
import { Plus, Waypoints } from 'lucide-react'
import { useState } from 'react'
import { useMySources } from '../../api/mine.ts'
import { isOld, useSources } from '../../api/sources.ts'
import { lineOf } from '../../api/trpc.ts'
import { Alert } from '../../ui/Alert.tsx'
import { Button } from '../../ui/Button.tsx'
import { useShortcuts } from '../../ui/shortcuts.ts'
import { useEverySecond } from '../../ui/ticker.ts'
import { ConnectDialog } from '../connect/ConnectDialog.tsx'
import { MySourceCard } from './MySourceCard.tsx'
import { ReturnFromVendor } from './ReturnFromVendor.tsx'

interface Props {
  came: { connected?: string; problem?: string }
  /** Shows everything that is known of one. */
  onDetails: (name: string) => void
}

/** The sources of the person who is signed in: what they connected, how each is, and what can be done. */
export function MySources({ came, onDetails }: Props) {
  const sources = useMySources()
  // What is counted and called is reported with the house's.
  const reports = useSources().data?.sources ?? []
  const [connecting, setConnecting] = useState<{ vendor: VendorReport | null } | null>(null)
  const connect = () => setConnecting({ vendor: null })
  const isHeld = useEverySecond((nowMs) => sources.data !== undefined && isOld(sources.dataUpdatedAt, nowMs))
  useShortcuts({ c: connect })
  return (
    <section
      aria-labelledby="my-sources"
      data-held={isHeld}
      className="border-b border-line-strong bg-page px-3 py-3"
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 pb-2.5">
        <h2 id="my-sources" className="text-[13px] font-semibold">
          Your sources
        </h2>
        <p className="text-xs text-muted max-sm:order-last max-sm:basis-full">{summary(sources.data)}</p>
        <Button tone="primary" title="Connect a source (c)" onClick={connect} className="ml-auto">
          <Plus size={14} aria-hidden />
          Connect a source
        </Button>
      </div>
      <ReturnFromVendor came={came} sources={sources.data} onAgain={connect} />
      {sources.data ? (
        sources.data.length === 0 ? (
          <None onConnect={connect} />
        ) : (
          <ul aria-label="Your sources" className="grid gap-2.5 @min-[860px]:grid-cols-2">
            {sources.data.map((source) => (
              <MySourceCard
                key={source.id}
                source={source}
                budgets={
                  reports.find(({ name, owner }) => name === source.name && owner === 'user')?.budgets ?? []
                }
                siblings={siblingsOf(source, sources.data)}
                onDetails={() => onDetails(source.name)}
              />
            ))}
          </ul>
        )
      ) : sources.error ? (
        <Alert
          tone="alarm"
          title="Your sources could not be read."
          action={<Button onClick={() => void sources.refetch()}>Try again</Button>}
        >
          {lineOf(sources.error)}
        </Alert>
      ) : (
        <div
          role="status"
          aria-label="Loading your sources"
          className="grid gap-2.5 @min-[860px]:grid-cols-2"
        >
          <span className="skeleton h-44" />
          <span className="skeleton h-44" />
        </div>
      )}
      {connecting && <ConnectDialog vendor={connecting.vendor} onClose={() => setConnecting(null)} />}
    </section>
  )
}

const siblingsOf = (source: MySource, all: readonly MySource[]): number =>
  all.filter((other) => other.provider === source.provider).length - 1

function summary(sources: readonly MySource[] | undefined): string {
  if (!sources || sources.length === 0) return 'What you pay for yourself, shown to you alone.'
  const wrong = sources.filter((s) => s.state !== 'connected' && s.state !== 'paused')
  const paused = sources.filter((s) => s.state === 'paused')
  return [
    `${sources.length} connected, shown to you alone`,
    paused.length > 0 && `${paused.length} paused`,
    wrong.length > 0 &&
      `${wrong.map((s) => s.label).join(', ')} ${wrong.length === 1 ? 'needs' : 'need'} you`,
  ]
    .filter(Boolean)
    .join(' · ')
}

const None = ({ onConnect }: { onConnect: () => void }) => (
  <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-dashed border-line-strong bg-surface px-4 py-4">
    <Waypoints size={24} aria-hidden className="text-muted" />
    <div className="min-w-60 flex-1">
      <p className="font-semibold">No source of your own yet</p>
      <p className="text-xs text-muted">
        The house’s sources below answer for you. Connect Alpaca, Polygon, Schwab or another with your own
        key: it is tested live, and you say when it is asked.
      </p>
    </div>
    <Button onClick={onConnect}>Connect your first</Button>
  </div>
)
