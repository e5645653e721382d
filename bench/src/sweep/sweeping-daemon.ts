// The daemon of the sweep benchmark: the real one, told when to sweep. When the last byte of a body is there is seen
// where it leaves the socket, in Node's own HTTP client.
import { subscribe } from 'node:diagnostics_channel'
import { composeDaemon } from '@onetape/daemon/src/compose.ts'
import { start } from '@onetape/daemon/src/daemon.ts'
import { readEnv } from '@onetape/daemon/src/env.ts'
import { createLog } from '@onetape/daemon/src/log.ts'
import { machineMs, obey } from './bench-child.ts'

let bodyAtMs = 0
subscribe('undici:request:trailers', (told) => {
  const { request } = told as { request: { path: string } }
  if (request.path.includes('/v2/snapshot/locale/us')) bodyAtMs = machineMs()
})

const env = readEnv()
const deps = await composeDaemon(env, createLog('daemon', env))
const daemon = await start({ ...deps, fill: null, streams: false })

obey({
  async sweep() {
    await daemon.sweeper.sweepAll('equity')
    return { bodyAtMs }
  },
})
process.send!({ type: 'ready' })
