// Our processes and what each is told: the simulator first, for the daemon asks it.
import { join } from 'node:path'
import type { ChildSpec } from './child.ts'
import { nodeEnv } from './node-flags.ts'
import type { Options } from './options.ts'
import type { Ports } from './ports.ts'
import { type Endpoints, tcpPortOf, vendorEnv } from './vendors.ts'

export interface AppSettings {
  root: string
  options: Options
  ports: Ports
  webDist: () => string
  shiftUs: () => number
  /** Of the simulated vendors, once they are ready. */
  endpoints: () => Endpoints
}

/** An empty variable means the same as an unset one. */
export const ownEnv = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter(([, value]) => value)) as Record<string, string>

export function appSpecs(s: AppSettings): { simulator: ChildSpec | null; daemon: ChildSpec; api: ChildSpec } {
  const { options, ports } = s
  const demo = options.mode === 'demo'
  const env = (): Record<string, string> => ({
    ...ownEnv(),
    ...nodeEnv(options.stateDir),
    ONETAPE_MODE: options.mode,
    ONETAPE_STATE_DIR: options.stateDir,
    ...(demo ? vendorEnv(s.endpoints()) : {}),
  })
  const script = (path: string): string => join(s.root, path)
  return {
    simulator: demo
      ? simulatorSpec(s.root, { env, port: ports.simulator, shiftUs: s.shiftUs, endpoints: s.endpoints })
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

export const simulatorSpec = (
  root: string,
  o: {
    env: () => Record<string, string>
    port: number
    shiftUs: () => number
    /** Of its last run: the apps know them, so a next run answers there again. */
    endpoints?: () => Endpoints
  },
): ChildSpec => ({
  name: 'simulator',
  script: join(root, 'packages/simulator/src/main.ts'),
  env: () => ({
    ...o.env(),
    SIM_PORT: String(o.port),
    SIM_TCP_PORT: String(tcpPortOf(o.endpoints?.() ?? {}) ?? 0),
    SIM_SHIFT_US: String(o.shiftUs()),
  }),
})
