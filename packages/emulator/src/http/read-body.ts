import type { IncomingMessage } from 'node:http'

/** How much of a body the emulator takes. */
export const maximumBodyBytes = 256 * 1024

/** What came of reading a body as JSON. */
export type BodyReading = { readonly value: unknown } | { readonly flaw: 'too large' | 'not JSON' }

async function readBytes(
  request: IncomingMessage,
  maximumBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  // Leaving the loop must not destroy the request: the answer goes out on its connection.
  const read: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false })
  for await (const chunk of read) {
    bytes += chunk.length
    if (bytes > maximumBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Reads the body of a request as text; undefined when it is too large or no UTF-8. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const bytes = await readBytes(request, maximumBodyBytes)
  try {
    return bytes && new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Reads the JSON body of a request and stops at the limit, whatever its Content-Length says. */
export async function readJson(
  request: IncomingMessage,
  maximumBytes: number = maximumBodyBytes,
): Promise<BodyReading> {
  const bytes = await readBytes(request, maximumBytes)
  if (bytes === undefined) return { flaw: 'too large' }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { value: JSON.parse(text) }
  } catch {
    return { flaw: 'not JSON' }
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
