import { fstatSync, writeSync } from 'node:fs'

/** Where text goes: a descriptor of this process, and the stream that Node makes for it when it is asked. */
export interface Outlet {
  readonly descriptor: number
  readonly stream: () => NodeJS.WritableStream
}

/**
 * Writes to a file or pipe without the stream, whose making takes Node as long as signing a token, and
 * at once, as that stream does too. Terminals, and whatever else there is, get the stream, and so does a
 * pipe that cannot take all.
 *
 * @throws what the system says: EPIPE when nobody reads any more
 */
export async function writeOut(outlet: Outlet, text: string | Uint8Array): Promise<void> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  const written = isPlain(outlet.descriptor) ? writeAll(outlet, bytes) : 0
  if (written < bytes.length) await writeToStream(outlet.stream(), bytes.subarray(written))
}

/** On Windows pipes may wait for their reader in a way that only the stream knows. */
function isPlain(descriptor: number): boolean {
  if (process.platform === 'win32') return false
  try {
    const stats = fstatSync(descriptor)
    return stats.isFile() || stats.isFIFO() || stats.isSocket()
  } catch {
    return false
  }
}

/** @returns how many bytes went; fewer than there are when a pipe is full that does not wait */
function writeAll({ descriptor }: Outlet, bytes: Uint8Array): number {
  let done = 0
  try {
    while (done < bytes.length) done += writeSync(descriptor, bytes, done)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
  }
  return done
}

function writeToStream(stream: NodeJS.WritableStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()))
  })
}
