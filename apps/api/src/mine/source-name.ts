// What a user's source is called: `alpaca` where nobody has the name, else `alpaca:2`, `alpaca:3`.

export function freeName(provider: string, taken: Iterable<string>): string {
  const names = new Set(taken)
  if (!names.has(provider)) return provider
  let number = 2
  while (names.has(`${provider}:${number}`)) number++
  return `${provider}:${number}`
}

/** Names of the house's that are connected are taken: the user's own stands beside them. */
export const takenNames = (
  house: readonly { name: string; state: string }[],
  own: readonly { name: string }[],
): string[] => [
  ...house.filter(({ state }) => state === 'connected').map(({ name }) => name),
  ...own.map(({ name }) => name),
]

/** An order in which the new source stood under the name that it was proposed with. */
export const renamedIn = (order: readonly string[], from: string, to: string): string[] => [
  ...new Set(order.map((name) => (name === from ? to : name))),
]
