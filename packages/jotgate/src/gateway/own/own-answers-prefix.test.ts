import { afterEach, describe, expect, it } from 'vitest'
import { atRoot, prefixed, prefixedProduct, samePrefix } from '../forward/prefix.fixture.ts'
import { assertionOf } from '../session/session.fixture.ts'
import { type Answered, pageOrigin, startOwnAnswers } from './own-answers.fixture.ts'

type Stage = Awaited<ReturnType<typeof startOwnAnswers>>
const stages: Stage[] = []
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close()
})

async function start(options: Parameters<typeof startOwnAnswers>[0] = {}): Promise<Stage> {
  const stage = await startOwnAnswers({
    deployment: prefixed,
    base: samePrefix,
    product: prefixedProduct,
    ...options,
  })
  stages.push(stage)
  return stage
}

const page = { origin: pageOrigin, 'sec-fetch-site': 'same-site' }
const bodyOf = ({ body }: Answered) => JSON.parse(body) as Record<string, unknown>

describe('in Qlik’s place, below its prefix', () => {
  it('says who is logged in, and where one logs out of the gateway', async () => {
    const { ask, logIn, site } = await start()
    const { cookie } = await logIn('ada')
    const answer = await ask('GET', '/jwt/qps/user', { cookie, ...page })
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store' })
    expect(bodyOf(answer)).toEqual({
      userDirectory: 'ACME',
      userId: 'ada',
      userName: 'Name of ada',
      logoutUri: `${site.publicUrl}/.jotgate/logout`,
    })
  })

  it('says that nobody is, and where one logs in, to come back to a listed page', async () => {
    const { ask } = await start()
    const asked = async (target = '') => bodyOf(await ask('GET', `/jwt/qps/user${target}`, page))
    expect(await asked()).toEqual({ session: 'inactive' })
    const back = encodeURIComponent(`${pageOrigin}/hub`)
    expect(await asked(`?targetUri=${back}`)).toEqual({
      session: 'inactive',
      loginUri: `${pageOrigin}/login?returnto=${back}`,
    })
    const evil = encodeURIComponent('https://evil.example/')
    expect(await asked(`?targetUri=${evil}`)).toEqual({ session: 'inactive' })
  })

  it('gives a program its CSRF token with the first use of its own, and the session stays', async () => {
    const { ask, identities, sessions } = await start()
    identities.set('Bearer one', assertionOf('robot'))
    const headers = { authorization: 'Bearer one' }
    const first = await ask('GET', '/jwt/qps/csrftoken', headers)
    expect(first).toMatchObject({ status: 204 })
    const again = await ask('GET', '/jwt/qps/csrftoken', headers)
    expect(again.headers['qlik-csrf-token']).toBe(first.headers['qlik-csrf-token'])
    expect(sessions.size).toBe(1)
    expect(bodyOf(await ask('GET', '/jwt/qps/user', headers))).toMatchObject({ userId: 'robot' })
    expect((await ask('GET', '/jwt/qps/csrftoken', page)).status).toBe(401)
  })

  it('ends the gateway’s session by DELETE of a listed page alone', async () => {
    const { ask, logIn } = await start()
    const { cookie, session } = await logIn('ada')
    const evil = { cookie, origin: 'https://evil.example' }
    expect((await ask('DELETE', '/jwt/qps/user', evil)).status).toBe(403)
    expect(session.ended.aborted).toBe(false)
    expect((await ask('DELETE', '/jwt/qps/user', { cookie, ...page })).status).toBe(204)
    expect(session.ended.reason).toBe('signed-out')
  })

  it('leaves what is beside the prefix to others', async () => {
    const { ask, own } = await start()
    expect((await ask('GET', '/qps/user', page)).body).toBe('not own')
    expect(own.owns('/qps/user')).toBe(false)
    expect(own.owns('/jwt/qps/user')).toBe(true)
  })
})

it.each(['/.jotgate/session', '/jwt/.jotgate/session'])(
  'tells a page of its session at %s',
  async (path) => {
    const { ask, logIn, own } = await start()
    const { cookie } = await logIn('ada')
    expect(own.owns(path)).toBe(true)
    expect(bodyOf(await ask('GET', path, { cookie, ...page }))).toMatchObject({
      user: { subject: 'ada' },
      product: 'client-managed',
      prefix: 'jwt',
    })
  },
)

it.each(['/qps/user', '/jwt/qps/user'])(
  'answers %s at the root, and names no prefix',
  async (path) => {
    const { ask, logIn, own } = await start({ base: atRoot })
    const { cookie } = await logIn('ada')
    expect(own.owns(path)).toBe(true)
    expect(bodyOf(await ask('GET', path, { cookie, ...page }))).toMatchObject({ userId: 'ada' })
    const session = bodyOf(await ask('GET', '/.jotgate/session', { cookie, ...page }))
    expect(session).not.toHaveProperty('prefix')
  },
)
