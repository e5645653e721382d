import { expect, it } from 'vitest'
import { envSchema, parseEnv } from './env.ts'

it('needs no variable at all', () => {
  expect(parseEnv({ ONETAPE_PORT: '' })).toMatchObject({
    ONETAPE_MODE: 'demo',
    ONETAPE_HOST: '127.0.0.1',
    ONETAPE_PORT: 4681,
  })
})

it('reads a port as a number', () => {
  expect(parseEnv({ ONETAPE_PORT: '0' }).ONETAPE_PORT).toBe(0)
})

it.each([
  [{ ONETAPE_PORT: 'http' }, /ONETAPE_PORT is not a port number/],
  [{ ONETAPE_PORT: '70000' }, /ONETAPE_PORT is not a port number/],
  [{ ONETAPE_MODE: 'prod' }, /ONETAPE_MODE/],
  [
    { DATABASE_URL: 'mysql://me:hunter2@h/x' },
    /^Settings cannot be used: DATABASE_URL is not a postgres:\/\/ address\. See \.env\.example\.$/,
  ],
])('refuses %j in one line without its value', (source, line) => {
  expect(() => parseEnv(source)).toThrow(line)
})

it('explains every variable, for .env.example', () => {
  for (const [name, field] of Object.entries(envSchema.shape)) expect(field.description, name).toBeTruthy()
})
