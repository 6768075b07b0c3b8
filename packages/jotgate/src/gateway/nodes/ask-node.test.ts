import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createTransport, productFor } from '../../qlik/index.ts'
import { createFetchAlone } from '../session/fetch-alone.ts'
import { createAskNode } from './ask-node.ts'

const deployment = {
  product: 'client-managed',
  url: 'https://sense.acme.example',
  prefix: 'jwt',
} as const

/** A node that answers with a status, closes the connection, or is silent. */
async function startNode(answer: number | 'cut' | 'silent') {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    if (answer === 'cut') request.socket.destroy()
    else if (answer !== 'silent') response.writeHead(answer, { location: '/elsewhere' }).end('x')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  onTestFinished(close)
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, requests, close }
}

/** @param timeoutMs is not reached, except where a test waits for it */
async function createAsk(timeoutMs = 60_000) {
  const transport = await createTransport({})
  onTestFinished(() => transport.close())
  const product = productFor(deployment)
  const fetch = createFetchAlone(transport)
  return createAskNode({ deployment, product, fetch, timeoutMs })
}

it('takes every answer of a node, below the prefix and without a credential', async () => {
  const ask = await createAsk()
  for (const status of [200, 302, 401, 403, 404, 500]) {
    const { url, requests } = await startNode(status)
    await expect(ask(url)).resolves.toBeUndefined()
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /jwt/qps/user'])
    expect(Object.keys(requests[0]?.headers ?? {})).not.toContain('cookie')
    expect(Object.keys(requests[0]?.headers ?? {})).not.toContain('authorization')
  }
})

it.each([502, 503, 504, 'cut'] as const)('is refused by %s', async (answer) => {
  const { url, requests } = await startNode(answer)
  const ask = await createAsk()
  await expect(ask(url)).rejects.toThrow()
  expect(requests).toHaveLength(1)
})

it('is refused where nothing listens', async () => {
  const { url, close } = await startNode(200)
  await close()
  const ask = await createAsk()
  await expect(ask(url)).rejects.toThrow()
})

it('is refused by a node that is silent for too long', async () => {
  const { url } = await startNode('silent')
  const ask = await createAsk(20)
  await expect(ask(url)).rejects.toThrow('timeout')
})
