import { account } from './routers/account.ts'
import { health } from './routers/health.ts'
import { instruments } from './routers/instruments.ts'
import { mine } from './routers/mine.ts'
import { operations } from './routers/operations.ts'
import { quotes } from './routers/quotes.ts'
import { routed } from './routers/routed.ts'
import { series } from './routers/series.ts'
import { watchlists } from './routers/watchlists.ts'
import { router } from './trpc.ts'

export const appRouter = router({
  account,
  health,
  quotes,
  series,
  instruments,
  operations,
  mine,
  watchlists,
  ...routed,
})
export type AppRouter = typeof appRouter

export type {
  ClassFindings,
  Decision,
  ProbeFindings,
  ProbeProblem,
  Proposal,
  Receipt,
} from '@onetape/providers'
export type * from './auth/ports.ts'
export type { Health } from './health.ts'
export type * from './mine/reports.ts'
export type * from './operations/report.ts'
export type { BarSeries, FoundInstrument, InstrumentPage, SeriesBar } from './ports.ts'
export type { QuoteDelta, QuoteRow } from './quote-row.ts'
export type * from './routed/reports.ts'
export type * from './watchlists/ports.ts'
