import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { LogFile } from './log-file.ts'
import { Supervisor } from './supervisor.ts'

const script = join(import.meta.dirname, 'fixtures', 'stub-app.ts')
const dir = mkdtempSync(join(tmpdir(), 'onetape-supervisor-'))
const STOP = { kindMs: 300, termMs: 300 }

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function until(what: string, look: () => boolean): Promise<void> {
  const end = Date.now() + 10_000
  while (!look()) {
    if (Date.now() > end) throw new Error(`waited in vain for: ${what}`)
    await delay(20)
  }
}

describe('Supervisor', () => {
  const said: string[] = []
  const ready: Record<string, unknown>[] = []
  let app: Supervisor
  let given = 0

  function supervise(behaviour: string): Supervisor {
    said.length = 0
    ready.length = 0
    const env = (): Record<string, string> => ({ ONETAPE_STUB: behaviour, ONETAPE_GIVEN: String(++given) })
    app = new Supervisor(
      { name: 'stub', script, env },
      {
        log: new LogFile(join(dir, `${behaviour}.log`)),
        say: (line) => said.push(line),
        onReady: (message) => ready.push(message),
        backOffMs: [10, 20],
      },
    )
    return app
  }
  afterEach(async () => {
    await app.stop(STOP)
  })

  it('starts a killed process again, however often, with the settings of that moment', async () => {
    await supervise('good').start()
    for (const times of [2, 3, 4]) {
      process.kill(app.pid!, 'SIGKILL')
      await until('the next start', () => ready.length === times)
    }
    expect(new Set(ready.map((message) => message.given)).size).toBe(4)
    expect(said).toEqual(Array(3).fill('stub ended (SIGKILL); it is started again'))
  })

  it('gives up on one that never comes up, and says its last words without a stack', async () => {
    await expect(supervise('fails').start()).rejects.toThrow(/^stub does not start \(no such table\); see /)
  })

  it('lets a process end by itself when it is asked to', async () => {
    await supervise('good').start()
    const pid = app.pid!
    await app.stop({ kindMs: 10_000, termMs: 10_000 })
    expect(isThere(pid)).toBe(false)
    expect(readFileSync(join(dir, 'good.log'), 'utf8')).toContain('saw shutdown')
    expect(said).toEqual([])
  })

  it('kills one that hears nothing', async () => {
    await supervise('deaf').start()
    const pid = app.pid!
    await app.stop(STOP)
    expect(isThere(pid)).toBe(false)
  })

  it('passes messages on', async () => {
    await supervise('good').start()
    app.send({ type: 'clock', shiftUs: 42 })
    await until('an answer', () => ready.length === 2)
    expect(ready[1]?.clock).toEqual({ type: 'clock', shiftUs: 42 })
  })

  it('leaves nothing behind when the launcher itself is killed', async () => {
    supervise('good')
    const launcher = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'stub-launcher.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface({ input: launcher.stdout }), 'line')) as [string]
    const pids = JSON.parse(line) as number[]
    expect(pids.map(isThere)).toEqual([true, true])
    launcher.kill('SIGKILL')
    await until('the apps to end', () => !pids.some(isThere))
    rmSync(join(tmpdir(), `onetape-stub-${launcher.pid}`), { recursive: true, force: true })
  })
})
