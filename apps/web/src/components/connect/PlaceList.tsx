import clsx from 'clsx'
import { ChevronRight } from 'lucide-react'
import { Fragment } from 'react'
import { CLASS_LABELS, KIND_LABELS, ordinal } from '../source-matrix.ts'
import { type Place, placeId } from './use-connect.ts'

interface Props {
  places: readonly Place[]
  /** What the new source is called in them. */
  name: string
  unticked: ReadonlySet<string>
  onTick: (place: Place) => void
}

/** Where a new source is proposed to stand, and why; each can be left out. */
export function PlaceList({ places, name, unticked, onTick }: Props) {
  return (
    <ul
      aria-label="Proposed places"
      className="flex flex-col divide-y divide-line rounded-md border border-line"
    >
      {places.map((place) => {
        const id = placeId(place)
        const isTaken = !unticked.has(id)
        const title = `${KIND_LABELS[place.kind]}, ${place.assetClass === 'all' ? 'all classes' : CLASS_LABELS[place.assetClass]}`
        return (
          <li key={id}>
            <label className="flex cursor-pointer items-start gap-2.5 px-3 py-2 hover:bg-hover">
              <input
                type="checkbox"
                checked={isTaken}
                onChange={() => onTick(place)}
                className="mt-0.5 size-4 shrink-0 accent-(--accent)"
              />
              <span className={clsx('min-w-0 flex-1 text-xs', !isTaken && 'text-muted')}>
                <span className="flex flex-wrap items-center gap-x-2">
                  <span className="font-semibold">{title}</span>
                  <span className="text-muted">
                    {isTaken ? placeWords(place, name) : 'order stays as it is'}
                  </span>
                </span>
                <span
                  className={clsx('flex flex-wrap items-center gap-x-0.5 py-0.5', !isTaken && 'line-through')}
                >
                  {place.order.map((source, index) => (
                    <Fragment key={source}>
                      {index > 0 && <ChevronRight size={11} aria-hidden className="text-muted" />}
                      <code
                        className={clsx(
                          'rounded-sm px-1 font-mono text-[11px]',
                          source === name ? 'bg-active font-semibold text-ink' : 'text-muted',
                        )}
                      >
                        {source}
                      </code>
                    </Fragment>
                  ))}
                </span>
                <span className="block text-muted">{place.because}</span>
              </span>
            </label>
          </li>
        )
      })}
    </ul>
  )
}

function placeWords({ order }: Place, name: string): string {
  const place = order.indexOf(name) + 1
  return place === 1 ? 'asked first' : `asked ${ordinal(place)} of ${order.length}`
}
