// What a signed-in person sees of their own: sources, orders, pins, outages. Nothing here ever holds a credential.
import type { AssetClass, DataKind, Micros } from '@onetape/market'
import type { ErrorKind, ProbeFindings, Proposal, Receipt } from '@onetape/providers'
import type { CallReport, SourceHealthReport } from '../routed/reports.ts'

/** A vendor that a person can connect, and what it asks of them. */
export interface VendorReport {
  provider: string
  label: string
  /** `oauth`: the person signs in at the vendor; `none`: the vendor asks for nothing. */
  how: 'key' | 'oauth' | 'none'
  /** What the form asks for; with `oauth` the app's own keys. */
  fields: VendorField[]
  tiers: { name: string; label: string }[]
  /** The house has keys of an app: nobody has to give their own. Only with `oauth`. */
  houseHasApp: boolean
}

export interface VendorField {
  field: string
  label: string
  secret: boolean
  required: boolean
}

export type MySourceState = 'connected' | 'paused' | 'expired' | 'unreadable' | 'failing'

export interface MySource {
  /** Of the connection; what the other procedures take. */
  id: string
  /** `alpaca:2`; unique for one person, what orders and pins name. */
  name: string
  provider: string
  providerLabel: string
  /** The person's own words for it. */
  label: string
  /** One of a person's sources. */
  isPrimary: boolean
  tier: string
  tierLabel: string
  state: MySourceState
  /** One line for people where it is not simply connected. */
  message: string | null
  /** One line when its sign-in is about to run out. */
  warning: string | null
  /** Last characters of a long secret; null for a short one or none. */
  hint: string | null
  /** Wall time at which a person has to sign in again. */
  expiresAt: Micros | null
  findings: ProbeFindings | null
  /** Wall time. */
  probedAt: Micros | null
  /** Connected by signing in at the vendor: renewed there too. */
  how: VendorReport['how']
  version: number
  createdAt: Micros
  health: SourceHealthReport | null
  /** Newest first. */
  lastCalls: CallReport[]
}

export interface ProbeAnswer {
  findings: ProbeFindings
  /** What the source will be called, as the proposed orders say it; `connect` takes it back. */
  name: string
  /** Empty where the probe failed. */
  places: Proposal[]
}

export interface OrdersReport {
  /** Each kind of data, for all asset classes together and for each. */
  rows: OrderRow[]
  /** What an order may name: the house's sources and the person's own. */
  sources: OrderSource[]
}

export interface OrderRow {
  kind: DataKind
  assetClass: AssetClass | 'all'
  /** The person's own; null where none was set. */
  order: string[] | null
  /** 0 where none was ever set; what `setOrder` takes back. */
  version: number
  /** What holds where nothing was set. */
  house: string[]
}

export interface OrderSource {
  name: string
  label: string
  provider: string
  owner: 'house' | 'user'
  state: 'connected' | 'not_connected' | 'paused' | 'expired'
  message: string | null
}

export interface PinReport {
  key: string
  symbol: string
  kind: DataKind
  source: string
  version: number
}

/** A source that is switched off for one person, to see what happens. */
export interface OutageReport {
  source: string
  /** Wall time. */
  until: Micros
}

/** Failed calls of one kind, in plain words. */
export interface ProblemReport {
  kind: ErrorKind
  count: number
  /** Wall time. */
  lastAt: Micros
  words: string
  fix: string
}

/** A price that lies on the tape, with the receipt of the batch that brought it. */
export interface StoredReceipt {
  batchId: number
  price: number
  /** Cumulative volume of the session at that time. */
  volume: number | null
  receipt: Receipt
}

export type MineChange = 'sources' | 'orders' | 'pins' | 'outages' | 'watchlists' | 'account'
