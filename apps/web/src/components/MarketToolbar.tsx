import { Search, X } from 'lucide-react'
import { type Ref, useImperativeHandle, useRef } from 'react'
import { Segmented } from '../ui/Segmented.tsx'
import { MarketStates } from './MarketStates.tsx'
import type { MarketClass, MarketQuery, SortColumn } from './market-order.ts'
import { formatCount } from './number-format.ts'
import type { StateCounts } from './quote-freshness.ts'

interface Props {
  query: MarketQuery
  onChange: (change: Partial<MarketQuery>) => void
  shown: number
  total: number
  /** Of all rows of the class that is looked at; null until the market's time is known. */
  states: StateCounts | null
  filterRef: Ref<{ focus(): void }>
}

const CLASSES = [
  { value: 'all', label: 'All' },
  { value: 'equity', label: 'Equities' },
  { value: 'crypto', label: 'Crypto' },
  { value: 'fx', label: 'Forex' },
  { value: 'index', label: 'Indices' },
] as const satisfies readonly { value: MarketClass; label: string }[]

const SORTS: { value: string; label: string }[] = [
  { value: 'turnover:desc', label: 'Most active' },
  { value: 'changePct:desc', label: 'Top gainers' },
  { value: 'changePct:asc', label: 'Top losers' },
  { value: 'symbol:asc', label: 'Symbol' },
  { value: 'last:desc', label: 'Highest price' },
]

export function MarketToolbar({ query, onChange, shown, total, states, filterRef }: Props) {
  const input = useRef<HTMLInputElement>(null)
  useImperativeHandle(filterRef, () => ({ focus: () => input.current?.select() }))
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-surface px-3 py-2">
      <Segmented
        label="Asset class"
        options={CLASSES}
        value={query.assetClass}
        onChange={(assetClass) => onChange({ assetClass })}
      />
      <div className="relative max-sm:order-1 max-sm:flex-1">
        <Search
          size={14}
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-2 -translate-y-1/2 text-muted"
        />
        <input
          ref={input}
          type="search"
          value={query.text}
          onChange={(event) => onChange({ text: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              if (query.text === '') input.current?.blur()
              else onChange({ text: '' })
            }
          }}
          aria-label="Filter by symbol or name"
          placeholder="Filter by symbol or name"
          className="h-7 w-64 rounded-md border border-line-strong bg-surface pr-7 pl-7 placeholder:text-muted max-sm:h-9 max-sm:w-full max-sm:text-base [&::-webkit-search-cancel-button]:hidden"
        />
        {query.text !== '' && (
          <button
            type="button"
            aria-label="Clear filter"
            onClick={() => onChange({ text: '' })}
            className="absolute top-1/2 right-1 -translate-y-1/2 rounded p-1 text-muted hover:text-ink"
          >
            <X size={14} aria-hidden />
          </button>
        )}
      </div>
      <SortMenu query={query} onChange={onChange} />
      <div className="ml-auto flex items-center gap-x-4 gap-y-1 max-lg:w-full max-sm:order-1 max-sm:flex-wrap">
        <p aria-live="polite" className="whitespace-nowrap tabular-nums text-muted">
          {shown === total ? (
            <strong className="font-semibold text-ink">{formatCount(total)}</strong>
          ) : (
            <>
              <strong className="font-semibold text-ink">{formatCount(shown)}</strong> of {formatCount(total)}
            </>
          )}{' '}
          instruments
        </p>
        {states && (
          <MarketStates counts={states} chosen={query.state} onChoose={(state) => onChange({ state })} />
        )}
      </div>
    </div>
  )
}

/** On a phone most columns have no header to press. */
function SortMenu({ query, onChange }: Pick<Props, 'query' | 'onChange'>) {
  const value = `${query.sort}:${query.desc ? 'desc' : 'asc'}`
  return (
    <select
      aria-label="Sort by"
      value={SORTS.some((s) => s.value === value) ? value : ''}
      onChange={(event) => {
        const [sort, direction] = event.target.value.split(':')
        onChange({ sort: sort as SortColumn, desc: direction === 'desc' })
      }}
      className="h-9 rounded-md border border-line-strong bg-surface px-2 text-ink min-[700px]:hidden"
    >
      {!SORTS.some((s) => s.value === value) && <option value="">Other order</option>}
      {SORTS.map((sort) => (
        <option key={sort.value} value={sort.value}>
          {sort.label}
        </option>
      ))}
    </select>
  )
}
