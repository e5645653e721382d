// Dragging sources within one row: onto a place of its order, or aside. The browser's own drag and drop underneath, so
// it works with a finger too.
import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine'
import {
  draggable,
  dropTargetForElements,
  monitorForElements,
} from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { attachClosestEdge } from '@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge/attach-closest-edge'
import { extractClosestEdge } from '@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge/extract-closest-edge'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { useMedia } from '../../ui/media.ts'

/** On a phone the sources of a row stand below each other. */
export const useIsStacked = (): boolean => useMedia('(max-width: 639px)')

export type DropEdge = 'before' | 'after' | null

interface CardDrag {
  isDragging: boolean
  /** Where a source that is held over this one would land. */
  edge: DropEdge
}

interface CardOptions {
  row: string
  name: string
  /** Cards of the order take drops; those aside are only taken up. */
  takesDrops: boolean
  onDrop?: (name: string, after: boolean) => void
}

export function useCardDrag(card: RefObject<HTMLElement | null>, options: CardOptions): CardDrag {
  const [state, setState] = useState<CardDrag>({ isDragging: false, edge: null })
  const isStacked = useIsStacked()
  const { row, name, takesDrops } = options
  const onDrop = useLatest(options.onDrop)
  useEffect(() => {
    const element = card.current
    if (!element) return
    const drag = draggable({
      element,
      getInitialData: () => ({ row, name }),
      onDragStart: () => setState({ isDragging: true, edge: null }),
      onDrop: () => setState({ isDragging: false, edge: null }),
    })
    if (!takesDrops) return drag
    const first = isStacked ? 'top' : 'left'
    const edgeOf = (data: Record<string | symbol, unknown>): DropEdge =>
      extractClosestEdge(data) === first ? 'before' : 'after'
    const setEdge = (edge: DropEdge) => setState((was) => (was.edge === edge ? was : { ...was, edge }))
    return combine(
      drag,
      dropTargetForElements({
        element,
        canDrop: ({ source }) => source.data.row === row && source.data.name !== name,
        getData: ({ input }) =>
          attachClosestEdge(
            { name },
            { element, input, allowedEdges: isStacked ? ['top', 'bottom'] : ['left', 'right'] },
          ),
        onDrag: ({ self }) => setEdge(edgeOf(self.data)),
        onDragLeave: () => setEdge(null),
        onDrop: ({ self, source }) => {
          setEdge(null)
          onDrop.current?.(String(source.data.name), edgeOf(self.data) === 'after')
        },
      }),
    )
  }, [card, row, name, takesDrops, isStacked, onDrop])
  return state
}

/** Whether a source of this row is on its way. */
export function useIsDragging(row: string): boolean {
  const [isDragging, setDragging] = useState(false)
  useEffect(
    () =>
      monitorForElements({
        canMonitor: ({ source }) => source.data.row === row,
        onDragStart: () => setDragging(true),
        onDrop: () => setDragging(false),
      }),
    [row],
  )
  return isDragging
}

/** A part of a row as a whole: the room after its last source, or the sources that are not asked. */
export function useAreaDrop(
  area: RefObject<HTMLElement | null>,
  options: { row: string; onDrop: (name: string) => void },
): boolean {
  const [isOver, setOver] = useState(false)
  const { row } = options
  const onDrop = useLatest(options.onDrop)
  useEffect(() => {
    const element = area.current
    if (!element) return
    return dropTargetForElements({
      element,
      canDrop: ({ source }) => source.data.row === row,
      onDropTargetChange: ({ location, self }) =>
        setOver(location.current.dropTargets[0]?.element === self.element),
      onDragLeave: () => setOver(false),
      onDrop: ({ source, location, self }) => {
        setOver(false)
        // A card within it that took the drop has seen to it.
        if (location.current.dropTargets[0]?.element !== self.element) return
        onDrop.current(String(source.data.name))
      },
    })
  }, [area, row, onDrop])
  return isOver
}

function useLatest<T>(value: T): RefObject<T> {
  const ref = useRef(value)
  useEffect(() => {
    ref.current = value
  })
  return ref
}
