import type { Answer } from './ask-house.ts'

/** The calls that one source answered, as one answer: what came from one source is written together. */
export function mergeAnswers(answers: readonly Answer[]): Answer[] {
  return [...Map.groupBy(answers, (a) => a.source.name).values()].map((parts) => ({
    ...parts[0]!,
    refs: parts.some((p) => p.refs === 'all')
      ? ('all' as const)
      : parts.flatMap((p) => (p.refs === 'all' ? [] : [...p.refs])),
    fetched: {
      rows: parts.flatMap((p) => p.fetched.rows),
      dropped: parts.flatMap((p) => p.fetched.dropped),
      missing: parts.flatMap((p) => p.fetched.missing),
      fetchedAt: Math.max(...parts.map((p) => p.fetched.fetchedAt)),
      calls: parts.reduce((sum, p) => sum + p.fetched.calls, 0),
    },
  }))
}
