import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('./main.ts', import.meta.url))
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

function start(env: Record<string, string> = {}): ChildProcess {
  const child = fork(script, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  children.push(child)
  return child
}

async function ready(child: ChildProcess): Promise<string> {
  const [message] = (await once(child, 'message')) as [{ type: string; port: number }]
  expect(message.type).toBe('ready')
  return `http://127.0.0.1:${message.port}`
}

const health = async (url: string) =>
  (await (await fetch(`${url}/_simulator/health`)).json()) as { status: string; time: string }
const text = (child: ChildProcess) =>
  new Promise<string>((done) => {
    let all = ''
    child.stderr!.on('data', (chunk) => {
      all += chunk
    })
    child.stderr!.on('end', () => done(all.trim()))
  })

describe('the simulator process', () => {
  it('reports ready, follows the clock, plays faults and shuts down when told', async () => {
    const shiftUs = 365 * 86_400_000_000
    const child = start({ SIM_SHIFT_US: String(shiftUs) })
    const url = await ready(child)
    const shifted = Date.parse((await health(url)).time) - Date.now()
    expect(Math.abs(shifted - shiftUs / 1000)).toBeLessThan(60_000)
    child.send({ type: 'fault', vendor: 'coinbase', kind: 'server_error' })
    child.send({ type: 'clock', shiftUs: 2 * shiftUs })
    // Messages are obeyed in order: once the clock has moved, the fault stands.
    while (Math.abs(Date.parse((await health(url)).time) - Date.now() - (2 * shiftUs) / 1000) > 60_000);
    expect((await fetch(`${url}/coinbase/api/v3/brokerage/market/products`)).status).toBe(500)
    const exit = once(child, 'exit')
    child.send({ type: 'shutdown' })
    expect((await exit)[0]).toBe(0)
  })

  it('ends with its launcher', async () => {
    const child = start()
    await ready(child)
    const exit = once(child, 'exit')
    child.disconnect()
    expect((await exit)[0]).toBe(0)
  })

  it('says in one line what is wrong', async () => {
    const wrong = start({ SIM_PORT: 'eighty' })
    const said = text(wrong)
    const [code] = await once(wrong, 'exit')
    expect([code, await said]).toEqual([1, 'the simulator cannot start: SIM_PORT: must be a whole number'])
    const first = start()
    const port = new URL(await ready(first)).port
    const second = start({ SIM_PORT: port })
    const busy = text(second)
    expect((await once(second, 'exit'))[0]).toBe(1)
    expect(await busy).toBe('the simulator cannot start: the port is taken, set SIM_PORT to another or to 0')
  })
})
