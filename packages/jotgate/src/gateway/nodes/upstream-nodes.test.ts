import { describe, expect, it } from 'vitest'
import { gatewayErrors } from '../errors.ts'
import { createUpstreamNodes, type NodePlace } from './upstream-nodes.ts'

const [a, b, c] = ['https://a.example', 'https://b.example', 'https://c.example'] as const
const cut = gatewayErrors.ERR_GATEWAY_QLIK_UNREACHABLE({ reason: 'the connection was cut' })

/** Nodes that answer, or not, as a test says. */
function createNodes(urls: readonly string[] = [a, b]) {
  const away = new Set<string>()
  const asked: string[] = []
  const gone: string[] = []
  const lines: string[] = []
  const time = { now: 0 }
  /** Questions that are held until the test lets them go on. */
  let held: (() => void)[] | undefined
  const nodes = createUpstreamNodes({
    urls,
    clock: () => time.now,
    async ask(url) {
      asked.push(url)
      const isAway = away.has(url)
      if (held !== undefined) await new Promise<void>((resolve) => held?.push(resolve))
      if (isAway) throw new Error('away')
    },
    log: {
      info: (_: unknown, text?: string) => void lines.push(String(text)),
      warn: (_: unknown, text?: string) => void lines.push(String(text)),
    } as never,
  })
  nodes.onGone((node) => void gone.push(node))
  return {
    nodes,
    away,
    asked,
    gone,
    lines,
    time,
    isUp: () => nodes.health().map(({ isUp }) => isUp),
    hold() {
      held = []
      return () => {
        const going = held ?? []
        held = undefined
        for (const go of going) go()
      }
    },
  }
}

/** Questions and what follows from them have been answered. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('a new session', () => {
  it('is opened at the node with the fewest, logins under way among them', () => {
    const { nodes } = createNodes([a, b, c])
    const places = Array.from({ length: 5 }, () => nodes.take())
    expect(places.map(({ node }) => node)).toEqual([a, b, c, a, b])
    places[2]?.leave()
    places[2]?.leave()
    expect(nodes.takeAt(c).node).toBe(c)
    expect(nodes.take().node).toBe(c)
    expect(nodes.health().map(({ sessions }) => sessions)).toEqual([2, 2, 2])
    expect(() => nodes.takeAt('https://other.example')).toThrow('no such node')
  })

  it('is opened where a node is up; what needs no session goes to one after the other of them', async () => {
    const { nodes, away, isUp } = createNodes([a, b, c])
    away.add(b)
    expect(await nodes.suspect(b, cut)).toBe(true)
    expect(isUp()).toEqual([true, false, true])
    expect([nodes.take(), nodes.take(), nodes.take()].map(({ node }) => node)).toEqual([a, c, a])
    expect(new Set([nodes.next(), nodes.next(), nodes.next()])).toEqual(new Set([a, c]))
  })
})

describe('a call that failed', () => {
  it('makes its node gone when that does not answer either, and tells it once', async () => {
    const { nodes, away, asked, gone, lines } = createNodes()
    expect(nodes.isGone(a)).toBe(false)
    away.add(a)
    const all = await Promise.all(Array.from({ length: 100 }, () => nodes.suspect(a, cut)))
    expect(new Set(all)).toEqual(new Set([true]))
    expect([nodes.isGone(a), nodes.isGone(b)]).toEqual([true, false])
    expect([asked, gone, lines]).toEqual([[a], [a], ['A node of Qlik does not answer']])
  })

  it('G-F4 says nothing of a node that answers, nor of the only one, nor when it is of another kind', async () => {
    const { nodes, away, asked, gone } = createNodes()
    for (let time = 0; time < 100; time += 1) expect(await nodes.suspect(a, cut)).toBe(false)
    expect(asked).toHaveLength(100)
    away.add(b)
    const refused = gatewayErrors.ERR_GATEWAY_QLIK_REFUSED({})
    for (const error of [refused, new Error('cut'), undefined])
      expect(await nodes.suspect(b, error)).toBe(false)
    expect([asked.length, gone]).toEqual([100, []])
    const only = createNodes([a])
    only.away.add(a)
    expect(await only.nodes.suspect(a, cut)).toBe(false)
    expect([only.asked, only.isUp()]).toEqual([[], [true]])
  })

  it('is not answered by a question that was asked before it', async () => {
    const { nodes, away, asked, hold } = createNodes()
    const goOn = hold()
    const early = nodes.suspect(a, cut)
    await settled()
    away.add(a)
    const late = nodes.suspect(a, cut)
    goOn()
    expect([await early, await late]).toEqual([expect.any(Boolean), true])
    expect(asked).toEqual([a, a])
  })

  it('says nothing of a node when this machine has no connection left', async () => {
    const shortage = Object.assign(new Error('too many'), { code: 'EMFILE' })
    const nodes = createUpstreamNodes({
      urls: [a, b],
      clock: () => 0,
      ask: () => Promise.reject(new TypeError('fetch failed', { cause: shortage })),
    })
    expect(await nodes.suspect(a, cut)).toBe(false)
    expect(nodes.health().map(({ isUp }) => isUp)).toEqual([true, true])
  })

  it('at a node that is not listed makes it gone', async () => {
    const { nodes, asked } = createNodes()
    expect(nodes.isGone(c)).toBe(true)
    expect(await nodes.suspect(c, cut)).toBe(true)
    expect(asked).toEqual([])
  })
})

describe('a node that is down', () => {
  it('is asked again by logins: after 5 s, then after twice as long each time, 300 s at most', async () => {
    const { nodes, away, asked, time } = createNodes()
    away.add(a)
    await nodes.suspect(a, cut)
    const waits: number[] = []
    const places: NodePlace[] = []
    for (let second = 1; waits.length < 9; second += 1) {
      const before = asked.length
      time.now = second * 1000
      // Nobody waits for the answer, and no session is opened there meanwhile.
      places.push(nodes.take(), nodes.take())
      await settled()
      if (asked.length > before) waits.push(second)
    }
    const steps = waits.map((second, at) => second - (waits[at - 1] ?? 0))
    expect(steps).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300])
    expect(new Set(places.map(({ node }) => node))).toEqual(new Set([b]))
    expect(nodes.health()[0]?.askedAgainAt).toBe(time.now + 300_000)
  })

  it('is used again when it answers, and forgiven', async () => {
    const { nodes, away, time, gone, lines } = createNodes()
    away.add(a)
    await nodes.suspect(a, cut)
    away.delete(a)
    time.now = 5000
    expect(nodes.take().node).toBe(b)
    await settled()
    expect(nodes.isGone(a)).toBe(false)
    expect(nodes.take().node).toBe(a)
    expect(lines).toEqual(['A node of Qlik does not answer', 'A node of Qlik answers again'])
    away.add(a)
    expect(await nodes.suspect(a, cut)).toBe(true)
    expect(nodes.health()[0]?.askedAgainAt).toBe(10_000)
    expect(gone).toEqual([a, a])
  })

  it('is not asked by failures in between', async () => {
    const { nodes, away, asked, time } = createNodes()
    away.add(a)
    await nodes.suspect(a, cut)
    away.delete(a)
    time.now = 4999
    expect(await nodes.suspect(a, cut)).toBe(true)
    time.now = 5000
    expect(await nodes.suspect(a, cut)).toBe(false)
    expect(asked).toEqual([a, a])
  })
})

describe('while no node is up', () => {
  it('nothing is gone, all are used, and each is asked every 5 s', async () => {
    const { nodes, away, asked, time, gone } = createNodes()
    away.add(a).add(b)
    expect(await nodes.suspect(a, cut)).toBe(true)
    expect(await nodes.suspect(b, cut)).toBe(false)
    // What was gone stays where it is, now that there is nowhere to go.
    expect([nodes.isGone(a), nodes.isGone(b), gone]).toEqual([false, false, [a]])
    expect([nodes.take(), nodes.take()].map(({ node }) => node)).toEqual([a, b])
    for (let second = 1; second <= 60; second += 1) {
      time.now = second * 1000
      nodes.next()
      await settled()
    }
    expect(asked).toHaveLength(2 + 2 * 12)
  })

  it('the first that answers has the others asked before anything is taken from them', async () => {
    const { nodes, away, time, gone, isUp } = createNodes([a, b, c])
    for (const url of [a, b, c]) away.add(url)
    for (const url of [a, b, c]) await nodes.suspect(url, cut)
    expect([isUp(), gone]).toEqual([
      [false, false, false],
      [a, b],
    ])
    away.delete(a)
    away.delete(b)
    time.now = 5000
    // By its own failure alone a is asked; b and c are because a is back.
    expect(await nodes.suspect(a, cut)).toBe(false)
    await settled()
    expect(isUp()).toEqual([true, true, false])
    expect([nodes.isGone(b), nodes.isGone(c), gone]).toEqual([false, true, [a, b, c]])
  })
})
