import { bars } from './routers/bars.ts'
import { health } from './routers/health.ts'
import { instruments } from './routers/instruments.ts'
import { quotes } from './routers/quotes.ts'
import { router } from './trpc.ts'

export const appRouter = router({ health, quotes, bars, instruments })
export type AppRouter = typeof appRouter

export type { Health } from './health.ts'
export type { BarSeries, FoundInstrument, InstrumentPage, SeriesBar } from './ports.ts'
export type { QuoteDelta, QuoteRow } from './quote-row.ts'
