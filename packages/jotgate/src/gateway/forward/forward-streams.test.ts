// Long bodies both ways: what is held in memory, who waits for whom, and what is left behind.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type ForwardStage, startForwardStage } from './forward-stage.fixture.ts'

const closing: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function stageWith(listener: RequestListener): Promise<ForwardStage> {
  const server = createServer(listener)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  const { port } = server.address() as AddressInfo
  const stage = await startForwardStage(`http://127.0.0.1:${port}`)
  closing.push(() => stage.close())
  return stage
}

const megabyte = randomBytes(1_048_576)
/** So many that what is kept of them shows, whatever else is in memory. */
const many = 256
/** So many that they do not fit into buffers. */
const some = 64

async function* megabytes(count: number) {
  for (let at = 0; at < count; at++) yield megabyte
}

async function hashOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of stream) hash.update(chunk)
  return hash.digest('hex')
}

/** How much more memory this process has than at the beginning, at most. */
async function growthDuring(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage.rss()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 5)
  await work()
  clearInterval(timer)
  return (most - before) / 1_048_576
}

describe('long bodies', () => {
  it('G-R8 stream down without being kept', async () => {
    const stage = await stageWith(async (_, response) => {
      response.writeHead(200, { 'content-length': many * megabyte.length })
      for await (const piece of megabytes(many))
        if (!response.write(piece)) await once(response, 'drain')
      response.end()
    })
    const growth = await growthDuring(async () => {
      expect(await hashOf(await stage.open('/', { as: 'ada' }))).toBe(await hashOf(megabytes(many)))
    })
    expect(growth).toBeLessThan(150)
  })

  it('G-R8 stream up without being kept', async () => {
    const stage = await stageWith(async (request, response) => {
      response.end(await hashOf(request))
    })
    const growth = await growthDuring(async () => {
      const { text } = await stage.ask('/', {
        as: 'ada',
        method: 'POST',
        onRequest: async (request) => {
          for await (const piece of megabytes(many))
            if (!request.write(piece)) await once(request, 'drain')
          request.end()
        },
      })
      expect(text).toBe(await hashOf(megabytes(many)))
    })
    expect(growth).toBeLessThan(150)
  })

  it('G-R8 come no faster from Qlik than the client takes them', async () => {
    let written = 0
    let isStalled = false
    const stage = await stageWith(async (_, response) => {
      for await (const piece of megabytes(some)) {
        written++
        if (response.write(piece)) continue
        const stalls = setTimeout(() => {
          isStalled = true
        }, 300)
        await once(response, 'drain')
        clearTimeout(stalls)
      }
      response.end()
    })
    const answer = await stage.open('/', { as: 'ada' })
    await expect.poll(() => isStalled).toBe(true)
    // What is on its way: buffers of the system and of the streams, not the body.
    expect(written).toBeLessThan(some / 2)
    expect(await hashOf(answer)).toBe(await hashOf(megabytes(some)))
  })

  it('G-R8 come no faster from the client than Qlik takes them', async () => {
    const { promise: mayRead, resolve: read } = Promise.withResolvers<void>()
    const stage = await stageWith(async (request, response) => {
      await mayRead
      response.end(await hashOf(request))
    })
    let written = 0
    const answer = stage.ask('/', {
      as: 'ada',
      method: 'POST',
      onRequest: async (request) => {
        for await (const piece of megabytes(some)) {
          written++
          if (request.write(piece)) continue
          const stalls = setTimeout(read, 300)
          await once(request, 'drain')
          clearTimeout(stalls)
        }
        request.end()
      },
    })
    await mayRead
    expect(written).toBeLessThan(some / 2)
    expect((await answer).text).toBe(await hashOf(megabytes(some)))
  })

  it('are not read on when Qlik answers before their end', async () => {
    const stage = await stageWith((_, response) => {
      response.writeHead(413, { connection: 'close' }).end('too large')
    })
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const answer = await stage.open('/', {
      as: 'ada',
      method: 'POST',
      onRequest: (request) => {
        request.on('error', () => undefined).on('close', resolve)
        request.write(megabyte.subarray(0, 1000))
      },
    })
    expect(answer.statusCode).toBe(413)
    expect(answer.headers.connection).toBe('close')
    answer.resume()
    await closed
  })
})

describe('clients that go away', () => {
  it('leave nothing behind, whenever they go', async () => {
    const stage = await stageWith(async (request, response) => {
      request.resume()
      const delay = Number(request.url?.slice(1))
      await new Promise((later) => setTimeout(later, delay % 5))
      response.writeHead(200)
      for (let at = 0; at < delay && !response.destroyed; at++) {
        response.write(megabyte.subarray(0, 10_000))
        await new Promise(setImmediate)
      }
      response.end()
    })
    const rounds = Array.from({ length: 200 }, (_, at) => at)
    await Promise.all(
      rounds.map(async (round) => {
        const delay = (round * 31) % 17
        const leaves = new Promise((later) => setTimeout(later, (round * 7) % 23))
        await stage
          .ask(`/${delay}`, {
            as: `user-${round % 20}`,
            method: round % 3 === 0 ? 'POST' : 'GET',
            onRequest: (request) => {
              request.write('x')
              if (round % 2 === 0) request.end()
              void leaves.then(() => request.destroy())
            },
          })
          .catch(() => undefined)
      }),
    )
    for (const name of new Set(rounds.map((round) => `user-${round % 20}`)))
      expect(await stage.ask('/1', { as: name })).toMatchObject({ status: 200, isWhole: true })
    expect(stage.forwarder.connections).toBeLessThanOrEqual(120)
    expect(stage.errors.map(String).filter((error) => !error.includes('No connection'))).toEqual([])
  })
})
