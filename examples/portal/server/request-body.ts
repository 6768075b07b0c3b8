/** The most that the portal reads of any request. */
const maximumBytes = 1024

/** Reads the body as text; nothing comes back when it is too large, and then the rest is not read. */
export async function readSmallBody(request: Request): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > maximumBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
