// The order of a list after one of its rows was moved, and the keys that move it. Pure.

/** `id` before or after another one; the same list when that changes nothing. */
export function movedTo(order: readonly string[], id: string, o: { over: string; after: boolean }): string[] {
  const others = order.filter((one) => one !== id)
  const at = others.indexOf(o.over)
  if (at < 0 || others.length === order.length) return [...order]
  return others.toSpliced(at + (o.after ? 1 : 0), 0, id)
}

export function movedBy(order: readonly string[], id: string, step: number): string[] {
  const at = order.indexOf(id)
  const to = Math.min(order.length - 1, Math.max(0, at + step))
  return at < 0 || to === at ? [...order] : order.filter((one) => one !== id).toSpliced(to, 0, id)
}

/** By how many places Alt with a key moves a row; null where the key is none of these. */
export function stepOf(event: Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey'>): number | null {
  if (!event.altKey || event.ctrlKey || event.metaKey) return null
  const steps: Record<string, number> = {
    ArrowUp: -1,
    ArrowDown: 1,
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
  }
  return steps[event.key] ?? null
}

export const placeWords = (order: readonly string[], id: string): string =>
  `place ${order.indexOf(id) + 1} of ${order.length}`
