// Lines of an import held against the tape: which become items, and what is said of each of the others. Pure.

import { nameForms } from './name-forms.ts'
import type { ImportedLine, ImportOutcome, ImportReport } from './ports.ts'
import type { ReadLine } from './read-lines.ts'

/** Everything that has to be looked up. */
export const formsOf = (lines: readonly ReadLine[]): string[] => [
  ...new Set(lines.flatMap(({ names }) => names.flatMap(nameForms))),
]

export interface Judged {
  keys: string[]
  lines: ImportedLine[]
  counts: ImportReport['counts']
}

/** @param keyOf whom a spelling means. */
export function judgeLines(
  lines: readonly ReadLine[],
  keyOf: (form: string) => { key: string; symbol: string; isCurrent: boolean } | null,
): Judged {
  const takenBy = new Map<string, number>()
  const judged = lines.flatMap(({ line, text: shown, names, error }): ImportedLine[] => {
    if (error !== null) return [{ line, text: shown, outcome: 'broken', key: null, why: error }]
    return names.map((text): ImportedLine => {
      const found = nameForms(text)
        .map(keyOf)
        .find((each) => each !== null)
      if (!found)
        return { line, text, outcome: 'unknown', key: null, why: 'the tape has nothing of this name' }
      const { key } = found
      const first = takenBy.get(key)
      if (first !== undefined)
        return { line, text, outcome: 'doubled', key, why: `already taken from line ${first}` }
      takenBy.set(key, line)
      return {
        line,
        text,
        outcome: 'taken',
        key,
        why: found.isCurrent ? null : `is called ${found.symbol} now`,
      }
    })
  })
  const counts: Record<ImportOutcome, number> = { taken: 0, doubled: 0, unknown: 0, broken: 0 }
  for (const { outcome } of judged) counts[outcome]++
  return { keys: [...takenBy.keys()], lines: judged, counts }
}
