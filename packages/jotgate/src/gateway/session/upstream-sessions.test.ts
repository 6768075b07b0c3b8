import { describe, expect, it, vi } from 'vitest'
import { productFor, type QlikSession } from '../../qlik/index.ts'
import { cloud } from '../../token/index.ts'
import type { GatewaySession } from './gateway-session.ts'
import { startTenant, until } from './tenant.fixture.ts'
import type { UpstreamSession } from './upstream-session.ts'

const login = '/login/jwt-session'
const minute = 60_000

describe('a Qlik session', () => {
  it('is opened at the first need, with one signing for all that ask at once', async () => {
    const { upstreams, enter, ask, signings, calls, emulator } = await startTenant()
    const ada = await enter('ada')
    expect(upstreams.stateOf(ada)).toBe('none')
    expect(signings.count).toBe(0)
    const asked = Promise.all(Array.from({ length: 100 }, () => upstreams.sessionFor(ada)))
    expect(upstreams.stateOf(ada)).toBe('waiting')
    const all = await asked
    expect(new Set(all).size).toBe(1)
    expect([signings.count, calls(login), emulator.state.sessions().length]).toEqual([1, 1, 1])
    expect(upstreams.stateOf(ada)).toBe('open')
    const [upstream] = all
    expect(await upstreams.sessionFor(ada)).toBe(upstream)
    const answer = await ask(upstream as UpstreamSession)
    expect(await answer.json()).toMatchObject({ subject: 'ada' })
  })

  it('is one for each gateway session at Qlik Cloud, also of the same person', async () => {
    const { upstreams, enter, emulator } = await startTenant()
    const people = await Promise.all(['ada', 'ada', 'bob'].map(enter))
    const all = await Promise.all(people.map((session) => upstreams.sessionFor(session)))
    expect(new Set(all.map(({ id }) => id)).size).toBe(3)
    expect(emulator.state.sessions()).toHaveLength(3)
  })

  it('is shared by those who may, and ends with the last of them', async () => {
    const real = productFor(cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' }))
    const gatewayRules = { ...real.gatewayRules, sharedBy: () => 'everyone' }
    const { upstreams, sessions, enter, signings, emulator } = await startTenant({
      upstreams: { product: { ...real, gatewayRules } },
    })
    const [ada, again] = await Promise.all(['ada', 'ada'].map(enter))
    const one = await upstreams.sessionFor(ada as GatewaySession)
    expect(await upstreams.sessionFor(again as GatewaySession)).toBe(one)
    expect(signings.count).toBe(1)
    await sessions.end(ada as GatewaySession, 'signed-out')
    expect(await upstreams.sessionFor(again as GatewaySession)).toBe(one)
    expect(emulator.state.sessions()).toHaveLength(1)
    await sessions.end(again as GatewaySession, 'signed-out')
    await until(() => emulator.state.sessions().length === 0)
  })

  it('is kept for its user where its end would end others, until it is idle for too long', async () => {
    const real = productFor(cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' }))
    const gatewayRules = {
      ...real.gatewayRules,
      sharedBy: ({ subject }: { subject: string }) => subject,
    }
    const product = { ...real, gatewayRules, endScope: 'user-at-virtual-proxy' } as const
    const tenant = await startTenant({ upstreams: { product } })
    const { sessions, upstreams, enter, signings, emulator, restart } = tenant
    const first = await enter('ada')
    const one = await upstreams.sessionFor(first)
    await sessions.end(first, 'signed-out')
    // The same person comes again, and nobody else has it.
    const again = await enter('ada')
    expect(await upstreams.sessionFor(again)).toBe(one)
    expect(await upstreams.sessionFor(await enter('bob'))).not.toBe(one)
    expect(signings.count).toBe(2)
    await sessions.end(again, 'revoked')
    await upstreams.close()
    // After a restart too.
    const later = await restart()
    const third = await later.enter('ada')
    expect((await later.upstreams.sessionFor(third)).id).toBe(one.id)
    await later.sessions.end(third, 'signed-out')
    expect(emulator.state.sessions()).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(31 * minute)
    const ids: string[] = []
    for await (const { id } of later.store.list('qlik-session')) ids.push(id)
    expect(ids).not.toContain(one.id)
    expect((await later.upstreams.sessionFor(await later.enter('ada'))).id).not.toBe(one.id)
    expect(later.calls('/logout')).toBe(0)
  })

  it('is ended the way that was given for it', async () => {
    const ended: string[] = []
    const endSession = async ({ csrfToken }: QlikSession) => void ended.push(String(csrfToken))
    const { upstreams, sessions, enter, calls } = await startTenant({ upstreams: { endSession } })
    const ada = await enter('ada')
    const { current } = await upstreams.sessionFor(ada)
    await sessions.end(ada, 'signed-out')
    await until(() => ended.length === 1)
    expect(ended).toEqual([current.csrfToken])
    expect(calls('/logout')).toBe(0)
  })

  it('has its token in the audit log before Qlik gets it, and itself before it is used', async () => {
    const { upstreams, enter, events, refuse, calls, emulator } = await startTenant()
    const ada = await enter('ada')
    const { id } = await upstreams.sessionFor(ada)
    const whose = { session: ada.id, hostSubject: 'ada', subject: 'ada', groups: [] }
    expect(events).toEqual([
      { event: 'mint', ...whose, jti: expect.any(String), expiresAt: expect.any(Number) },
      { event: 'qlik-session-open', ...whose, jti: expect.any(String), qlikSession: id },
    ])
    const bob = await enter('bob')
    refuse('mint')
    await expect(upstreams.sessionFor(bob)).rejects.toThrow('the audit log is away')
    expect(calls(login)).toBe(1)
    await vi.advanceTimersByTimeAsync(5000)
    refuse('qlik-session-open')
    await expect(upstreams.sessionFor(bob)).rejects.toThrow('the audit log is away')
    expect(calls(login)).toBe(2)
    await until(() => emulator.state.sessions().length === 1)
    refuse(undefined)
    await vi.advanceTimersByTimeAsync(5000)
    await expect(upstreams.sessionFor(bob)).resolves.toBeDefined()
  })

  it('is not asked for again at once after Qlik has refused it', async () => {
    const { upstreams, enter, signings, emulator, failures } = await startTenant()
    const fault = { kind: 'server-error', status: 503 } as const
    const id = emulator.faults.add({ effect: fault, pathPrefix: login })
    const ada = await enter('ada')
    for (let request = 0; request < 20; request += 1)
      await expect(upstreams.sessionFor(ada)).rejects.toMatchObject({ code: 'ERR_QLIK_FAILED' })
    expect(signings.count).toBe(1)
    expect(upstreams.stateOf(ada)).toBe('none')
    expect(failures).toHaveLength(1)
    emulator.faults.remove(id)
    await vi.advanceTimersByTimeAsync(5000)
    await expect(upstreams.sessionFor(ada)).resolves.toBeDefined()
  })

  it('keeps what answers set, balancer cookies included', async () => {
    const { upstreams, enter, ask } = await startTenant()
    const upstream = await upstreams.sessionFor(await enter('ada'))
    const before = upstream.current.cookies
    upstream.receiveCookies(new Headers([['set-cookie', 'AWSALB=other; Path=/']]))
    upstream.receiveCookies(new Headers())
    expect(upstream.current.cookies).toEqual(new Map([...before, ['AWSALB', 'other']]))
    expect((await ask(upstream)).ok).toBe(true)
  })
})

describe('after Qlik has answered 401', () => {
  it('is renewed once for all that ask, and the old one is no longer given', async () => {
    const { upstreams, enter, ask, signings, emulator } = await startTenant()
    const ada = await enter('ada')
    const lost = await upstreams.sessionFor(ada)
    for (const { id } of emulator.state.sessions()) emulator.state.endSession(id)
    expect((await ask(lost)).status).toBe(401)
    const renewing = Array.from({ length: 50 }, () => upstreams.renew(ada, lost))
    expect(upstreams.stateOf(ada)).toBe('waiting')
    const all = await Promise.all([...renewing, upstreams.sessionFor(ada)])
    expect(new Set(all).size).toBe(1)
    expect(all[0]).not.toBe(lost)
    expect(signings.count).toBe(2)
    // One whose answer came late has the new one at once.
    expect(await upstreams.renew(ada, lost)).toBe(all[0])
    expect(signings.count).toBe(2)
  })

  it('does not go round in a circle when Qlik refuses the new one too', async () => {
    const { upstreams, enter, signings } = await startTenant()
    const ada = await enter('ada')
    let upstream = await upstreams.sessionFor(ada)
    upstream = await upstreams.renew(ada, upstream)
    for (let request = 0; request < 20; request += 1)
      await expect(upstreams.renew(ada, upstream)).rejects.toMatchObject({
        code: 'ERR_GATEWAY_QLIK_SESSION',
        status: 502,
      })
    expect(signings.count).toBe(2)
    await vi.advanceTimersByTimeAsync(30_000)
    await expect(upstreams.renew(ada, upstream)).resolves.not.toBe(upstream)
    expect(signings.count).toBe(3)
  })

  it('leaves the old one alone at Qlik until the logout, since its sockets may be open', async () => {
    const { upstreams, sessions, enter, emulator, events } = await startTenant()
    const ada = await enter('ada')
    const first = await upstreams.sessionFor(ada)
    await upstreams.renew(ada, first)
    expect(emulator.state.sessions()).toHaveLength(2)
    await sessions.end(ada, 'signed-out')
    await until(() => emulator.state.sessions().length === 0)
    expect(events.filter(({ event }) => event === 'qlik-session-end')).toEqual([
      expect.objectContaining({ qlikSession: first.id, reason: 'signed-out' }),
      expect.objectContaining({ reason: 'signed-out' }),
    ])
  })
})

describe('the times of a Qlik session', () => {
  it('make a new one when Qlik’s idle time is over, before it is used in vain', async () => {
    const { upstreams, sessions, enter, ask, signings } = await startTenant({
      sessions: { idleSeconds: 86_400 },
    })
    const ada = await enter('ada')
    const first = await upstreams.sessionFor(ada)
    await vi.advanceTimersByTimeAsync(30 * minute)
    const second = await upstreams.sessionFor(ada)
    expect(second).not.toBe(first)
    expect((await ask(second)).ok).toBe(true)
    expect(signings.count).toBe(2)
    expect(sessions.size).toBe(1)
  })

  it('are stretched by a request while somebody works over sockets alone', async () => {
    const { upstreams, sessions, enter, signings, calls, emulator } = await startTenant()
    const ada = await enter('ada')
    const first = await upstreams.sessionFor(ada)
    const asked = () => calls('/api/v1/users/me')
    for (let minutes = 1; minutes <= 60; minutes += 1) {
      await vi.advanceTimersByTimeAsync(minute)
      sessions.use(ada)
      if (minutes % 22 === 0) await until(() => asked() === minutes / 22)
    }
    expect(await upstreams.sessionFor(ada)).toBe(first)
    expect(signings.count).toBe(1)
    expect(emulator.state.sessions()).toHaveLength(1)
  })

  it('are not stretched for somebody who does nothing', async () => {
    const { upstreams, enter, calls } = await startTenant()
    const ada = await enter('ada')
    await upstreams.sessionFor(ada)
    await vi.advanceTimersByTimeAsync(29 * minute)
    expect(calls('/api/v1/users/me')).toBe(0)
  })
})

describe('the end of a gateway session', () => {
  it('ends its Qlik session, and no new one comes of it', async () => {
    const { upstreams, sessions, store, enter, emulator } = await startTenant()
    const ada = await enter('ada')
    await upstreams.sessionFor(ada)
    await sessions.end(ada, 'revoked')
    await expect(upstreams.sessionFor(ada)).rejects.toMatchObject({
      code: 'ERR_GATEWAY_SESSION_ENDED',
    })
    await until(() => emulator.state.sessions().length === 0)
    expect(upstreams.stateOf(ada)).toBe('none')
    for await (const one of store.list('qlik-session')) expect.fail(one.id)
  })

  it('reaches requests that wait, and ends what a login under way has opened (G-S6)', async () => {
    const { upstreams, sessions, enter, emulator, events } = await startTenant()
    for (let round = 0; round < 20; round += 1) {
      const ada = await enter(`ada ${round}`)
      const waiting = Array.from({ length: 5 }, () => upstreams.sessionFor(ada))
      // At another point of the login each time.
      for (let turn = 0; turn < round; turn += 1) await new Promise((next) => setImmediate(next))
      const ending = sessions.end(ada, 'revoked')
      const results = await Promise.allSettled(waiting)
      await ending
      for (const result of results)
        if (result.status === 'rejected')
          expect(result.reason).toMatchObject({ code: 'ERR_GATEWAY_SESSION_ENDED' })
      await expect(upstreams.sessionFor(ada)).rejects.toThrow()
    }
    const count = (name: string) => events.filter(({ event }) => event === name).length
    await until(
      () =>
        emulator.state.sessions().length === 0 &&
        count('qlik-session-open') === count('qlik-session-end'),
    )
  })

  it('is tried a second time at Qlik, and then told', async () => {
    const { upstreams, sessions, enter, emulator, failures, calls, events } = await startTenant()
    const effect = { kind: 'server-error', status: 500 } as const
    emulator.faults.add({ effect, pathPrefix: '/logout' })
    const ada = await enter('ada')
    const { id } = await upstreams.sessionFor(ada)
    await sessions.end(ada, 'signed-out')
    await until(() => calls('/logout') === 1)
    await new Promise((next) => setImmediate(next))
    await vi.advanceTimersByTimeAsync(4000)
    expect(calls('/logout')).toBe(1)
    await vi.advanceTimersByTimeAsync(2000)
    await until(() => failures.length === 1)
    expect(failures).toEqual([expect.objectContaining({ qlikSession: id })])
    const left = { event: 'qlik-session-left', qlikSession: id, reason: 'ERR_QLIK_FAILED' }
    expect(events.at(-1)).toEqual(left)
    expect(calls('/logout')).toBe(2)
  })
})

describe('the end of the gateway', () => {
  it('waits for Qlik no longer than it may', async () => {
    const { upstreams, sessions, enter, emulator, calls } = await startTenant()
    // It is tried again after five seconds.
    const effect = { kind: 'server-error', status: 500 } as const
    emulator.faults.add({ effect, pathPrefix: '/logout' })
    const ada = await enter('ada')
    await upstreams.sessionFor(ada)
    await sessions.end(ada, 'signed-out')
    await until(() => calls('/logout') === 1)
    await new Promise((next) => setImmediate(next))
    let isClosed = false
    const closed = upstreams.close(2000).then(() => {
      isClosed = true
    })
    await vi.advanceTimersByTimeAsync(1900)
    expect(isClosed).toBe(false)
    await vi.advanceTimersByTimeAsync(200)
    await closed
  })
})

describe('after a restart', () => {
  it('a Qlik session is found again, with the cookies that it had', async () => {
    const first = await startTenant()
    const ada = await first.enter('ada')
    const before = await first.upstreams.sessionFor(ada)
    before.receiveCookies(new Headers([['set-cookie', 'AWSALB=other; Path=/']]))
    await first.upstreams.close()
    await first.sessions.close()
    const second = await first.restart()
    const [session] = second.sessions.list()
    const after = await second.upstreams.sessionFor(session as GatewaySession)
    expect(after.id).toBe(before.id)
    expect(after.current.cookies).toEqual(before.current.cookies)
    expect((await second.ask(after)).ok).toBe(true)
    expect(second.signings.count).toBe(0)
    await second.sessions.end(session as GatewaySession, 'signed-out')
    await until(() => first.emulator.state.sessions().length === 0)
  })

  it('ends at Qlik with a logout before anything was asked', async () => {
    const first = await startTenant()
    await first.upstreams.sessionFor(await first.enter('ada'))
    const second = await first.restart()
    const [session] = second.sessions.list()
    await second.sessions.end(session as GatewaySession, 'signed-out')
    await until(() => first.emulator.state.sessions().length === 0)
  })

  it('is ended at Qlik when its gateway session has ended meanwhile', async () => {
    const first = await startTenant()
    const ada = await first.enter('ada')
    await first.upstreams.sessionFor(ada)
    await first.store.delete('session', [ada.id])
    await first.restart()
    await until(() => first.emulator.state.sessions().length === 0)
    for await (const one of first.store.list('qlik-session')) expect.fail(one.id)
  })

  it('is left alone by another deployment, and dropped when its own is gone', async () => {
    const upstreams: { name?: string; isOther?: (name: unknown) => boolean } = {}
    const first = await startTenant({ upstreams })
    const ada = await first.enter('ada')
    const { id } = await first.upstreams.sessionFor(ada)
    await first.upstreams.close()
    const kept = async () => {
      const ids: string[] = []
      for await (const one of first.store.list('qlik-session')) ids.push(one.id)
      return ids
    }
    Object.assign(upstreams, { name: 'green', isOther: (name: unknown) => name === 'acme' })
    const other = await first.restart()
    expect(await kept()).toEqual([id])
    const [session] = other.sessions.list()
    await expect(other.upstreams.sessionFor(session as GatewaySession)).rejects.toThrow(
      'The session is for another deployment',
    )
    expect(first.calls(login)).toBe(1)
    Object.assign(upstreams, { isOther: () => false })
    await first.restart()
    await until(() => first.emulator.state.sessions().length === 0)
    expect(await kept()).toEqual([])
  })
})
