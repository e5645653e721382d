import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { AsideSources } from './AsideSources.tsx'
import { announcement, deedOf, type KeyDeed, type Lift } from './lift.ts'
import { announce } from './live-words.ts'
import { OrderCard } from './OrderCard.tsx'
import { useAreaDrop } from './order-drag.ts'
import { className, type RowView } from './order-rows.ts'
import { moveBy, placeAt, placeBeside, sameOrder, without } from './source-order.ts'
import { type KnownSource, type Standing, standingOf } from './source-standing.ts'
import { editDesk } from './use-edit-desk.ts'

interface Props {
  view: RowView
  known: ReadonlyMap<string, KnownSource>
  now: number | null
}

/** The sources of one row in the order of asking, and beside them those that are not asked. */
export function OrderLane({ view, known, now }: Props) {
  const { kind, assetClass } = view
  const row = `${kind} ${assetClass}`
  const [lift, setLift] = useState<Lift | null>(null)
  const [stop, setStop] = useState<string | null>(null)
  const handles = useRef(new Map<string, HTMLElement>())
  /** To be focused once it is drawn: an element that moves within the page loses the focus. */
  const wanted = useRef<string | null>(null)
  const lane = useRef<HTMLOListElement>(null)
  const order = lift?.order ?? view.order
  const save = (after: readonly string[]) => void editDesk.change({ what: 'order', kind, assetClass }, after)
  const isOver = useAreaDrop(lane, { row, onDrop: (name) => save(placeAt(view.order, name, 99)) })
  useLayoutEffect(() => {
    if (wanted.current === null) return
    handles.current.get(wanted.current)?.focus()
    wanted.current = null
  })
  // Changed elsewhere while it was held up: what would be put down is no longer what was taken up.
  const liftedFrom = useRef(view.order)
  useEffect(() => {
    if (!lift || sameOrder(liftedFrom.current, view.order)) return
    setLift(null)
    announce(`${lift.name} put back: the order was changed elsewhere.`)
  }, [lift, view.order])

  const takeOut = (name: string) => {
    if (view.order.length < 2) {
      announce('An order needs one source. Return to the house default instead.')
      return
    }
    const at = view.order.indexOf(name)
    wanted.current = view.order[at + 1] ?? view.order[at - 1] ?? null
    save(without(view.order, name))
  }
  const act = (deed: KeyDeed, name: string) => {
    const words = announcement(deed, name, order)
    if (words) announce(words)
    wanted.current = deed.deed === 'focus' ? deed.name : name
    if (deed.deed === 'lift') {
      liftedFrom.current = view.order
      setLift({ name, order: view.order })
    } else if (deed.deed === 'move') setLift({ name, order: deed.order })
    else if (deed.deed === 'shift') save(deed.order)
    else if (deed.deed === 'takeOut') takeOut(name)
    else if (deed.deed === 'focus') handles.current.get(deed.name)?.focus()
    else {
      setLift(null)
      if (deed.deed === 'drop' && lift) save(lift.order)
    }
  }
  const onKeyDown = (event: KeyboardEvent, name: string) => {
    const deed = deedOf(event, name, { order, lift })
    if (!deed) return
    // Tab puts it back and goes on.
    if (event.key !== 'Tab') event.preventDefault()
    else wanted.current = null
    event.stopPropagation()
    act(deed, name)
    if (event.key === 'Tab') wanted.current = null
  }
  const standing = (name: string): Standing => {
    const source = known.get(name)
    return source
      ? standingOf(source, { kind, assetClass, now })
      : { tone: 'idle', word: 'removed', why: 'there is no such source any more', canAnswer: false }
  }
  const aside = [...known.keys()].filter((name) => !order.includes(name))
  const tabStop = stop !== null && order.includes(stop) ? stop : order[0]
  return (
    <div className="flex min-w-0 flex-1 flex-wrap items-start gap-x-3 gap-y-2">
      <ol
        ref={lane}
        aria-label={`Order for ${kind}, ${className(assetClass).toLowerCase()}`}
        className={`flex min-h-10 min-w-40 flex-wrap gap-1.5 rounded-md max-sm:w-full max-sm:flex-col ${
          isOver ? 'outline-2 outline-offset-2 outline-accent/60 outline-dashed' : ''
        }`}
      >
        {order.map((name, index) => {
          const inHouse = view.house.indexOf(name)
          const differs = view.whose !== 'house' && view.diff.some((d) => d.name === name)
          return (
            <OrderCard
              key={name}
              {...{ row, name }}
              label={known.get(name)?.source.label ?? name}
              place={index + 1}
              of={order.length}
              standing={standing(name)}
              isOwnSource={known.get(name)?.source.owner === 'user'}
              isHouse={view.whose === 'house' && !lift}
              housePlace={!differs ? null : inHouse < 0 ? 'new' : inHouse + 1}
              isLifted={lift?.name === name}
              isTabStop={name === tabStop}
              handle={(element) => {
                if (element) handles.current.set(name, element)
                else handles.current.delete(name)
              }}
              onKeyDown={(event) => onKeyDown(event, name)}
              onFocus={() => setStop(name)}
              onDrop={(dropped, after) => save(placeBeside(view.order, dropped, { name, after }))}
              onMove={(by) => save(moveBy(view.order, name, by))}
              onTakeOut={() => takeOut(name)}
            />
          )
        })}
      </ol>
      <AsideSources
        row={row}
        names={aside}
        standing={standing}
        known={known}
        onPutIn={(name) => {
          wanted.current = name
          announce(`${name} put in at the end.`)
          save([...view.order, name])
        }}
        onTakeOut={takeOut}
      />
    </div>
  )
}
