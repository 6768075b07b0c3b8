import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A port on which nothing listens, for what must know its port before it listens.
 *
 * It lies below those that systems give out by themselves, to servers that ask for any port and to every
 * outgoing connection: one of those is taken by somebody else while we are not looking.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 15_000)
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    await once(server.close(), 'close')
    return port
  }
}
