import { describe, expect, it } from 'vitest'
import { EnvProblem, envSchema, parseEnv } from './env.ts'

describe('settings', () => {
  it('has a default or none, and says what each key is for', () => {
    expect(parseEnv({})).toEqual({
      ONETAPE_MODE: 'demo',
      ONETAPE_LOG_LEVEL: 'info',
      ONETAPE_STREAMS: 'on',
      vendors: {},
    })
    for (const [key, schema] of Object.entries(envSchema.shape)) {
      expect(schema.description, key).toMatch(/\w{3}/)
    }
  })

  it('takes an empty variable as unset', () => {
    expect(parseEnv({ DATABASE_URL: '', ONETAPE_MODE: '' }).ONETAPE_MODE).toBe('demo')
  })

  it("knows the settings that the vendors' folders name", () => {
    const vendors = { POLYGON_API_KEY: 'k', COINBASE_STREAM_URL: 'ws://127.0.0.1:1/coinbase/ws' }
    expect(parseEnv(vendors).vendors).toEqual(vendors)
  })

  it('names the key that is wrong in one line, without its value', () => {
    const parse = () => parseEnv({ DATABASE_URL: 'mysql://me:hunter2@host/db', POLYGON_BASE_URL: 'ftp://x' })
    expect(parse).toThrow(EnvProblem)
    try {
      parse()
    } catch (error) {
      const { message } = error as Error
      expect(message).toContain('DATABASE_URL is not a postgres')
      expect(message).toContain('POLYGON_BASE_URL is not an http')
      expect(message).not.toContain('hunter2')
      expect(message).not.toContain('\n')
    }
  })

  it('takes keys whole or not at all, and never repeats one', () => {
    const key = Buffer.alloc(32, 7).toString('base64')
    expect(parseEnv({ ONETAPE_KEYS: `a:${key}` }).ONETAPE_KEYS).toBe(`a:${key}`)
    for (const wrong of [
      `a:${key}x`,
      `${key}`,
      `a:${key},a:${key}`,
      `a:${key},b:${key}`,
      'a:hunter2',
      `a:${key},`,
    ])
      expect(() => parseEnv({ ONETAPE_KEYS: wrong })).toThrow(
        expect.toSatisfy(
          (e: unknown) =>
            e instanceof EnvProblem &&
            /^Settings cannot be used: ONETAPE_KEYS [^\n]+$/.test(e.message) &&
            !e.message.includes(key) &&
            !e.message.includes('hunter2'),
        ),
      )
  })
})
