import type { SymbolRef } from './instrument.ts'

/** A split (`ratio` new shares for one old: 7 for Apple in 2014) or a cash dividend (`amount` per share). */
export type CorporateAction = SymbolRef & { exDate: string } & (
    | { kind: 'split'; ratio: number }
    | { kind: 'dividend'; amount: number; currency: string }
  )
