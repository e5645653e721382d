// Rows of a list that are dragged to another place in it. The browser's own drag and drop underneath, so it works with a
// finger too; the keyboard has its own way.
import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine'
import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { attachClosestEdge } from '@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge/attach-closest-edge'
import { extractClosestEdge } from '@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge/extract-closest-edge'
import { type RefObject, useEffect, useRef, useState } from 'react'

export interface SortableState {
  isDragging: boolean
  /** Where a row that is held over this one would land. */
  edge: 'before' | 'after' | null
}

interface SortableOptions {
  /** Rows of one list alone change places with each other. */
  list: string
  id: string
  onDrop: (id: string, after: boolean) => void
}

const AT_REST: SortableState = { isDragging: false, edge: null }

export function useSortable(row: RefObject<HTMLElement | null>, options: SortableOptions): SortableState {
  const [state, setState] = useState(AT_REST)
  const { list, id } = options
  const onDrop = useRef(options.onDrop)
  useEffect(() => {
    onDrop.current = options.onDrop
  })
  useEffect(() => {
    const element = row.current
    if (!element) return
    const edgeOf = (data: Record<string | symbol, unknown>) =>
      extractClosestEdge(data) === 'top' ? 'before' : 'after'
    const setEdge = (edge: SortableState['edge']) =>
      setState((was) => (was.edge === edge ? was : { ...was, edge }))
    return combine(
      draggable({
        element,
        getInitialData: () => ({ list, id }),
        onDragStart: () => setState({ isDragging: true, edge: null }),
        onDrop: () => setState(AT_REST),
      }),
      dropTargetForElements({
        element,
        canDrop: ({ source }) => source.data.list === list && source.data.id !== id,
        getData: ({ input }) =>
          attachClosestEdge({ id }, { element, input, allowedEdges: ['top', 'bottom'] }),
        onDrag: ({ self }) => setEdge(edgeOf(self.data)),
        onDragLeave: () => setEdge(null),
        onDrop: ({ self, source }) => {
          setEdge(null)
          onDrop.current(String(source.data.id), edgeOf(self.data) === 'after')
        },
      }),
    )
  }, [row, list, id])
  return state
}
