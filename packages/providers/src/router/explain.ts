// Which source would serve a question and why each other one would not: the plan that a question gets, and no call.
import type { AssetClass, Basis, DataKind, Micros, SymbolRef } from '@onetape/market'
import { openRoute, planFor, type Question, type Route, type RouterParts } from './parts.ts'
import { KIND_OF_NEED, type Need, type Plan, type PlanStep } from './plan.ts'
import type { SkipReason } from './receipt.ts'
import { type BarsQuestion, planSeries } from './series.ts'

export type ExplainQuestion = Pick<Question, 'userId' | 'priority'> & { ref: SymbolRef } & (
    | { need: Exclude<Need, 'bars'> }
    | ({ need: 'bars' } & Pick<BarsQuestion, 'timeframe' | 'from' | 'to' | 'basis' | 'continues'>)
  )

export interface ExplainedSource {
  source: string
  /** `serves`: asked first. `stands_in`: asked where those before it fail or leave symbols out. */
  verdict: 'serves' | 'stands_in' | 'skipped'
  reason: SkipReason | null
  /** One line for people. */
  message: string
  /** Wall time at which a skipped source may be asked again, where time heals it. */
  retryAt: Micros | null
  feed: string | null
  delayedMinutes: number | null
  /** Basis that its bars come on, where bars are asked for. */
  basis: Basis | null
}

export interface Decision {
  kind: DataKind
  need: Need
  ref: SymbolRef
  order: Plan['order']
  /** The source that the user pinned for this symbol and kind. */
  pin: string | null
  /** Who would be asked first; `tape` where only the tape is left; null where nobody could answer. */
  serves: string | null
  /** In the order of asking. */
  sources: ExplainedSource[]
  /** Sources that are there but that the user's order does not name. */
  notInOrder: string[]
}

export async function explainRoute(parts: RouterParts, question: ExplainQuestion): Promise<Decision> {
  const { ref, need } = question
  const kind = KIND_OF_NEED[need]
  const route = await openRoute(parts, { userId: question.userId, kind, refs: [ref] })
  const plan = await planned(route, question)
  const first = plan.steps.find((step) => step.verdict === 'try')
  const onTape = parts.tape !== undefined && (kind === 'quotes' || kind === 'charts')
  return {
    kind,
    need,
    ref,
    order: plan.order,
    pin: route.pinOf(ref),
    serves: first?.name ?? (onTape ? 'tape' : null),
    sources: plan.steps.map((step) =>
      explained(step, {
        first: step === first,
        pinned: step.name === route.pinOf(ref),
        need,
        assetClass: ref.assetClass,
      }),
    ),
    notInOrder: route
      .candidatesOf(ref.assetClass)
      .sources.map(({ name }) => name)
      .filter((name) => !plan.steps.some((step) => step.name === name)),
  }
}

async function planned(route: Route, question: ExplainQuestion): Promise<Plan> {
  if (question.need === 'bars') return (await planSeries(route, question)).plan
  const { ref, need, priority = 'user' } = question
  return planFor(route, { need, assetClass: ref.assetClass, priority, pin: route.pinOf(ref) })
}

function explained(
  step: PlanStep,
  {
    first,
    pinned,
    need,
    assetClass,
  }: { first: boolean; pinned: boolean; need: Need; assetClass: AssetClass },
): ExplainedSource {
  if (step.verdict === 'skip') {
    const { name, reason, message, retryAt } = step
    const nothing = { feed: null, delayedMinutes: null, basis: null }
    return { source: name, verdict: 'skipped', reason, message, retryAt, ...nothing }
  }
  const { name, access, probe, provider } = step
  const { feed, delayedMinutes } = access
  const how = delayedMinutes > 0 ? `${feed}, ${delayedMinutes} minutes late` : feed
  const trying = probe ? '; it failed lately, one call will see whether it is back' : ''
  return {
    source: name,
    verdict: first ? 'serves' : 'stands_in',
    reason: null,
    message: `${name} ${first ? 'is asked first' : 'stands in'} (${how})${first && pinned ? ': pinned for this symbol' : ''}${trying}`,
    retryAt: null,
    feed,
    delayedMinutes,
    basis: need === 'bars' ? provider.getCapabilities().byAssetClass[assetClass]!.barsBasis : null,
  }
}
