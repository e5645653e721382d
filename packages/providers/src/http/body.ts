/** Thrown when a body grows past the cap; whatever was read is thrown away. */
export class BodyTooLarge extends Error {}

/** The body as text, refused past `bytesMax` while it is still arriving: a vendor's mistake must not fill memory. */
export async function readText(response: Response, bytesMax: number): Promise<string> {
  if (Number(response.headers.get('content-length') ?? 0) > bytesMax) {
    await response.body?.cancel()
    throw new BodyTooLarge()
  }
  if (!response.body) return ''
  const decoder = new TextDecoder()
  const parts: string[] = []
  let bytes = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) throw new BodyTooLarge()
    parts.push(decoder.decode(chunk, { stream: true }))
  }
  return parts.join('') + decoder.decode()
}
