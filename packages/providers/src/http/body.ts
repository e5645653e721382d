/** Thrown when a body grows past the cap; whatever was read is thrown away. */
export class BodyTooLarge extends Error {}

/** Takes a body while it arrives. The bytes are lent for the call. */
export interface BodySink {
  push(bytes: Uint8Array): void
}

/** The body as text, refused past `bytesMax` while it is still arriving: a vendor's mistake must not fill memory. */
export async function readText(response: Response, bytesMax: number): Promise<string> {
  const decoder = new TextDecoder()
  const parts: string[] = []
  await readInto(response, bytesMax, {
    push: (bytes) => void parts.push(decoder.decode(bytes, { stream: true })),
  })
  return parts.join('') + decoder.decode()
}

/** The same, piece by piece. */
export async function readInto(response: Response, bytesMax: number, sink: BodySink): Promise<void> {
  if (Number(response.headers.get('content-length') ?? 0) > bytesMax) {
    await response.body?.cancel()
    throw new BodyTooLarge()
  }
  if (!response.body) return
  let bytes = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) throw new BodyTooLarge()
    sink.push(chunk)
  }
}
