// The bytes of tRPC's event stream, as its own producer writes them, for a producer that serialises a row once for
// all who read it: https://github.com/trpc/trpc/blob/main/packages/server/src/unstable-core-do-not-import/stream/sse.ts

/** As tRPC's, but for keep-alive: the end of the stream is the end of the connection, so there is nothing to frame. */
export const SSE_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  connection: 'close',
} as const

const END = '\n\n\n'

export const connectedEvent = (client: { reconnectAfterInactivityMs: number }): string =>
  `event: connected\ndata: ${JSON.stringify(client)}${END}`

export const PING_EVENT = `event: ping\ndata: ${END}`

export const errorEvent = (shape: unknown): string =>
  `event: serialized-error\ndata: ${JSON.stringify(shape)}${END}`

/** What stands before and after the rows of a `QuoteDelta`. */
export const DELTA_BEGIN = 'data: {"rows":['
export const deltaEnd = (id: string, full: boolean): string => `],"full":${full}}\nid: ${id}${END}`
