/**
 * Passes chunks on until there are more bytes than allowed. Ending the loop closes the source.
 *
 * @param maxBytes how many bytes may come; one more is an error
 * @param tooLarge makes the error
 */
export async function* limitBytes(
  source: AsyncIterable<Uint8Array | string>,
  maxBytes: number,
  tooLarge: () => Error,
): AsyncGenerator<Uint8Array> {
  let length = 0
  for await (const chunk of source) {
    const bytes = typeof chunk === 'string' ? encoder.encode(chunk) : chunk
    length += bytes.length
    if (length > maxBytes) throw tooLarge()
    yield bytes
  }
}

/** Reads a source to its end, within the limit. */
export async function readBytes(
  source: AsyncIterable<Uint8Array | string>,
  maxBytes: number,
  tooLarge: () => Error,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of limitBytes(source, maxBytes, tooLarge)) {
    chunks.push(chunk)
    length += chunk.length
  }
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

const encoder = new TextEncoder()
