import type { ProbeFindings } from '@onetape/api/router'
import type { AssetClass } from '@onetape/market'
import clsx from 'clsx'
import type { ReactNode } from 'react'
import { formatPrice, pricePlaces, UNKNOWN } from '../number-format.ts'
import { StateMark } from '../SourcesToolbar.tsx'
import { CLASS_LABELS } from '../source-matrix.ts'
import { ageWords, alsoWords, type ClassFindings, depthWords, known, quotesWord } from './findings-words.ts'

/** What a credential gives, asset class by asset class, as the vendor showed it. */
export function FindingsTable({ findings, caption }: { findings: ProbeFindings; caption: string }) {
  const classes = known(findings)
  if (classes.length === 0) return <p className="text-xs text-muted">Nothing that OneTape can show.</p>
  return (
    // On a phone each class is a block of its own, with the headings beside the values.
    <table className="w-full border-collapse text-left text-xs max-sm:block">
      <caption className="sr-only">{caption}</caption>
      <thead className="text-[11px] text-muted max-sm:sr-only">
        <tr>
          {['Asset class', 'Prices', 'Feed', 'Seen', 'History', 'Also'].map((heading) => (
            <th key={heading} scope="col" className="pr-3 pb-1 font-medium whitespace-nowrap last:pr-0">
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-sm:flex max-sm:flex-col max-sm:gap-2">
        {classes.map((found) => (
          <Row key={found.assetClass} found={found} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ found }: { found: ClassFindings }) {
  const also = alsoWords(found)
  return (
    <tr className="border-t border-line align-baseline max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-3 max-sm:pt-1.5">
      <th scope="row" className="py-1.5 pr-3 font-medium whitespace-nowrap max-sm:col-span-2 max-sm:py-0.5">
        {CLASS_LABELS[found.assetClass]}
      </th>
      <Cell label="Prices">
        <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <StateMark state={found.quotes} />
          {quotesWord(found)}
        </span>
      </Cell>
      <Cell label="Feed">{found.feed ?? UNKNOWN}</Cell>
      <Cell label="Seen" isWide>
        <Sample sample={found.sample} assetClass={found.assetClass} ageMs={found.ageMs} />
      </Cell>
      <Cell label="History">{depthWords(found)}</Cell>
      <Cell label="Also">{also === '' ? UNKNOWN : also}</Cell>
    </tr>
  )
}

const Cell = ({ label, isWide, children }: { label: string; isWide?: boolean; children: ReactNode }) => (
  <td
    className={clsx(
      'py-1.5 pr-3 last:pr-0 max-sm:flex max-sm:items-baseline max-sm:gap-1.5 max-sm:py-0.5',
      isWide && 'max-sm:col-span-2',
    )}
  >
    <span aria-hidden className="w-12 shrink-0 text-[11px] text-muted sm:hidden">
      {label}
    </span>
    <span className="min-w-0">{children}</span>
  </td>
)

interface SampleProps {
  sample: ClassFindings['sample']
  assetClass: AssetClass
  ageMs: number | null
}

function Sample({ sample, assetClass, ageMs }: SampleProps) {
  if (!sample) return <span className="text-muted">{UNKNOWN}</span>
  const age = ageWords(ageMs)
  return (
    <span className="whitespace-nowrap tabular-nums max-sm:whitespace-normal">
      {sample.symbol} {formatPrice(sample.last, pricePlaces(sample.last, assetClass))}
      {age && <span className="text-muted">, {age} old</span>}
    </span>
  )
}
