import clsx from 'clsx'
import { type ReactNode, useRef } from 'react'

/** Its content, washed green or red for a moment after `price` moved. Never at first sight. */
export function PriceFlash({
  price,
  children,
  className,
}: {
  price: number | null
  children: ReactNode
  className?: string
}) {
  const seen = useRef({ price, moves: 0, up: false })
  if (seen.current.price !== price) {
    const was = seen.current
    const known = was.price !== null && price !== null
    seen.current = { price, moves: known ? was.moves + 1 : was.moves, up: known && price > was.price! }
  }
  const { moves, up } = seen.current
  // A new key is a new element, which starts the animation again.
  return (
    <span
      key={moves}
      className={clsx('rounded-[3px]', moves > 0 && (up ? 'flash-up' : 'flash-down'), className)}
    >
      {children}
    </span>
  )
}
