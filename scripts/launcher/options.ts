// What the person asked for: the command line first, then the environment, then the defaults.
import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { EnvProblem, parseEnv } from '../../apps/api/src/env.ts'
import { LaunchProblem } from './problem.ts'

export const HELP = `Usage: npm start -- [options]

  --live        real vendors and the live database (default: demo, with simulated vendors)
  --port N      port of the dashboard (default: the one it had last time; 4680 at first)
  --host H      address that the dashboard listens on (default: 127.0.0.1, this machine alone)
  --help        this text

Settings for everything else are environment variables: see .env.example.`

export interface Options {
  mode: 'demo' | 'live'
  host: string
  /** Null: the remembered one, or a free one. */
  port: number | null
  stateDir: string
  /** Null: the embedded server. */
  databaseUrl: string | null
  /** Null: built here when it is not up to date. */
  webDist: string | null
}

type Environment = Record<string, string | undefined>

export function parseOptions(args: string[], env: Environment, root: string): Options | 'help' {
  const flags = parseFlags(args)
  if (flags.help) return 'help'
  const settings = parseSettings(env)
  const port = flags.port ?? (env.ONETAPE_PORT || null)
  // `npm start --live` without the double dash: npm keeps the flag, and hands it over in this way.
  const live = flags.live || env.npm_config_live === 'true'
  return {
    mode: live ? 'live' : settings.ONETAPE_MODE,
    host: hostOf(flags.host ?? settings.ONETAPE_HOST),
    port: port === null ? null : portOf(port),
    stateDir: resolve(root, settings.ONETAPE_STATE_DIR ?? '.data'),
    databaseUrl: settings.DATABASE_URL ?? null,
    webDist: settings.ONETAPE_WEB_DIST ? resolve(root, settings.ONETAPE_WEB_DIST) : null,
  }
}

function parseFlags(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        live: { type: 'boolean' },
        port: { type: 'string' },
        host: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (positionals.length > 0)
      throw new LaunchProblem(
        `"${positionals[0]}" is not understood: options go after a double dash, as in npm start -- --port 4680.`,
        2,
      )
    return values
  } catch (error) {
    if (error instanceof LaunchProblem) throw error
    const [sentence] = (error as Error).message.split(/\.\s|\n/)
    throw new LaunchProblem(`${sentence}; npm start -- --help says what there is.`, 2)
  }
}

function parseSettings(env: Environment) {
  try {
    return parseEnv(env)
  } catch (error) {
    if (error instanceof EnvProblem) throw new LaunchProblem(error.message, 2)
    throw error
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new LaunchProblem(`"${text}" is no port: give a number from 1 to 65535.`, 2)
  return port
}

function hostOf(text: string): string {
  if (isIP(text) === 0 && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text))
    throw new LaunchProblem(`"${text}" is no host: give an address such as 127.0.0.1 or 0.0.0.0.`, 2)
  return text
}

/** What a person types into a browser on this machine. */
export function webAddress(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}

export const logFolder = (stateDir: string): string => join(stateDir, 'logs')
