import type { ProvidersReport, SourceReport } from '@onetape/api/router'
import { ASSET_CLASSES } from '@onetape/market'
import { MatrixCellView } from './MatrixCellView.tsx'
import { ACCESS_KINDS, CLASS_LABELS, KIND_SHORTS, matrixView, ordinal, rankOf } from './source-matrix.ts'

/** One source in all asset classes: kinds of data, place in the order, timeframes. */
export function SourceGives({ source, order }: { source: SourceReport; order: ProvidersReport['order'] }) {
  const classes = ASSET_CLASSES.filter((c) => source.matrix[c])
  return (
    <>
      <table className="w-full text-left text-[11px]">
        <thead className="text-muted">
          <tr>
            <th className="pb-1 font-medium">
              <span className="sr-only">Asset class</span>
            </th>
            {ACCESS_KINDS.map((kind) => (
              <th key={kind} className="pb-1 font-medium">
                {KIND_SHORTS[kind]}
              </th>
            ))}
            <th className="pb-1 text-right font-medium">Order</th>
          </tr>
        </thead>
        <tbody>
          {classes.map((c) => {
            const rank = rankOf(order, c, source)
            return (
              <tr key={c} className="border-t border-line">
                <th scope="row" className="py-1 font-medium">
                  {CLASS_LABELS[c]}
                </th>
                {ACCESS_KINDS.map((kind) => (
                  <td key={kind}>
                    <MatrixCellView cell={matrixView(source, c, kind)} isShort />
                  </td>
                ))}
                <td className="text-right">{rank ? ordinal(rank.place) : '–'}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 pt-2.5 text-[11px]">
        {classes
          .filter((c) => (source.timeframes[c]?.length ?? 0) > 0)
          .map((c) => (
            <div key={c} className="contents">
              <dt className="text-muted">Bars of {CLASS_LABELS[c].toLowerCase()}</dt>
              <dd className="text-right">{source.timeframes[c]!.join(' ')}</dd>
            </div>
          ))}
      </dl>
    </>
  )
}
