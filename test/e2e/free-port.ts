import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

// Of the 5,000 that are used, each worker of vitest has 250 of its own: what one has found is not free for another one
// to find, although nothing listens there yet.
const perWorker = 250
const first = 10_000 + (Number(process.env.VITEST_POOL_ID ?? 0) % 20) * perWorker
const found = new Set<number>()

/**
 * A port on which nothing listens, for what must know its port before it listens.
 *
 * It lies below those that systems give out by themselves, to servers that ask for any port and to every
 * outgoing connection: one of those is taken by somebody else while we are not looking.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, first + perWorker)
    if (found.has(port)) continue
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    await once(server.close(), 'close')
    found.add(port)
    return port
  }
}
