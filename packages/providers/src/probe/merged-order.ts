// One order out of several that agrees with each of them, or null where they contradict each other. Pure.

/** Names that no order puts before another keep the places of the orders that came first. */
export function mergedOrder(orders: readonly (readonly string[])[]): string[] | null {
  const names = [...new Set(orders.flat())]
  const before = new Map(names.map((name) => [name, new Set<string>()]))
  for (const order of orders) {
    for (const [i, name] of order.entries()) {
      for (const earlier of order.slice(0, i)) before.get(name)!.add(earlier)
    }
  }
  const merged: string[] = []
  while (merged.length < names.length) {
    const next = names.find(
      (name) => !merged.includes(name) && [...before.get(name)!].every((earlier) => merged.includes(earlier)),
    )
    if (next === undefined) return null
    merged.push(next)
  }
  return merged
}
