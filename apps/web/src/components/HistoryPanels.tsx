import type { InstrumentPage } from '@onetape/api/router'
import { Panel } from '../ui/Panel.tsx'
import { agreedActions } from './agreed-actions.ts'
import { formatTradingDate } from './time-format.ts'

/** The names it has borne, newest first. Not shown for an instrument that never changed its name. */
export function SymbolsPanel({ symbols }: Pick<InstrumentPage, 'symbols'>) {
  if (symbols.length < 2) return null
  const newestFirst = [...symbols].sort((a, b) => (b.validFrom ?? '').localeCompare(a.validFrom ?? ''))
  return (
    <Panel title="Symbols over time">
      <ul className="flex flex-col gap-1.5">
        {newestFirst.map((s) => (
          <li key={`${s.symbol} ${s.validFrom}`} className="flex justify-between gap-3">
            <span className="font-medium">{s.symbol}</span>
            <span className="text-muted">
              {s.validFrom === null ? 'from the start' : formatTradingDate(s.validFrom)} to{' '}
              {s.validTo === null ? 'today' : formatTradingDate(s.validTo)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

const ACTIONS_MAX = 40

/** Splits and dividends, newest first. */
export function ActionsPanel({ actions }: Pick<InstrumentPage, 'actions'>) {
  if (actions.length === 0) return null
  const newestFirst = agreedActions(actions)
  return (
    <Panel title="Splits and dividends">
      <table className="w-full text-left">
        <thead className="sr-only">
          <tr>
            <th>Ex-date</th>
            <th>Action</th>
            <th>Sources</th>
          </tr>
        </thead>
        <tbody>
          {newestFirst.slice(0, ACTIONS_MAX).map((action) => (
            <tr key={`${action.exDate} ${action.kind} ${action.sources[0]}`}>
              <td className="py-0.5 text-muted">{formatTradingDate(action.exDate)}</td>
              <td className="py-0.5">
                {action.kind === 'split'
                  ? `Split ${action.ratio ?? '?'}:1`
                  : `Dividend ${action.amount ?? '?'}`}
              </td>
              <td className="py-0.5 text-right text-muted">{action.sources.join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {newestFirst.length > ACTIONS_MAX && (
        <p className="pt-1 text-muted">and {newestFirst.length - ACTIONS_MAX} earlier ones</p>
      )}
    </Panel>
  )
}
