/**
 * Splits rows so that no round holds a key twice, keeping the order in which a key's values were offered. A
 * set-based statement may touch a row once; written round by round, a batch means the same as row by row.
 */
export function roundsOf<T>(rows: readonly T[], keyOf: (row: T) => string): T[][] {
  const seen = new Map<string, number>()
  const rounds: T[][] = []
  for (const row of rows) {
    const key = keyOf(row)
    const round = seen.get(key) ?? 0
    seen.set(key, round + 1)
    if (round === rounds.length) rounds.push([row])
    else rounds[round]!.push(row)
  }
  return rounds
}
