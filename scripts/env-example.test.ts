import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ENV_EXAMPLE, envExample } from './env-example.ts'

describe('.env.example', () => {
  it('is what the schemas say (else: node scripts/env-example.ts)', () => {
    expect(readFileSync(ENV_EXAMPLE, 'utf8')).toBe(envExample())
  })

  it('explains every setting and names it once', () => {
    const names = [...envExample().matchAll(/^# ([A-Z][A-Z_]+)=/gm)].map((match) => match[1])
    expect(names).toContain('POLYGON_API_KEY')
    expect(new Set(names).size).toBe(names.length)
    expect(envExample()).not.toMatch(/^# (\(\w+\))?$/m)
  })
})
