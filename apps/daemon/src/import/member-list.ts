// A list of symbols as index providers and people write it: one a line, or a CSV with a column of symbols.

import type { SymbolRef } from '@onetape/market'
import { parse } from 'csv-parse/sync'
import { readSymbol } from './file-name.ts'

export interface MemberList {
  rows: number
  accepted: { ref: SymbolRef; name: string | null }[]
  rejected: { row: number; reason: string }[]
}

const SYMBOL_TITLES = ['symbol', 'ticker', 'tickersymbol']
const NAME_TITLES = ['name', 'security', 'company', 'companyname', 'description', 'securityname']
const NAME_MAX = 200

/** Lists of members are small; @throws Error with one clear line when the bytes are no text or no CSV. */
export function readMemberList(bytes: Buffer): MemberList {
  if (bytes.includes(0)) throw new Error('The file is binary, not a list of symbols.')
  const records = parse(bytes, {
    bom: true,
    info: true,
    comment: '#',
    comment_no_infix: true,
    skip_empty_lines: true,
    trim: true,
    relax_column_count: true,
    relax_quotes: true,
  }) as unknown as { info: { lines: number }; record: string[] }[]
  const titles = (records[0]?.record ?? []).map((t) => t.toLowerCase().replaceAll(/[^a-z]/g, ''))
  const at = titles.findIndex((t) => SYMBOL_TITLES.includes(t))
  const nameAt = titles.findIndex((t) => NAME_TITLES.includes(t))
  const list: MemberList = { rows: 0, accepted: [], rejected: [] }
  const seen = new Set<string>()
  for (const { info, record } of at >= 0 ? records.slice(1) : records) {
    list.rows += 1
    const text = record[Math.max(at, 0)] ?? ''
    const symbol = readSymbol(text)
    if (!symbol)
      list.rejected.push({ row: info.lines, reason: `${JSON.stringify(text.slice(0, 24))} is no symbol` })
    else if ('foreign' in symbol)
      list.rejected.push({ row: info.lines, reason: `${symbol.foreign} is listed outside the US` })
    else if (!seen.has(symbol.ref.symbol)) {
      seen.add(symbol.ref.symbol)
      const name = at >= 0 && nameAt >= 0 ? record[nameAt]?.slice(0, NAME_MAX) || null : null
      list.accepted.push({ ref: symbol.ref, name })
    }
  }
  return list
}
