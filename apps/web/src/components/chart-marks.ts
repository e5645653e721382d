// Where corporate actions stand on a chart.
import type { InstrumentPage } from '@onetape/api/router'

type Action = Pick<InstrumentPage['actions'][number], 'kind' | 'exDate' | 'ratio' | 'amount'>

export interface ChartMark {
  /** Midnight of the ex-date on the axis, in seconds. A date, so no time zone moves it. */
  day: number
  kind: string
  text: string
}

const DAY_S = 86_400

export const markOf = (action: Action): ChartMark => ({
  day: Date.parse(`${action.exDate}T00:00:00Z`) / 1_000,
  kind: action.kind,
  text: action.kind === 'split' ? `Split ${action.ratio ?? '?'}:1` : `Div ${action.amount ?? '?'}`,
})

/** Several sources tell of the same action; it is marked once. */
export const marksOf = (actions: readonly Action[]): ChartMark[] => [
  ...new Map(actions.map(markOf).map((mark) => [`${mark.day} ${mark.text}`, mark])).values(),
]

/**
 * Each mark at the first bar on or after its day. None for a day before the oldest bar, whose own bar is not
 * loaded, nor after the newest one. `times` are places on the axis, ascending.
 */
export function placeMarks(
  marks: readonly ChartMark[],
  times: readonly number[],
): { mark: ChartMark; time: number }[] {
  const oldest = times[0]
  if (oldest === undefined) return []
  const oldestDay = oldest - (oldest % DAY_S)
  return marks
    .flatMap((mark) => {
      const time = mark.day < oldestDay ? undefined : times.find((t) => t >= mark.day)
      return time === undefined ? [] : [{ mark, time }]
    })
    .sort((a, b) => a.time - b.time)
}
