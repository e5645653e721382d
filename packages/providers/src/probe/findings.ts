// What a credential can do, as the vendor showed it when it was asked. Plain data: it is stored and sent as JSON.
import type { AssetClass, DataKind, Micros } from '@onetape/market'
import type { ErrorKind } from '../errors.ts'

export interface ProbeFindings {
  /** The vendor took the credentials and gave something. */
  ok: boolean
  /** Name of the plan that the answers fit; the vendor's default where nothing could be found out. */
  tier: string
  tierLabel: string
  /** What stands in the way, for a person; null where nothing does. With `ok` it says what is missing all the same. */
  problem: ProbeProblem | null
  /** One for each asset class that the vendor has. */
  classes: ClassFindings[]
  limits: FoundLimit[]
  /** Instruments in the vendor's own list, where it has one and gave it. */
  symbols: number | null
  /** Wall time at which a person has to sign in again. */
  expiresAt: Micros | null
  /** Requests that the probe made. */
  calls: number
  tookMs: number
}

export interface ProbeProblem {
  kind: ErrorKind
  /** One sentence: what is wrong. */
  words: string
  /** One sentence: what to do. */
  fix: string
}

export interface ClassFindings {
  assetClass: AssetClass
  /** `none`: the vendor has no prices of it, or none came; `not_entitled`: it has, but not for these credentials. */
  quotes: 'live' | 'delayed' | 'none' | 'not_entitled'
  feed: string | null
  delayedMinutes: number | null
  /** Market time between the quote seen and now, in milliseconds. */
  ageMs: number | null
  charts: boolean
  /** How far back a bar was seen, in days; null where none was. */
  historyDays: number | null
  /** The same of 1-minute bars, where they were asked for. */
  minuteDays?: number | null
  fundamentals: boolean
  options: boolean
  stream: boolean
  sample: { symbol: string; last: number } | null
}

export interface FoundLimit {
  scope: string
  calls: number
  windowMs: number
}

/** What a probe is doing: one `asking` and one end for each question. */
export interface ProbeStep {
  /** Counts questions, from 1; both events of a question carry the same. */
  index: number
  /** For people: `the price of AAPL`. */
  what: string
  state: 'asking' | 'found' | 'nothing' | 'refused' | 'failed'
  /** For people: what came back; null while asking. */
  words: string | null
}

/** A place for a new source: the whole order of one kind of data, for all asset classes or for one. */
export interface Proposal {
  kind: DataKind
  assetClass: AssetClass | 'all'
  /** Names of sources, the first is asked first; the new one among them. */
  order: string[]
  because: string
}
