// A vendor for tests: a real HTTP server on loopback whose answers a test writes down.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TestAnswer {
  status?: number
  headers?: Record<string, string | string[]>
  /** Sent as it is when text, as JSON otherwise. */
  body?: unknown
}

export interface SeenRequest {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
}

export interface TestVendor extends AsyncDisposable {
  url: string
  /** Every request so far, in order. */
  seen: SeenRequest[]
}

/** @param answer `'hang'` never answers, `'drop'` closes the socket without a word. */
export async function testVendor(
  answer: (request: SeenRequest, index: number) => TestAnswer | 'hang' | 'drop',
): Promise<TestVendor> {
  const seen: SeenRequest[] = []
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const url = new URL(req.url ?? '/', 'http://vendor')
    const request = {
      method: req.method ?? 'GET',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: req.headers,
      body: Buffer.concat(chunks).toString(),
    }
    seen.push(request)
    const said = answer(request, seen.length - 1)
    if (said === 'hang') return
    if (said === 'drop') {
      req.socket.destroy()
      return
    }
    const { status = 200, headers = {}, body = '' } = said
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    res.writeHead(status, { 'content-type': 'application/json', ...headers })
    res.end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Microseconds of an ISO instant, for expectations that people can read. */
export const at = (iso: string): number => Date.parse(iso) * 1000

/** A market clock that stands still. */
export const clockAt = (iso: string) => ({ now: () => at(iso) })
