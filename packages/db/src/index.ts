export * from './backfill.ts'
export type {
  BarRow,
  Batch,
  BatchKind,
  BatchResult,
  CorporateActionRow,
  DailyRow,
  FindingRow,
  LatestBatch,
  LatestRow,
  SourceOrder,
  SyncRow,
  TickRow,
  WriteCount,
} from './batch.ts'
export { type BudgetBook, createBudgetBook } from './budget-book.ts'
export { type ConnectOptions, connect, type Db } from './connect.ts'
export { createHealthStore, type HealthStore } from './health-store.ts'
export type { FoundInstrument, Instrument, InstrumentToMint, SymbolSpan } from './instrument.ts'
export * from './notify.ts'
export { ensurePartitions } from './partitions.ts'
export { type Mode, prepareDatabase } from './prepare.ts'
export { DatabaseProblem } from './problem.ts'
export * from './reads/last-batch-id.ts'
export * from './reads/market-spans-skipped.ts'
export * from './reads/read-backfill.ts'
export * from './reads/read-bars.ts'
export * from './reads/read-batch-attempts.ts'
export * from './reads/read-batches-after.ts'
export * from './reads/read-budgets.ts'
export * from './reads/read-calls.ts'
export * from './reads/read-corporate-actions.ts'
export * from './reads/read-environment.ts'
export * from './reads/read-heartbeats.ts'
export * from './reads/read-instrument.ts'
export * from './reads/read-instruments.ts'
export * from './reads/read-latest.ts'
export * from './reads/read-members.ts'
export * from './reads/read-preference.ts'
export * from './reads/read-server-version.ts'
export * from './reads/read-source-health.ts'
export * from './reads/read-symbols.ts'
export * from './reads/read-sync.ts'
export * from './reads/read-tape-counts.ts'
export * from './reads/read-tiers.ts'
export * from './reads/search-instruments.ts'
export * from './reads/symbol-resolver.ts'
export type { BarSeries, SeriesBar, SeriesRequest } from './series/series.ts'
export * from './writes/beat-heart.ts'
export * from './writes/claim-chunk.ts'
export * from './writes/claim-leases.ts'
export * from './writes/claim-probe.ts'
export * from './writes/declare-budgets.ts'
export * from './writes/fail-chunk.ts'
export * from './writes/finish-chunk.ts'
export { recoverIntents } from './writes/intents.ts'
export * from './writes/learn-budget.ts'
export * from './writes/mint-instruments.ts'
export * from './writes/plan-backfill.ts'
export * from './writes/record-calls.ts'
export * from './writes/record-event.ts'
export * from './writes/release-leases.ts'
export * from './writes/rename-instrument.ts'
export * from './writes/roll-up-batches.ts'
export * from './writes/set-tier-members.ts'
export * from './writes/source-ids.ts'
export * from './writes/take-budget.ts'
export { type WriteOptions, writeBatch } from './writes/write-batch.ts'
export { writeFindings } from './writes/write-findings.ts'
export * from './writes/write-market-shift.ts'
export * from './writes/write-preference.ts'
export * from './writes/write-source-health.ts'
