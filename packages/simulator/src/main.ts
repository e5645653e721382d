// The simulator as a process. Started with an IPC channel it reports {type:'ready', port, endpoints}, obeys
// {type:'clock'}, {type:'fault'}, {type:'quota'}, {type:'forward_wall'} and {type:'shutdown'}, and ends when the channel does: no simulator outlives its launcher.
import { z } from 'zod'
import { readEnv } from './env.ts'
import { faultSchema } from './faults.ts'
import { type Simulator, startSimulator } from './index.ts'
import { quotaOverrideSchema } from './quotas.ts'

const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('clock'), shiftUs: z.number().int() }),
  faultSchema.extend({ type: z.literal('fault') }),
  z.object({ type: z.literal('clear_faults') }),
  quotaOverrideSchema.extend({ type: z.literal('quota') }),
  z.object({ type: z.literal('clear_quotas') }),
  z.object({ type: z.literal('forward_wall'), ms: z.number().nonnegative() }),
  z.object({ type: z.literal('shutdown') }),
])

async function main(): Promise<void> {
  const env = readEnv()
  const simulator = await startSimulator({
    port: env.SIM_PORT,
    tcpPort: env.SIM_TCP_PORT,
    shiftUs: env.SIM_SHIFT_US,
    seed: env.SIM_SEED,
    warm: true,
  })
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    void simulator.close().finally(() => process.exit(0))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('disconnect', stop)
  process.on('message', (message) => obey(simulator, message, stop))
  if (process.send) process.send({ type: 'ready', port: simulator.port, endpoints: simulator.endpoints })
  else console.log(`simulated vendors at ${simulator.url}`)
}

function obey(simulator: Simulator, message: unknown, stop: () => void): void {
  const parsed = messageSchema.safeParse(message)
  if (!parsed.success) {
    console.error(`a message was not understood: ${parsed.error.issues[0]!.message}`)
    return
  }
  const order = parsed.data
  if (order.type === 'clock') simulator.setShift(order.shiftUs)
  else if (order.type === 'clear_faults') simulator.faults.clear()
  else if (order.type === 'quota') simulator.quotas.override(order)
  else if (order.type === 'clear_quotas') simulator.quotas.clear()
  else if (order.type === 'forward_wall') simulator.forwardWall(order.ms)
  else if (order.type === 'shutdown') stop()
  else simulator.faults.add(order)
}

main().catch((error: NodeJS.ErrnoException) => {
  const port = error.code === 'EADDRINUSE' ? ': the port is taken, set SIM_PORT to another or to 0' : ''
  console.error(`the simulator cannot start${port || `: ${error.message}`}`)
  process.exitCode = 1
  process.disconnect?.()
})
