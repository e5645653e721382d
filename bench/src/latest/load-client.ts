// Asks as fast as it is answered, over a few connections that stay open. Plain sockets: the client must not be what is
// measured. Every answer is read to its last byte, and must be a 200 with the length that it says.
import { connect, type Socket } from 'node:net'
import { obey } from '../sweep/bench-child.ts'

interface Load {
  port: number
  paths: string[]
  connections: number
  durationMs: number
}

export interface Loaded {
  answers: number
  bytes: number
  seconds: number
}

const HEAD_END = Buffer.from('\r\n\r\n')

async function load({ port, paths, connections, durationMs }: Load): Promise<Loaded> {
  const requests = paths.map((path) =>
    Buffer.from(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n`,
    ),
  )
  const total = { answers: 0, bytes: 0 }
  let next = 0
  const startedAt = performance.now()
  const ask = async () => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    while (performance.now() - startedAt < durationMs) {
      total.bytes += await answerTo(socket, requests[next++ % requests.length]!)
      total.answers++
    }
    socket.destroy()
  }
  await Promise.all(Array.from({ length: connections }, ask))
  return { ...total, seconds: (performance.now() - startedAt) / 1000 }
}

/** @returns bytes of the body. */
function answerTo(socket: Socket, request: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    let head: Buffer | null = null
    let left = -1
    let length = 0
    const end = (error?: Error) => {
      socket.off('data', onData).off('error', end).off('close', onClose)
      if (error) reject(error)
      else resolve(length)
    }
    const onClose = () => end(new Error('the connection was closed'))
    const onData = (chunk: Buffer) => {
      if (left < 0) {
        head = head ? Buffer.concat([head, chunk]) : chunk
        const at = head.indexOf(HEAD_END)
        if (at < 0) return
        const text = head.toString('latin1', 0, at)
        length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN)
        if (!text.startsWith('HTTP/1.1 200') || Number.isNaN(length)) return end(new Error(text))
        left = length - (head.length - at - HEAD_END.length)
      } else left -= chunk.length
      if (left === 0) end()
      else if (left < 0) end(new Error('more came than was said'))
    }
    socket.on('data', onData).on('error', end).on('close', onClose)
    socket.write(request)
  })
}

obey({ load })
process.send!({ type: 'ready' })
