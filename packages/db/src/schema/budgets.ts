// How much each credential may still ask, shared by all processes. The arithmetic is `budget_take` in the migrations;
// every instant is the server's clock, read through `budget_clock()`.
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'

/** One metered scope of one credential: the row that takes are queued on, and what is known beyond the limits. */
export const budgetScopes = pgTable(
  'budget_scopes',
  {
    credential: text('credential').notNull(),
    scope: text('scope').notNull(),
    /** The vendor said no: nothing is granted before. */
    blockedUntil: micros('blocked_until'),
    /** Each window is counted longer by this, against calls that travel slower than others; grows with refusals. */
    guardMs: doublePrecision('guard_ms').notNull().default(25),
    /** When each priority last asked, granted or not: room is kept for those who came lately. */
    askedUser: micros('asked_user'),
    askedLive: micros('asked_live'),
    askedRepair: micros('asked_repair'),
    refused: integer('refused').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.credential, t.scope] })],
)

export const budgetLimits = pgTable(
  'budget_limits',
  {
    credential: text('credential').notNull(),
    scope: text('scope').notNull(),
    kind: text('kind', { enum: ['window', 'concurrent'] }).notNull(),
    /** 0 for a concurrent limit. */
    windowMs: integer('window_ms').notNull(),
    calls: integer('calls').notNull(),
    /** Corrected by the vendor's own headers. */
    learned: boolean('learned').notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.credential, t.scope, t.kind, t.windowMs] })],
)

/** Weight spent in each hundredth of a window; buckets that no window reaches any more are deleted by the next take. */
export const budgetBuckets = pgTable(
  'budget_buckets',
  {
    credential: text('credential').notNull(),
    scope: text('scope').notNull(),
    windowMs: integer('window_ms').notNull(),
    bucket: bigint('bucket', { mode: 'number' }).notNull(),
    weight: integer('weight').notNull(),
  },
  (t) => [primaryKey({ columns: [t.credential, t.scope, t.windowMs, t.bucket] })],
)

/** Calls under way, for concurrent limits; one whose process died ends by its time. */
export const budgetHolds = pgTable(
  'budget_holds',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    credential: text('credential').notNull(),
    scope: text('scope').notNull(),
    expiresAt: micros('expires_at').notNull(),
  },
  (t) => [index('budget_holds_scope').on(t.credential, t.scope)],
)
