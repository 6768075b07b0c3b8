import { afterEach, describe, expect, it } from 'vitest'
import {
  type ScriptedAnswer,
  type ScriptedServer,
  startScriptedServer,
} from '../../qlik/scripted-server.fixture.ts'
import { clientManaged } from '../../token/index.ts'
import { openServiceUser } from './service-user.ts'

let server: ScriptedServer
afterEach(() => server.close())

/** A proxy that gives numbered sessions, knows only the newest, and cuts connections when told so. */
async function start() {
  const proxy = {
    logins: 0,
    writes: 0,
    /** What the next logins are answered, before they work again. */
    refusals: [] as number[],
    /** The session that is gone, as after a restart. */
    gone: 0,
    cuts: new Set<string>(),
    waits: 0,
  }
  server = await startScriptedServer(
    ({ method, path, headers }, response): ScriptedAnswer | undefined => {
      const { pathname } = new URL(path, 'http://localhost')
      if (pathname === '/jwt/qps/csrftoken' && headers.authorization !== undefined) {
        const refusal = proxy.refusals.shift()
        if (refusal !== undefined) return { status: refusal }
        proxy.logins += 1
        const cookie = `X-Qlik-Session-jwt=${proxy.logins}; Path=/; HttpOnly`
        return { status: 204, headers: { 'set-cookie': cookie, 'qlik-csrf-token': 'csrf' } }
      }
      const session = Number(/=(\d+)/.exec(headers.cookie ?? '')?.[1])
      if (session <= proxy.gone) return { status: 401 }
      if (method === 'POST') proxy.writes += 1
      if (proxy.cuts.delete(method)) {
        response.destroy()
        return undefined
      }
      if (method === 'POST') return { status: 201, body: { id: 't', name: 'made' } }
      return { body: [] }
    },
  )
  const deployment = clientManaged({
    url: server.url,
    prefix: 'jwt',
    userDirectory: 'SERVICE',
    claims: { userId: 'userId', userDirectory: 'userDirectory' },
  })
  const open = () =>
    openServiceUser({
      deployment,
      signer: {
        sign: async () => ({ token: 'a.b.c', jti: 'j', issuedAt: 0, notBefore: 0, expiresAt: 0 }),
      },
      user: { directory: 'SERVICE', id: 'jotgate' },
      wait: async () => {
        proxy.waits += 1
      },
    })
  return { proxy, open }
}

describe('a service user', () => {
  it('whose session is gone logs in once for all calls that find it gone, and makes them again', async () => {
    const { proxy, open } = await start()
    const { repository } = await open()
    proxy.gone = 1
    await Promise.all([repository.listTags(), repository.listUsers(), repository.createTag('made')])
    expect(proxy.logins).toBe(2)
    expect(proxy.writes).toBe(1)
  })

  it('waits while the proxy restarts after a change, for a minute at most', async () => {
    const { proxy, open } = await start()
    const { repository } = await open()
    await repository.createTag('made')
    proxy.gone = 1
    proxy.refusals = [400, 401, 503]
    expect(await repository.listTags()).toEqual([])
    expect(proxy.waits).toBe(3)
    proxy.gone = 2
    proxy.refusals = Array.from({ length: 100 }, () => 400)
    await expect(repository.listTags()).rejects.toMatchObject({
      code: 'ERR_PROVISION_SERVICE_USER',
    })
    expect(proxy.refusals).toHaveLength(40)
  })

  it('does not wait where nothing was changed', async () => {
    const { proxy, open } = await start()
    const { repository } = await open()
    proxy.gone = 1
    proxy.refusals = [401]
    await expect(repository.listTags()).rejects.toMatchObject({
      code: 'ERR_PROVISION_SERVICE_USER',
    })
    expect(proxy.waits).toBe(0)
  })

  it('reads again after a connection was cut, and never writes again', async () => {
    const { proxy, open } = await start()
    const { repository } = await open()
    proxy.cuts.add('GET')
    expect(await repository.listTags()).toEqual([])
    proxy.cuts.add('POST')
    await expect(repository.createTag('made')).rejects.toThrow()
    expect(proxy.writes).toBe(1)
  })

  it('who cannot come in is told why, and what helps', async () => {
    const { proxy, open } = await start()
    proxy.refusals = [400]
    await expect(open()).rejects.toMatchObject({
      code: 'ERR_PROVISION_SERVICE_USER',
      message: expect.stringMatching(/SERVICE\\jotgate.*virtual proxy jwt.*400/),
      cause: expect.objectContaining({ code: expect.stringMatching(/^ERR_QLIK_/) }),
    })
  })
})
