import { fstat, type Stats, write } from 'node:fs'

/** Where text goes: a descriptor of this process, and the stream that Node makes for it when it is asked. */
export interface Outlet {
  readonly descriptor: number
  readonly stream: () => NodeJS.WritableStream
}

/**
 * Writes to a file or pipe without the stream, whose making takes Node as long as signing a token.
 * Terminals, and whatever else there is, get the stream, and so does a pipe that cannot take all at once.
 *
 * @throws what the system says: EPIPE when nobody reads any more
 */
export async function writeOut(outlet: Outlet, text: string | Uint8Array): Promise<void> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  const written = (await isPlain(outlet.descriptor)) ? await writeAll(outlet, bytes) : 0
  if (written < bytes.length) await writeToStream(outlet.stream(), bytes.subarray(written))
}

/** On Windows pipes may wait for their reader in a way that only the stream knows. */
async function isPlain(descriptor: number): Promise<boolean> {
  if (process.platform === 'win32') return false
  const stats = await new Promise<Stats | undefined>((resolve) =>
    fstat(descriptor, (error, found) => resolve(error ? undefined : found)),
  )
  return stats !== undefined && (stats.isFile() || stats.isFIFO() || stats.isSocket())
}

/** @returns how many bytes went; fewer than there are when a pipe is full that does not wait */
async function writeAll({ descriptor }: Outlet, bytes: Uint8Array): Promise<number> {
  let done = 0
  while (done < bytes.length) {
    const went = await new Promise<number>((resolve, reject) =>
      write(descriptor, bytes, done, bytes.length - done, null, (error, count) => {
        if (error === null) resolve(count)
        else if (error.code === 'EAGAIN') resolve(0)
        else reject(error)
      }),
    )
    if (went === 0) break
    done += went
  }
  return done
}

function writeToStream(stream: NodeJS.WritableStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()))
  })
}
