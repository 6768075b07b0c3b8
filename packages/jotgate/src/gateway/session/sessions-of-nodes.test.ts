import { createClientManagedEmulator } from 'jotgate-emulator'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createKeyPair, readSigningKey } from '../../keys/index.ts'
import { productFor } from '../../qlik/index.ts'
import { clientManaged, createSigner, type SigningKey } from '../../token/index.ts'
import type { AuditEvent } from '../audit/audit-log.ts'
import { gatewayErrors } from '../errors.ts'
import { createUpstreamNodes } from '../nodes/upstream-nodes.ts'
import { memoryStore } from '../store/memory-store.ts'
import type { Store } from '../store/store.ts'
import { createGatewaySessions } from './gateway-sessions.ts'
import { here } from './place.fixture.ts'
import { personNamed, userOf } from './session.fixture.ts'
import type { UpstreamSession } from './upstream-session.ts'
import { createUpstreamSessions, type UpstreamSessionsOptions } from './upstream-sessions.ts'

let pair: Promise<{ key: SigningKey; certificatePem: string }> | undefined
async function createPair() {
  const { privateKeyPem, certificatePem } = await createKeyPair({ bits: 2048 })
  return { key: await readSigningKey({ pem: privateKeyPem }), certificatePem }
}

/** Sessions in front of a site with two nodes; the network to each of them can be away. */
async function startSite(options: Pick<UpstreamSessionsOptions, 'endSession'> = {}) {
  pair ??= createPair()
  const { key, certificatePem } = await pair
  const emulator = await createClientManagedEmulator({
    nodes: 2,
    virtualProxies: [{ prefix: 'jwt', certificate: certificatePem }],
  })
  onTestFinished(() => emulator.close())
  const { proxy: a = '', proxy2: b = '' } = emulator.urls
  const deployment = clientManaged({
    url: 'http://sense.server.localhost:9',
    prefix: 'jwt',
    userDirectory: 'ACME',
    claims: { userId: 'userId', userDirectory: 'userDirectory' },
  })
  const away = new Set<string>()
  const time = { now: Date.now() }
  const clock = () => time.now
  const signer = createSigner({ deployment, key, clock })
  const product = productFor(deployment)
  const fetchUnlessAway: typeof fetch = (input, init) => {
    const { origin } = new URL(String(input))
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    return away.has(origin)
      ? Promise.reject(new TypeError('failed', { cause }))
      : fetch(input, init)
  }

  const over = async (store: Store, urls: readonly string[]) => {
    const events: AuditEvent[] = []
    const nodes = createUpstreamNodes({
      urls,
      clock,
      async ask(url) {
        if (away.has(url)) throw new Error('away')
      },
    })
    const sessions = await createGatewaySessions({ store, clock })
    const upstreams = await createUpstreamSessions({
      name: here.upstream,
      ...{ product, deployment, nodes, signer, sessions, store, clock, fetch: fetchUnlessAway },
      audit: {
        record: async (event) => void events.push(event),
        recordLater: (event) => void events.push(event),
      },
      ...options,
    })
    onTestFinished(() => upstreams.close())
    return {
      ...{ nodes, sessions, upstreams, events, store },
      logins: () => events.filter(({ event }) => event === 'mint'),
      async enter(subject: string) {
        const entering = { identity: personNamed(subject), user: userOf(subject) }
        return (await sessions.open({ ...entering, holder: 'browser', place: here })).session
      },
    }
  }
  /** Asks the session's node who it is. */
  const whoIs = async ({ current }: UpstreamSession) =>
    (await product.getCurrentUser({ session: current })).subject
  return { a, b, away, time, over, whoIs, ...(await over(memoryStore(), [a, b])) }
}

const cut = gatewayErrors.ERR_GATEWAY_QLIK_UNREACHABLE({ reason: 'the connection was cut' })

describe('Qlik sessions at two nodes', () => {
  it('are opened where there are fewer, and each is known to its own node', async () => {
    const { a, b, upstreams, enter, whoIs, nodes } = await startSite()
    const subjects = ['ada', 'bob', 'cleo', 'dan']
    const opened = await Promise.all(
      subjects.map(async (subject) => upstreams.sessionFor(await enter(subject))),
    )
    expect(opened.map(({ node }) => node).sort()).toEqual([a, a, b, b].sort())
    expect(await Promise.all(opened.map(whoIs))).toEqual(subjects)
    expect(nodes.health().map(({ sessions }) => sessions)).toEqual([2, 2])
  })

  it('leave their places when they end, or are replaced', async () => {
    const { upstreams, enter, sessions, nodes } = await startSite({ endSession: async () => {} })
    const places = () => nodes.health().map((node) => node.sessions)
    const ada = await enter('ada')
    const first = await upstreams.sessionFor(ada)
    await upstreams.renew(ada, first)
    expect(places()).toEqual([0, 1])
    await sessions.end(ada, 'signed-out')
    expect(places()).toEqual([0, 0])
  })

  it('keep their places while they are kept for their user', async () => {
    const { upstreams, enter, sessions, nodes } = await startSite()
    const ada = await enter('ada')
    const first = await upstreams.sessionFor(ada)
    await sessions.end(ada, 'signed-out')
    expect(nodes.health().map((node) => node.sessions)).toEqual([1, 0])
    expect(await upstreams.sessionFor(await enter('ada'))).toBe(first)
  })
})

describe('G-F4 when a node is gone', () => {
  it('its sessions are opened at another: one login for all that ask, and nobody else has one', async () => {
    const { a, b, away, upstreams, enter, whoIs, nodes, logins } = await startSite()
    const [ada, bob] = [await enter('ada'), await enter('bob')]
    const [first, other] = [await upstreams.sessionFor(ada), await upstreams.sessionFor(bob)]
    expect([first.node, other.node]).toEqual([a, b])
    away.add(a)
    expect(await nodes.suspect(a, cut)).toBe(true)
    const asked = Array.from({ length: 50 }, (_, at) =>
      at % 2 === 0 ? upstreams.renew(ada, first) : upstreams.sessionFor(ada),
    )
    const all = await Promise.all(asked)
    expect(new Set(all).size).toBe(1)
    const [next] = all
    expect([next?.node, next && (await whoIs(next))]).toEqual([b, 'ada'])
    expect(await upstreams.sessionFor(bob)).toBe(other)
    expect(logins()).toHaveLength(3)
    expect(nodes.health().map(({ sessions }) => sessions)).toEqual([0, 2])
  })

  it('a session that has just moved moves again', async () => {
    const { a, b, away, time, upstreams, enter, nodes } = await startSite()
    const ada = await enter('ada')
    const first = await upstreams.sessionFor(ada)
    away.add(a)
    await nodes.suspect(a, cut)
    const second = await upstreams.renew(ada, first)
    away.delete(a)
    away.add(b)
    time.now += 5000
    await nodes.suspect(a, cut)
    expect(await nodes.suspect(b, cut)).toBe(true)
    expect([second.node, (await upstreams.renew(ada, second)).node]).toEqual([b, a])
  })

  it('a login goes to another one, with a token of its own', async () => {
    const { a, b, away, upstreams, enter, nodes, logins } = await startSite()
    away.add(a)
    expect((await upstreams.sessionFor(await enter('ada'))).node).toBe(b)
    expect(new Set(logins().map(({ jti }) => jti)).size).toBe(2)
    // The next one is not sent there any more.
    expect((await upstreams.sessionFor(await enter('bob'))).node).toBe(b)
    expect(logins()).toHaveLength(3)
    expect(nodes.health().map(({ sessions }) => sessions)).toEqual([0, 2])
  })

  it('a login fails when none is up, and is not tried without end', async () => {
    const { a, b, away, upstreams, enter, logins } = await startSite()
    away.add(a).add(b)
    const failing = upstreams.sessionFor(await enter('ada'))
    await expect(failing).rejects.toMatchObject({ code: 'ERR_QLIK_UNREACHABLE' })
    expect(logins()).toHaveLength(2)
  })

  it('and no other is up, sessions stay where they are', async () => {
    const { a, b, away, upstreams, enter, nodes, logins } = await startSite()
    const ada = await enter('ada')
    const first = await upstreams.sessionFor(ada)
    away.add(a).add(b)
    await nodes.suspect(a, cut)
    await nodes.suspect(b, cut)
    expect(await upstreams.sessionFor(ada)).toBe(first)
    expect(logins()).toHaveLength(1)
  })
})

describe('after a restart', () => {
  it('a session is at its node again; one of a node that is no longer listed is opened elsewhere', async () => {
    const { a, b, upstreams, enter, over, store, sessions } = await startSite()
    const [ada, bob] = [await enter('ada'), await enter('bob')]
    const before = [await upstreams.sessionFor(ada), await upstreams.sessionFor(bob)]
    await upstreams.close()
    await sessions.close()
    const found = async (later: Awaited<ReturnType<typeof over>>, subject: string) => {
      const session = later.sessions.list().find(({ user }) => user.subject === subject)
      return later.upstreams.sessionFor(session ?? (await later.enter(subject)))
    }
    const both = await over(store, [b, a])
    expect((await found(both, 'ada')).id).toBe(before[0]?.id)
    expect(both.nodes.health()).toMatchObject([{ sessions: 1 }, { sessions: 1 }])
    expect(both.logins()).toEqual([])
    await both.upstreams.close()
    const one = await over(store, [b])
    expect((await found(one, 'bob')).id).toBe(before[1]?.id)
    const moved = await found(one, 'ada')
    expect([moved.node, moved.id === before[0]?.id]).toEqual([b, false])
    expect(one.logins()).toHaveLength(1)
  })
})
