import type { MySource, VendorReport } from '@onetape/api/router'
import { ChevronRight, KeyRound, LogIn, PlugZap } from 'lucide-react'
import { useMySources, useVendors } from '../../api/mine.ts'
import { useSources } from '../../api/sources.ts'
import { lineOf } from '../../api/trpc.ts'
import { Alert } from '../../ui/Alert.tsx'
import { Button } from '../../ui/Button.tsx'
import { Chip } from '../../ui/Chip.tsx'
import { CLASS_LABELS } from '../source-matrix.ts'
import { VendorMark } from './VendorMark.tsx'

const HOW = {
  key: { Icon: KeyRound, words: 'with a key' },
  oauth: { Icon: LogIn, words: 'by signing in there' },
  none: { Icon: PlugZap, words: 'no key needed' },
} as const

/** Which vendor: what each has, and how one connects it. */
export function VendorStep({ onChoose }: { onChoose: (vendor: VendorReport) => void }) {
  const vendors = useVendors()
  const mine = useMySources().data ?? []
  const house = useSources().data?.sources ?? []
  if (!vendors.data) {
    return vendors.error ? (
      <Alert
        tone="alarm"
        title={lineOf(vendors.error)}
        action={<Button onClick={() => void vendors.refetch()}>Try again</Button>}
      />
    ) : (
      <div role="status" aria-label="Loading the vendors" className="grid gap-2 sm:grid-cols-2">
        {Array.from({ length: 6 }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows without identity.
          <span key={index} className="skeleton h-16" />
        ))}
      </div>
    )
  }
  return (
    <ul aria-label="Vendors" className="grid gap-2 sm:grid-cols-2">
      {vendors.data.map((vendor) => {
        const has = house.find((source) => source.provider === vendor.provider)
        const classes = Object.keys(has?.matrix ?? {}) as (keyof typeof CLASS_LABELS)[]
        return (
          <li key={vendor.provider}>
            <Vendor
              vendor={vendor}
              gives={classes.map((c) => CLASS_LABELS[c]).join(', ')}
              connected={mine.filter((source) => source.provider === vendor.provider)}
              onChoose={() => onChoose(vendor)}
            />
          </li>
        )
      })}
    </ul>
  )
}

interface VendorProps {
  vendor: VendorReport
  gives: string
  connected: MySource[]
  onChoose: () => void
}

function Vendor({ vendor, gives, connected, onChoose }: VendorProps) {
  const { Icon, words } = HOW[vendor.how]
  return (
    <button
      type="button"
      onClick={onChoose}
      className="flex h-full w-full items-center gap-3 rounded-lg border border-line bg-surface px-3 py-2.5 text-left hover:border-accent hover:bg-hover"
    >
      <VendorMark provider={vendor.provider} label={vendor.label} />
      <span className="min-w-0 flex-1 leading-[1.3]">
        <span className="flex flex-wrap items-center gap-x-2 text-[13px] font-semibold">
          {vendor.label}
          {connected.length > 0 && <Chip>{connected.length} connected</Chip>}
        </span>
        <span className="block truncate text-[11px] text-muted">{gives}</span>
        <span className="flex items-center gap-1 text-[11px] text-muted">
          <Icon size={11} aria-hidden />
          {words}
        </span>
      </span>
      <ChevronRight size={16} aria-hidden className="shrink-0 text-muted" />
    </button>
  )
}
