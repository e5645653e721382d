/** An answer that may be so old: those who ask meanwhile get the same one, and a failure is asked again at once. */
export function seldom<T>(
  everyMs: number,
  ask: () => Promise<T>,
  nowMs: () => number = () => performance.now(),
): () => Promise<T> {
  let last: { answer: Promise<T>; atMs: number } | null = null
  return () => {
    if (last && nowMs() - last.atMs < everyMs) return last.answer
    const asked = { answer: ask(), atMs: nowMs() }
    last = asked
    asked.answer.catch(() => {
      if (last === asked) last = null
    })
    return asked.answer
  }
}
