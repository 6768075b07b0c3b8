import type { IncomingMessage } from 'node:http'

/** How much of a body the emulator takes. */
export const maximumBodyBytes = 256 * 1024

/** What came of reading a body as JSON. */
export type BodyReading = { readonly value: unknown } | { readonly flaw: 'too large' | 'not JSON' }

/** Reads the JSON body of a request and stops at the limit, whatever its Content-Length says. */
export async function readJson(request: IncomingMessage): Promise<BodyReading> {
  const chunks: Buffer[] = []
  let bytes = 0
  // Leaving the loop must not destroy the request: the answer goes out on its connection.
  const read: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false })
  for await (const chunk of read) {
    bytes += chunk.length
    if (bytes > maximumBodyBytes) return { flaw: 'too large' }
    chunks.push(chunk)
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
    return { value: JSON.parse(text) }
  } catch {
    return { flaw: 'not JSON' }
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
