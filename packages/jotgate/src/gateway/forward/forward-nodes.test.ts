import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { gatewayErrors } from '../errors.ts'
import { createUpstreamNodes } from '../nodes/upstream-nodes.ts'
import {
  type RawUpstream,
  startForwardStage,
  startRawUpstream,
  upstreamOf,
} from './forward-stage.fixture.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

type Answer = (head: string, socket: Socket) => void

const ok = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const answering =
  (body: string): Answer =>
  (_, socket) =>
    void socket.write(ok(body))
const reset: Answer = (_, socket) => void socket.resetAndDestroy()

/**
 * A forwarder in front of nodes; ada's session is at the first, and goes to the next that is not gone. A node that a
 * test names as away does not answer when it is asked.
 */
async function stageOf(...answers: Answer[]) {
  const nodes: RawUpstream[] = []
  for (const answer of answers) {
    const node = await startRawUpstream(answer)
    closing.push(() => node.close())
    nodes.push(node)
  }
  const urls = nodes.map(({ url }) => url)
  const away = new Set<string>()
  const asked: string[] = []
  const upstreamNodes = createUpstreamNodes({
    urls,
    clock: () => 0,
    async ask(url) {
      asked.push(url)
      if (away.has(url)) throw new Error('away')
    },
  })
  const stage = await startForwardStage(urls[0] ?? '', {
    nodes: upstreamNodes,
    renew(person, decide) {
      const node = urls.find((url) => !upstreamNodes.isGone(url)) ?? ''
      person.upstream = upstreamOf(`ada at ${node}`, person.jar, node)
      return decide()
    },
  })
  closing.push(() => stage.close())
  return { ...stage, nodes, urls, away, asked, upstreamNodes }
}

const requestsAt = ({ received }: RawUpstream) => received.join('').match(/^\w+ \/\S*/gm) ?? []
const problemOf = ({
  status,
  headers,
  text,
}: {
  status: number
  headers: object
  text: string
}) => ({
  status,
  retryAfter: (headers as Record<string, unknown>)['retry-after'],
  code: (JSON.parse(text) as { code: string }).code,
})
const refused = { status: 503, retryAfter: '1', code: 'ERR_GATEWAY_NODE_GONE' }

describe('G-F4 a node that is gone before it has answered', () => {
  it.each(['GET', 'HEAD'])('has its %s sent once more, to another', async (method) => {
    const stage = await stageOf(reset, answering('b'))
    stage.away.add(String(stage.urls[0]))
    const answer = await stage.ask('/a?x=1', { as: 'ada', method })
    expect([answer.status, answer.text]).toEqual([200, method === 'GET' ? 'b' : ''])
    expect(stage.nodes.map(requestsAt)).toEqual([[`${method} /a?x=1`], [`${method} /a?x=1`]])
    // As the session that is there, and of no connection of the one before.
    expect(stage.nodes[1]?.received[0]).toContain(`session=ada at ${stage.urls[1]}`)
  })

  it.each([
    ['POST', 'x'],
    ['POST', ''],
    ['PUT', 'x'],
    ['DELETE', ''],
  ])('has its %s with the body “%s” answered with 503', async (method, body) => {
    const stage = await stageOf(reset, answering('b'))
    stage.away.add(String(stage.urls[0]))
    const headers = body === '' ? {} : { 'content-length': String(body.length) }
    const answer = await stage.ask('/', { as: 'ada', method, body, headers })
    expect(problemOf(answer)).toEqual(refused)
    expect(answer.headers.vary).toBe('Origin')
    expect(stage.nodes.map((node) => requestsAt(node).length)).toEqual([1, 0])
  })

  it('has nothing sent a third time', async () => {
    const stage = await stageOf(reset, reset, answering('c'))
    for (const url of stage.urls.slice(0, 2)) stage.away.add(url)
    expect(problemOf(await stage.ask('/', { as: 'ada' }))).toEqual(refused)
    expect(stage.nodes.map((node) => requestsAt(node).length)).toEqual([1, 1, 0])
  })

  it('breaks off an answer that has begun, and it is not sent again', async () => {
    const stage = await stageOf(
      (_, socket) =>
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf', () => socket.destroy()),
      answering('b'),
    )
    stage.away.add(String(stage.urls[0]))
    const answer = await stage.ask('/', { as: 'ada' })
    expect(answer).toMatchObject({ status: 200, text: 'half', isWhole: false })
    expect(requestsAt(stage.nodes[1] as RawUpstream)).toEqual([])
  })

  it('stops what waits for it, when it is silent and found gone by another call', async () => {
    const { promise: came, resolve } = Promise.withResolvers<void>()
    let waiting = 0
    const stage = await stageOf(() => {
      waiting += 1
      if (waiting === 2) resolve()
    }, answering('b'))
    const [a = ''] = stage.urls
    const asked = [
      stage.ask('/', { as: 'ada' }),
      stage.ask('/', { as: 'ada', method: 'POST', body: 'x', headers: { 'content-length': '1' } }),
    ] as const
    await came
    stage.away.add(a)
    const cut = gatewayErrors.ERR_GATEWAY_QLIK_UNREACHABLE({ reason: 'the connection was cut' })
    expect(await stage.upstreamNodes.suspect(a, cut)).toBe(true)
    expect((await asked[0]).text).toBe('b')
    expect(problemOf(await asked[1])).toEqual(refused)
  })
})

describe('G-F4 a request that Qlik answers by closing the connection', () => {
  it('brings no node down, however often it comes', async () => {
    const stage = await stageOf((head, socket) => {
      if (head.startsWith('GET /poison')) socket.resetAndDestroy()
      else socket.write(ok('a'))
    }, answering('b'))
    for (let time = 0; time < 20; time += 1) {
      const { status, code } = problemOf(await stage.ask('/poison', { as: 'eve' }))
      expect([status, code]).toEqual([502, 'ERR_GATEWAY_QLIK_UNREACHABLE'])
      expect((await stage.ask('/', { as: 'ada' })).text).toBe('a')
    }
    // The node was asked each time, by the gateway's own request.
    expect(new Set(stage.asked)).toEqual(new Set([stage.urls[0]]))
    expect(stage.upstreamNodes.health().map(({ isUp }) => isUp)).toEqual([true, true])
    expect(requestsAt(stage.nodes[1] as RawUpstream)).toEqual([])
  })
})

describe('what needs no session', () => {
  it('comes from one node after the other, and from another one when a node is gone', async () => {
    const stage = await stageOf(answering('a'), answering('b'), reset)
    const texts = []
    for (let time = 0; time < 4; time += 1) {
      stage.away.add(String(stage.urls[2]))
      texts.push((await stage.ask('/x.js')).text)
    }
    expect(new Set(texts)).toEqual(new Set(['a', 'b']))
    expect(requestsAt(stage.nodes[2] as RawUpstream)).toHaveLength(1)
  })
})

it('asks each node by its own name', async () => {
  const stage = await stageOf(reset, answering('b'))
  stage.away.add(String(stage.urls[0]))
  await stage.ask('/', { as: 'ada' })
  stage.urls.forEach((url, at) => {
    expect(stage.nodes[at]?.received[0]).toMatch(
      new RegExp(`\\r\\nhost: ${new URL(url).host}\\r\\n`, 'i'),
    )
  })
})
