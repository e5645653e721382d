// What the procedures of `mine` need. Every answer is that of the user named first, and of nobody else.
import type { AssetClass, DataKind } from '@onetape/market'
import type { ProbeFindings, Proposal } from '@onetape/providers'
import type {
  MineChange,
  MySource,
  OrdersReport,
  OutageReport,
  PinReport,
  ProbeAnswer,
  ProblemReport,
  VendorReport,
} from './reports.ts'

export interface ProbeOrder {
  provider: string
  credentials: Readonly<Record<string, string>>
  /** The plan that the person says they have; found out where absent. */
  tier?: string
}

export interface ConnectOrder extends ProbeOrder {
  label: string
  /** What the probe called it: orders that name it so mean the new source, also where the name is taken by now. */
  name?: string
  orders: readonly OrderChoice[]
}

export interface OrderChoice {
  kind: DataKind
  assetClass: AssetClass | 'all'
  order: readonly string[]
}

/** One version of a connection, as the person saw it. */
export interface SeenSource {
  id: string
  version: number
}

export interface SignInOrder {
  provider: string
  label: string
  /** Of the person's own app; none where the house's is used. */
  credentials: Readonly<Record<string, string>>
  /** Of the source whose sign-in is renewed. */
  connectionId?: string
}

/** Where a sign-in at a vendor ended: the name of the source, or one line for the person. */
export type SignInEnd = { connected: string } | { problem: string }

export interface Mine {
  vendors(): VendorReport[]
  sources(userId: string): Promise<MySource[]>
  probe(userId: string, order: ProbeOrder, signal?: AbortSignal): Promise<ProbeAnswer>
  connect(userId: string, order: ConnectOrder, signal?: AbortSignal): Promise<MySource>
  /** Where a source that is connected could stand in each order; empty before its first test. */
  places(userId: string, id: string): Promise<Proposal[]>
  test(userId: string, id: string, signal?: AbortSignal): Promise<ProbeFindings>
  pause(userId: string, o: SeenSource & { paused: boolean }): Promise<MySource>
  rename(userId: string, o: SeenSource & { label: string }): Promise<MySource>
  replaceKey(
    userId: string,
    o: SeenSource & { credentials: Readonly<Record<string, string>> },
    signal?: AbortSignal,
  ): Promise<MySource>
  setPrimary(userId: string, id: string): Promise<MySource>
  remove(userId: string, id: string): Promise<void>
  /** @param origin of this server as the person's browser names it; null where no vendor may send them back there. */
  signInBegin(userId: string, order: SignInOrder, origin: string | null): Promise<{ url: string }>
  signInEnd(userId: string, answer: { code: string; state: string }, origin: string): Promise<SignInEnd>
  orders(userId: string): Promise<OrdersReport>
  setOrder(
    userId: string,
    o: Omit<OrderChoice, 'order'> & { order: readonly string[] | null; version: number },
  ): Promise<{ version: number }>
  pins(userId: string): Promise<PinReport[]>
  setPin(
    userId: string,
    o: { key: string; kind: DataKind; source: string | null; version: number },
  ): Promise<{ version: number }>
  outages(userId: string): Promise<OutageReport[]>
  simulateOutage(userId: string, o: { source: string; minutes: number }): Promise<OutageReport>
  endOutage(userId: string, source: string): Promise<void>
  problems(userId: string, id: string): Promise<ProblemReport[]>
  /** What was changed by this user, wherever it was; ends with the signal. */
  changes(userId: string, signal: AbortSignal): AsyncGenerator<{ what: MineChange }, void>
}
