import { describe, expect, it } from 'vitest'
import { parseEnv } from './env.ts'
import { createLog } from './log.ts'

describe('log', () => {
  const lines: string[] = []
  const env = parseEnv({
    POLYGON_API_KEY: 'k3y/with+signs',
    DATABASE_URL: 'postgres://tape:p%40ssword@db.example/tape',
  })
  const log = createLog('test', env, { write: (line) => void lines.push(line) })
  const said = () => lines.join('')

  it('never prints a credential, however it gets there', () => {
    log.info({ credentials: { apiKey: 'abcd' }, headers: { Authorization: 'Bearer abcd' } }, 'asked')
    log.warn(`GET /v2/aggs?apiKey=k3y/with+signs failed`)
    log.warn({ err: new Error('GET /v2/aggs?apiKey=k3y%2Fwith%2Bsigns failed') }, 'failed')
    log.error({ url: 'postgres://tape:p%40ssword@db.example/tape', raw: 'p@ssword' })
    expect(lines).toHaveLength(4)
    expect(said()).not.toMatch(/abcd|k3y|p%40ssword|p@ssword/)
    expect(said()).toContain('[hidden]')
    expect(said()).toContain('db.example')
  })
})
