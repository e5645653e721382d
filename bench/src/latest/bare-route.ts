// The control of the latest benchmark, a process of its own: Fastify without a plugin or a hook, and one route that
// returns bytes that were made beforehand.
import type { AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import { obey } from '../sweep/bench-child.ts'

let bodies: Buffer[] = []
let served = 0

const server = fastify()
server.get('/api/quotes', (_request, reply) =>
  reply.type('application/json; charset=utf-8').send(bodies[served++ % bodies.length]),
)
await server.listen({ host: '127.0.0.1', port: 0 })
obey({
  bodies: ({ texts }: { texts: string[] }) => {
    bodies = texts.map((text) => Buffer.from(text))
    return bodies.length
  },
})
process.send!({ type: 'ready', port: (server.server.address() as AddressInfo).port })
