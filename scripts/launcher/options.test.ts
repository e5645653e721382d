import { describe, expect, it } from 'vitest'
import { type Options, parseOptions, webAddress } from './options.ts'
import type { LaunchProblem } from './problem.ts'

const parse = (args: string[], env: Record<string, string> = {}) =>
  parseOptions(args, env, '/repo') as Options

function problemOf(args: string[], env: Record<string, string> = {}): LaunchProblem {
  try {
    parse(args, env)
  } catch (error) {
    return error as LaunchProblem
  }
  throw new Error('it was taken as good')
}

describe('parseOptions', () => {
  it('is demo on loopback with the embedded database unless told otherwise', () => {
    expect(parse([])).toEqual({
      mode: 'demo',
      host: '127.0.0.1',
      port: null,
      stateDir: '/repo/.data',
      databaseUrl: null,
      webDist: null,
    })
  })

  it('takes the command line before the environment', () => {
    const env = {
      ONETAPE_PORT: '5000',
      ONETAPE_HOST: '0.0.0.0',
      ONETAPE_MODE: 'live',
      ONETAPE_STATE_DIR: '/state',
    }
    expect(parse([], env)).toMatchObject({ port: 5000, host: '0.0.0.0', mode: 'live', stateDir: '/state' })
    expect(parse(['--port', '6000', '--host', '::1'], env)).toMatchObject({ port: 6000, host: '::1' })
  })

  it('hears --live also when npm kept it because the double dash was left out', () => {
    expect(parse(['--live']).mode).toBe('live')
    expect(parse([], { npm_config_live: 'true' }).mode).toBe('live')
  })

  it.each([
    ['an unknown flag', ['--fast'], /^Unknown option '--fast'; npm start -- --help says what there is\.$/],
    ['a flag without its value', ['--port'], /'--port <value>' argument missing/],
    ['a value for a switch', ['--live=yes'], /'--live' does not take an argument/],
    ['a port that is none', ['--port', '70000'], /^"70000" is no port/],
    ['a word for a port', ['--port', 'http'], /^"http" is no port/],
    ['a host that is none', ['--host', 'a b'], /^"a b" is no host/],
    ['a bare value, as npm leaves of --port 5000', ['5000'], /options go after a double dash/],
  ])('answers %s with one line and exit code 2', (_, args, message) => {
    const problem = problemOf(args)
    expect(problem.message).toMatch(message)
    expect(problem.message).not.toContain('\n')
    expect(problem.exitCode).toBe(2)
  })

  it('names a wrong variable without its value', () => {
    const { message } = problemOf([], { DATABASE_URL: 'mysql://me:hunter2@host/db' })
    expect(message).toContain('DATABASE_URL')
    expect(message).not.toContain('hunter2')
  })
})

describe('webAddress', () => {
  it('is one that a browser here can open', () => {
    expect(webAddress('127.0.0.1', 4680)).toBe('http://127.0.0.1:4680')
    expect(webAddress('0.0.0.0', 4680)).toBe('http://127.0.0.1:4680')
    expect(webAddress('::1', 4680)).toBe('http://[::1]:4680')
  })
})
