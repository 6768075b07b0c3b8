import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { gatewayErrors } from '../errors.ts'
import { openTunnelStage } from './tunnel-stage.fixture.ts'

const cut = gatewayErrors.ERR_GATEWAY_QLIK_UNREACHABLE({ reason: 'the connection was cut' })
const ignore = () => undefined

/** Two nodes: the gateway in front of the first knows both, and goes to the second when the first is gone. */
async function openTwo() {
  const second = await openTunnelStage()
  let renewals = 0
  const first = await openTunnelStage({
    otherNodes: [second.url],
    renew: async () => {
      renewals += 1
      return {
        outcome: 'forward',
        route: { access: 'session', pattern: '/app/{appId}', rewrites: false },
        upstream: { ...second.upstream, id: 'qlik-session-2' } as never,
        target: '/app/a1',
        headers: [['cookie', 'eas.sid=s2']],
      }
    },
  })
  return {
    first,
    second,
    renewals: () => renewals,
    async [Symbol.asyncDispose]() {
      await first[Symbol.asyncDispose]()
      await second[Symbol.asyncDispose]()
    },
  }
}

describe('G-F4 a node that is gone', () => {
  it('has its sockets closed with 4003, so that clients resume; those of others stay open', async () => {
    await using two = await openTwo()
    const { first, second } = two
    first.away.add(first.url)
    const { client } = await first.open()
    const closed = once(client, 'close')
    first.away.add(second.url)
    expect(await first.nodes.suspect(second.url, cut)).toBe(true)
    expect(client.readyState).toBe(1)
    first.away.delete(second.url)
    first.time.now += 5000
    expect(await first.nodes.suspect(second.url, cut)).toBe(false)
    expect(await first.nodes.suspect(first.url, cut)).toBe(true)
    const [code, reason] = await closed
    expect([code, String(reason)]).toEqual([4003, 'node-gone'])
    await expect.poll(() => first.tunnels.count).toBe(0)
  })

  it('has an upgrade opened at another, under the session there', async () => {
    await using two = await openTwo()
    const { first, second, renewals } = two
    first.away.add(first.url)
    await first.stopQlik()
    const atSecond = once(second.engine, 'connection')
    const client = first.connect()
    await once(client, 'open')
    await atSecond
    expect(renewals()).toBe(1)
    expect(second.upgrades[0]?.headers).toMatchObject({
      cookie: 'eas.sid=s2',
      host: new URL(second.url).host,
    })
    expect(first.lines).toMatchObject([{ event: 'socket-open', qlikSession: 'qlik-session-2' }])
  })

  it('is a 502 for an upgrade while no other is up, as with one node', async () => {
    await using two = await openTwo()
    const { first, second, renewals } = two
    first.away.add(first.url).add(second.url)
    await first.nodes.suspect(second.url, cut)
    await first.stopQlik()
    const [, answer] = await once(first.connect().on('error', ignore), 'unexpected-response')
    expect([answer.statusCode, renewals()]).toEqual([502, 0])
    expect(first.errors).toMatchObject([{ code: 'ERR_GATEWAY_QLIK_UNREACHABLE' }])
  })
})
