import { z } from 'zod'

/** What a user orders sources for: current prices, series, company figures, options chains. */
export const DATA_KINDS = ['quotes', 'charts', 'fundamentals', 'options'] as const
export const dataKindSchema = /* @__PURE__ */ z.enum(DATA_KINDS)
export type DataKind = z.infer<typeof dataKindSchema>
