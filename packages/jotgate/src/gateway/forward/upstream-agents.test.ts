import { describe, expect, it } from 'vitest'
import {
  type AgentLimits,
  createUpstreamAgents,
  type UpstreamConnection,
} from './upstream-agents.ts'

const node = 'https://node.acme.example'

/** Connections that are only counted. */
function agentsWith(limits: AgentLimits = {}) {
  const made: { isDestroyed: boolean; node: string }[] = []
  const agents = createUpstreamAgents({
    limits,
    connect: (node) => {
      const connection = {
        isDestroyed: false,
        node,
        async destroy() {
          connection.isDestroyed = true
        },
      }
      made.push(connection)
      return connection as never
    },
  })
  const acquire = async (owner: string, signal = new AbortController().signal) =>
    agents.take(owner, node) ?? agents.wait(owner, node, signal)
  const take = (owner: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => acquire(owner)))
  const open = () => made.filter(({ isDestroyed }) => !isDestroyed).length
  return { agents, acquire, take, open, made }
}

const giveBack = (connections: UpstreamConnection[]) => {
  for (const connection of connections) connection.release('whole')
}

describe('connections to Qlik', () => {
  it('G-S4 never gives a connection of one owner to another', async () => {
    const { acquire } = agentsWith()
    const seen = new Map<unknown, string>()
    for (let round = 0; round < 2000; round++) {
      const owner = `user-${(round * 7919) % 50}`
      const connection = await acquire(owner)
      const before = seen.get(connection.dispatcher)
      expect(before ?? owner).toBe(owner)
      seen.set(connection.dispatcher, owner)
      connection.release(round % 5 === 0 ? 'broken' : 'whole')
    }
  })

  it('uses the newest idle one again, and says so', async () => {
    const { acquire, take, made } = agentsWith()
    const [first, second] = await take('ada', 2)
    giveBack([first, second].flatMap((one) => one ?? []))
    const again = await acquire('ada')
    expect(again.dispatcher).toBe(second?.dispatcher)
    expect([first?.isReused, again.isReused]).toEqual([false, true])
    expect(made).toHaveLength(2)
  })

  it('does not use a broken one again', async () => {
    const { agents, acquire, open } = agentsWith()
    const broken = await acquire('ada')
    broken.release('broken')
    broken.release('whole')
    expect([open(), agents.size]).toEqual([0, 0])
    expect((await acquire('ada')).dispatcher).not.toBe(broken.dispatcher)
  })

  it('opens six for one owner; the seventh waits for the first that is free', async () => {
    const { acquire, take, made } = agentsWith()
    const six = await take('ada', 6)
    const seventh = acquire('ada')
    const eighth = acquire('ada')
    expect((await acquire('bob')).isReused).toBe(false)
    giveBack(six.slice(2, 4))
    expect((await seventh).dispatcher).toBe(six[2]?.dispatcher)
    expect((await eighth).dispatcher).toBe(six[3]?.dispatcher)
    expect(made).toHaveLength(7)
  })

  it('opens another in place of a broken one for who waits', async () => {
    const { acquire, take, open } = agentsWith({ perSession: 1 })
    const [one] = await take('ada', 1)
    const next = acquire('ada')
    one?.release('broken')
    expect((await next).isReused).toBe(false)
    expect(open()).toBe(1)
  })

  it('answers 503 when none becomes free in time, and gives nothing to who has left', async () => {
    const { acquire, take } = agentsWith({ perSession: 1, waitMs: 5 })
    const [one] = await take('ada', 1)
    await expect(acquire('ada')).rejects.toMatchObject({
      code: 'ERR_GATEWAY_BUSY',
      status: 503,
      details: { retryAfterSeconds: 1 },
    })
    one?.release('whole')
    expect((await acquire('ada')).dispatcher).toBe(one?.dispatcher)
  })

  it('lets those leave who no longer want one', async () => {
    const { acquire, take } = agentsWith({ perSession: 1 })
    const [one] = await take('ada', 1)
    const leaving = new AbortController()
    const left = acquire('ada', leaving.signal)
    const stays = acquire('ada')
    leaving.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    await expect(acquire('ada', leaving.signal)).rejects.toThrow('gone')
    one?.release('whole')
    expect((await stays).dispatcher).toBe(one?.dispatcher)
  })

  it('closes the one that has been idle longest when there are too many', async () => {
    const { agents, acquire, take, made, open } = agentsWith({ total: 3 })
    const [ada, bob] = [await take('ada', 1), await take('bob', 2)]
    giveBack(ada)
    giveBack(bob)
    await acquire('eve')
    expect(made.map(({ isDestroyed }) => isDestroyed)).toEqual([true, false, false, false])
    expect([open(), agents.size]).toEqual([3, 3])
  })

  it('keeps to the limit for all, and serves in the order of asking', async () => {
    const { acquire, take, open } = agentsWith({ total: 2, perSession: 2 })
    const [ada, bob] = [await take('ada', 1), await take('bob', 1)]
    const order: string[] = []
    const waiting = ['eve', 'ada', 'tom'].map(async (owner) => {
      const connection = await acquire(owner)
      order.push(owner)
      expect(open()).toBeLessThanOrEqual(2)
      connection.release('whole')
    })
    giveBack(ada)
    await Promise.all(waiting)
    giveBack(bob)
    expect(order).toEqual(['eve', 'ada', 'tom'])
    expect(open()).toBeLessThanOrEqual(2)
  })

  it('closes what was idle for too long', async () => {
    const { agents, take, open } = agentsWith({ idleMs: 10 })
    const three = await take('ada', 3)
    giveBack(three.slice(0, 2))
    await expect.poll(open).toBe(1)
    giveBack(three)
    await expect.poll(open).toBe(0)
    expect(agents.size).toBe(0)
  })

  it('closes those of an owner whose session has ended, also when they come back later', async () => {
    const { agents, acquire, take, open } = agentsWith()
    const two = await take('ada', 2)
    giveBack(two.slice(0, 1))
    agents.drop('ada')
    expect(open()).toBe(1)
    giveBack(two)
    expect(open()).toBe(0)
    expect((await acquire('ada')).isReused).toBe(false)
  })
})
