// Our processes and what each is told: the simulator first, for the daemon asks it.
import { join } from 'node:path'
import type { ChildSpec } from './child.ts'
import type { Options } from './options.ts'
import type { Ports } from './ports.ts'

export interface AppSettings {
  root: string
  options: Options
  ports: Ports
  webDist: () => string
  shiftUs: () => number
}

/** Where the adapters find the simulated vendors; the same names as in each app's env.ts. */
export function vendorEnv(simulatorPort: number): Record<string, string> {
  const address = `http://127.0.0.1:${simulatorPort}`
  return {
    POLYGON_BASE_URL: `${address}/polygon`,
    POLYGON_API_KEY: 'demo-key',
    YAHOO_BASE_URL: `${address}/yahoo`,
    YAHOO_CONSENT_URL: `${address}/yahoo`,
    COINBASE_BASE_URL: `${address}/coinbase`,
  }
}

export function appSpecs(s: AppSettings): { simulator: ChildSpec | null; daemon: ChildSpec; api: ChildSpec } {
  const { options, ports } = s
  const demo = options.mode === 'demo'
  const inherited = Object.entries(process.env).filter(([, value]) => value !== undefined && value !== '')
  const env = (): Record<string, string> => ({
    ...(Object.fromEntries(inherited) as Record<string, string>),
    ONETAPE_MODE: options.mode,
    ONETAPE_STATE_DIR: options.stateDir,
    ...(demo ? vendorEnv(ports.simulator) : {}),
  })
  const script = (path: string): string => join(s.root, path)
  return {
    simulator: demo
      ? {
          name: 'simulator',
          script: script('packages/simulator/src/main.ts'),
          env: () => ({ ...env(), SIM_PORT: String(ports.simulator), SIM_SHIFT_US: String(s.shiftUs()) }),
        }
      : null,
    daemon: { name: 'daemon', script: script('apps/daemon/src/main.ts'), env },
    api: {
      name: 'api',
      script: script('apps/api/src/main.ts'),
      env: () => ({
        ...env(),
        ONETAPE_HOST: options.host,
        ONETAPE_PORT: String(ports.web),
        ONETAPE_WEB_DIST: s.webDist(),
      }),
    },
  }
}
