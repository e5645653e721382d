// Whether the reader's pointer is on the rows: then they keep their places, or one would press another row than the
// one that was aimed at.

export interface PointerHold {
  over(isOnRows: boolean): void
  leave(): void
  isHeld(): boolean
}

/** A finger has no place between two touches, and what it set in motion comes to rest: it holds for so long. */
const TOUCH_HOLD_MS = 2_000

export function pointerHold(nowMs: () => number = () => performance.now()): PointerHold {
  let isOver = false
  let releasedAtMs = Number.NEGATIVE_INFINITY
  return {
    over: (isOnRows) => {
      isOver = isOnRows
    },
    leave: () => {
      if (isOver) releasedAtMs = nowMs()
      isOver = false
    },
    isHeld: () => isOver || nowMs() - releasedAtMs < TOUCH_HOLD_MS,
  }
}
