import clsx from 'clsx'
import { type ReactNode, useLayoutEffect, useRef } from 'react'

const FLASH_MS = 900
/** A wash this faint fades in steps that nobody sees, and each frame between them costs nothing. */
const FADE = 'steps(9)'
const isCalm = matchMedia('(prefers-reduced-motion: reduce)')

interface Props {
  /** Whose price it is: another one's is no move. */
  of: string
  price: number | null
  children: ReactNode
  className?: string
}

interface Seen {
  of: string
  price: number | null
  flash: Animation | null
}

const wash = (element: Element, isUp: boolean): Animation =>
  element.animate(
    { backgroundColor: [`var(--${isUp ? 'up' : 'down'}-wash)`, 'transparent'] },
    { duration: FLASH_MS, easing: FADE },
  )

/** Its content, washed green or red for a moment after `price` moved. Never at first sight. */
export function PriceFlash({ of, price, children, className }: Props) {
  const element = useRef<HTMLSpanElement>(null)
  const seen = useRef<Seen | null>(null)
  // An animation of its own rather than a class: it neither starts again when its row is moved, nor goes on when the
  // row is given to another instrument.
  useLayoutEffect(() => {
    const was = seen.current
    if (was === null || was.of !== of) {
      if (was?.flash?.playState === 'running') was.flash.cancel()
      seen.current = { of, price, flash: null }
    } else if (was.price !== price) {
      const isMove = was.price !== null && price !== null && !isCalm.matches
      // Nobody sees a price flash in a row that flies past, and it costs as much as drawing the row.
      const isPassing = element.current!.closest('[data-moving="true"]') !== null
      const flash = isMove && !isPassing ? wash(element.current!, price > was.price!) : null
      seen.current = { of, price, flash }
    }
  }, [of, price])
  return (
    <span ref={element} className={clsx('rounded-[3px]', className)}>
      {children}
    </span>
  )
}
