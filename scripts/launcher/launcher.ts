// `npm start`, step by step, and its end. Whatever dies in between is started again by its supervisor;
// when this process itself is killed its children see their channel close and end, and the database follows.
import { join } from 'node:path'
import { appSpecs } from './apps.ts'
import type { ChildSpec } from './child.ts'
import { openDatabase } from './database.ts'
import { awaitHealth } from './health.ts'
import { claimInstance, type Instance } from './instance.ts'
import { LogFile } from './log-file.ts'
import { operatorLine } from './operator-line.ts'
import { logFolder, type Options, webAddress } from './options.ts'
import { choosePorts } from './ports.ts'
import { Supervisor } from './supervisor.ts'
import { announceVendors, type Endpoints, endpointsOf } from './vendors.ts'
import { buildWeb } from './web-build.ts'

const HEALTHY_WITHIN_MS = 75_000
const CHILD_STOP = { kindMs: 3_500, termMs: 500 }
const SIMULATOR_STOP = { kindMs: 800, termMs: 200 }

export class Launcher {
  readonly #root: string
  readonly #options: Options
  readonly #say: (line: string) => void
  readonly #stack = new AsyncDisposableStack()
  readonly #stopping = new AbortController()
  #instance: Instance | null = null
  #apps: Supervisor[] = []
  #simulator: Supervisor | null = null
  #shiftUs = 0
  #endpoints: Endpoints = {}
  #isReported = false
  #operatorLine: string | null = null

  constructor(root: string, o: { options: Options; say: (line: string) => void }) {
    this.#root = root
    this.#options = o.options
    this.#say = o.say
  }

  async start(): Promise<void> {
    const { mode, stateDir, host } = this.#options
    this.#instance = await claimInstance(stateDir, mode)
    const ports = await choosePorts(this.#options)
    const address = webAddress(host, ports.web)
    this.#say(`OneTape ${mode.toUpperCase()} starts`)
    let webDist = ''
    const specs = appSpecs({
      root: this.#root,
      options: this.#options,
      ports,
      webDist: () => webDist,
      shiftUs: () => this.#shiftUs,
      endpoints: () => this.#endpoints,
    })
    await this.#openDatabase()
    const web = this.#buildWeb()
    web.catch(() => {}) // awaited below; until then a failure must not end the process
    if (specs.simulator) await this.#startSimulator(specs.simulator)
    const daemon = this.#supervise(specs.daemon)
    const daemonUp = daemon.start()
    webDist = await web
    this.#goOn()
    const api = this.#supervise(specs.api, (message) => this.#hearOperatorCode(message, address))
    await Promise.all([daemonUp, api.start()])
    await this.#reportWell(address)
  }

  async #openDatabase(): Promise<void> {
    const database = this.#stack.use(
      await openDatabase(this.#options, (line) => this.#log('launcher').write(line)),
    )
    this.#step('database', database.description)
    if (this.#options.mode === 'live') return
    const wallNow = Date.now() * 1_000
    this.#shiftUs = await database.openMarket(wallNow)
    const market = new Date((wallNow + this.#shiftUs) / 1_000).toISOString().slice(0, 16).replace('T', ' ')
    this.#step('market', this.#shiftUs ? `simulated, open at ${market} UTC` : 'simulated, open')
    database.followShift((shiftUs) => {
      this.#shiftUs = shiftUs
      this.#simulator?.send({ type: 'clock', shiftUs })
    })
  }

  async #startSimulator(spec: ChildSpec): Promise<void> {
    this.#simulator = new Supervisor(spec, {
      log: this.#log('simulator'),
      say: this.#say,
      onReady: (message) => {
        this.#endpoints = endpointsOf(message)
        // The shift may have grown between its start and now.
        this.#simulator?.send({ type: 'clock', shiftUs: this.#shiftUs })
      },
    })
    await this.#simulator.start()
    this.#stack.use(announceVendors(this.#options.stateDir, this.#endpoints))
    this.#step('vendors', 'simulated')
    this.#goOn()
  }

  async #buildWeb(): Promise<string> {
    if (this.#options.webDist) return this.#options.webDist
    const startedMs = Date.now()
    const { dist, built } = await buildWeb(this.#root, {
      logFile: this.#log('web-build').path,
      onBuild: () => this.#step('dashboard', 'is being built ...'),
      signal: this.#stopping.signal,
    })
    if (built) this.#step('dashboard', `built in ${((Date.now() - startedMs) / 1_000).toFixed(1)} s`)
    return dist
  }

  #supervise(spec: ChildSpec, onReady?: (message: Record<string, unknown>) => void): Supervisor {
    this.#goOn()
    const supervisor = new Supervisor(spec, {
      log: this.#log(spec.name),
      say: this.#say,
      ...(onReady ? { onReady } : {}),
    })
    this.#apps.push(supervisor)
    return supervisor
  }

  /** Each run of the API has its own code; it is said here and kept nowhere. */
  #hearOperatorCode(message: Record<string, unknown>, address: string): void {
    const line = operatorLine(message, address)
    if (line === null) return
    if (this.#isReported) this.#say(line)
    else this.#operatorLine = line
  }

  async #reportWell(address: string): Promise<void> {
    this.#instance?.announce(address)
    const well = await awaitHealth(address, { withinMs: HEALTHY_WITHIN_MS, signal: this.#stopping.signal })
    this.#goOn()
    const name = `OneTape ${this.#options.mode.toUpperCase()}`
    if (well) this.#say(`${name} is running at ${address}`)
    else this.#say(`${name} is at ${address}, but not well yet: ${address}/api/health says why`)
    this.#isReported = true
    if (this.#operatorLine !== null) this.#say(this.#operatorLine)
  }

  /** Ends a start that somebody has asked to stop meanwhile. */
  #goOn(): void {
    this.#stopping.signal.throwIfAborted()
  }

  get isStopping(): boolean {
    return this.#stopping.signal.aborted
  }

  async stop(): Promise<void> {
    if (this.isStopping) return
    this.#stopping.abort()
    this.#instance?.announceEnd()
    await Promise.all(this.#apps.map((app) => app.stop(CHILD_STOP)))
    await this.#simulator?.stop(SIMULATOR_STOP)
    await this.#stack.disposeAsync()
    this.#instance?.end()
  }

  kill(): void {
    for (const app of [...this.#apps, this.#simulator]) app?.kill()
  }

  #log(name: string): LogFile {
    return new LogFile(join(logFolder(this.#options.stateDir), `${name}.log`))
  }

  #step(what: string, how: string): void {
    this.#say(`  ${what.padEnd(10)}${how}`)
  }
}
