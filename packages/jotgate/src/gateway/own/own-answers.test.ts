import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Enter } from '../enter.ts'
import { gatewayErrors } from '../errors.ts'
import { assertionOf, personNamed } from '../session/session.fixture.ts'
import { type Answered, pageOrigin, startOwnAnswers } from './own-answers.fixture.ts'

type Stage = Awaited<ReturnType<typeof startOwnAnswers>>
const stages: Stage[] = []

async function start(options?: Parameters<typeof startOwnAnswers>[0]): Promise<Stage> {
  const stage = await startOwnAnswers(options)
  stages.push(stage)
  return stage
}

afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close()
})

const page = { origin: pageOrigin, 'sec-fetch-site': 'same-site' }
const bodyOf = ({ body }: Answered) => JSON.parse(body) as Record<string, unknown>

describe('what a page learns of its session', () => {
  it('is who it is and until when, and does not count as use', async () => {
    const { ask, logIn, sessions } = await start()
    const { cookie, session } = await logIn('ada')
    const before = sessions.endsAt(session)
    const answer = await ask('GET', '/.jotgate/session', { cookie, ...page })
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'access-control-allow-origin': pageOrigin,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    })
    expect(bodyOf(answer)).toEqual({
      user: { subject: 'ada', name: 'Name of ada' },
      product: 'cloud',
      now: expect.any(Number),
      idleEndsAt: before.idle,
      endsAt: before.absolute,
      state: 'waiting',
    })
    expect(sessions.endsAt(session)).toEqual(before)
  })

  it('is why it has ended', async () => {
    const { ask, logIn, sessions } = await start()
    const { cookie, session } = await logIn('ada')
    await sessions.end(session, 'revoked')
    const answer = await ask('GET', '/.jotgate/session', { cookie, ...page })
    expect(answer).toMatchObject({
      status: 401,
      headers: {
        'content-type': 'application/problem+json',
        'access-control-allow-origin': pageOrigin,
      },
    })
    expect(bodyOf(answer)).toMatchObject({ code: 'ERR_GATEWAY_NOT_IDENTIFIED', reason: 'revoked' })
    expect(answer.headers).not.toHaveProperty('set-cookie')
  })

  it('is that there is none', async () => {
    const { ask } = await start()
    const answer = await ask('GET', '/.jotgate/session', page)
    expect(answer.status).toBe(401)
    expect(bodyOf(answer)).not.toHaveProperty('reason')
  })

  it('is that another person is logged in to the host application', async () => {
    const stage = await start({
      watch: { check: (session) => stage.sessions.end(session, 'replaced') },
    })
    const { cookie } = await stage.logIn('ada')
    const answer = await stage.ask('GET', '/.jotgate/session', { cookie, ...page })
    expect(bodyOf(answer)).toMatchObject({ status: 401, reason: 'replaced' })
  })

  it('is for listed pages alone', async () => {
    const { ask, logIn } = await start()
    const { cookie } = await logIn('ada')
    const headers = { cookie, origin: 'https://evil.example' }
    const answer = await ask('GET', '/.jotgate/session', headers)
    expect(answer.status).toBe(403)
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    expect(answer.body).not.toContain('ada')
  })
})

describe('a log-out by a page', () => {
  it('ends the session and takes the cookie away', async () => {
    const { ask, logIn } = await start()
    const { cookie, session } = await logIn('ada')
    const answer = await ask('POST', '/.jotgate/logout', { cookie, ...page })
    expect(answer.status).toBe(204)
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-jotgate=; .*Max-Age=0/),
    ])
    expect(session.ended.reason).toBe('signed-out')
  })

  it.each([{}, { origin: 'null' }, { ...page, 'sec-fetch-site': 'cross-site' }])(
    'is refused to another page: %j (T-C16)',
    async (headers) => {
      const { ask, logIn } = await start()
      const { cookie, session } = await logIn('ada')
      expect((await ask('POST', '/.jotgate/logout', { cookie, ...headers })).status).toBe(403)
      expect(session.ended.aborted).toBe(false)
    },
  )

  it('succeeds without a session too', async () => {
    const { ask } = await start()
    expect((await ask('POST', '/.jotgate/logout', page)).status).toBe(204)
  })

  it('ends a program’s session by its token', async () => {
    const { ask, identities, sessions, place } = await start()
    const identity = assertionOf('robot')
    identities.set('Bearer one', identity)
    const { session } = await sessions.open({
      identity,
      user: identity.user,
      holder: 'program',
      place,
    })
    const headers = { authorization: 'Bearer one' }
    expect((await ask('POST', '/.jotgate/logout', headers)).status).toBe(204)
    expect(session.ended.reason).toBe('signed-out')
  })

  it('takes one credential only', async () => {
    const { ask, logIn } = await start()
    const { cookie, session } = await logIn('ada')
    const headers = { cookie, authorization: 'Bearer one', ...page }
    expect((await ask('POST', '/.jotgate/logout', headers)).status).toBe(400)
    expect(session.ended.aborted).toBe(false)
  })
})

describe('a log-out by a link', () => {
  it.each([
    ['/logout', `${pageOrigin}/login`],
    [`/logout?returnto=${encodeURIComponent(`${pageOrigin}/bye`)}`, `${pageOrigin}/bye`],
    ['/logout?returnto=//evil.example', `${pageOrigin}/login`],
    ['/.jotgate/logout', `${pageOrigin}/login`],
  ])('%s leads to %s', async (path, location) => {
    const { ask, logIn } = await start()
    const { cookie, session } = await logIn('ada')
    const headers = { cookie, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' }
    expect(await ask('GET', path, headers)).toMatchObject({ status: 302, headers: { location } })
    expect(session.ended.reason).toBe('signed-out')
  })

  it('says so where it does not know a page to lead to', async () => {
    const { ask } = await start({ loginUrl: undefined })
    expect(await ask('GET', '/logout')).toMatchObject({
      status: 200,
      body: 'You are logged out.\n',
    })
  })

  it.each([
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' },
    { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-purpose': 'prefetch' },
  ])('is not one that somebody else follows for a person: %j (T-C16)', async (headers) => {
    const { ask, logIn } = await start()
    const { cookie, session } = await logIn('ada')
    expect((await ask('GET', '/logout', { cookie, ...headers })).status).toBe(403)
    expect(session.ended.aborted).toBe(false)
  })
})

describe('a login', () => {
  it.each([
    ['/login', `${pageOrigin}/login`],
    [
      `/login?qlik-web-integration-id=a&returnto=${encodeURIComponent(`${pageOrigin}/sales?a=1`)}`,
      `${pageOrigin}/login?returnto=${encodeURIComponent(`${pageOrigin}/sales?a=1`)}`,
    ],
    ['/login?returnto=https%3A%2F%2Fevil.example', `${pageOrigin}/login`],
    ['/.jotgate/login', `${pageOrigin}/login`],
  ])('by %s is led to the host application: %s', async (path, location) => {
    const { ask } = await start()
    expect(await ask('GET', path)).toMatchObject({
      status: 302,
      headers: { location, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' },
    })
  })

  it('is not possible where the gateway does not know the page', async () => {
    const { ask } = await start({ loginUrl: undefined })
    const answer = await ask('GET', '/login')
    expect(bodyOf(answer)).toMatchObject({ status: 404, code: 'ERR_GATEWAY_NO_LOGIN_PAGE' })
  })
})

describe('what Qlik’s clients ask for', () => {
  it('product-info.json is answered without a session, to listed pages (@qlik/api 2.19.0)', async () => {
    const { ask } = await start()
    const path = '/resources/autogenerated/product-info.json'
    const answer = await ask('GET', path, page)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'access-control-allow-origin': pageOrigin,
    })
    expect(bodyOf(answer)).toEqual({
      composition: { deploymentType: 'qlikcloudservices' },
      externalUrls: {},
    })
    expect(await ask('HEAD', path)).toMatchObject({ status: 200, body: '' })
  })

  it('a CSRF token is the session’s own, and neither Qlik’s nor its cookie (T-C13)', async () => {
    const { ask, logIn } = await start()
    const people = await Promise.all(['ada', 'bob'].map(logIn))
    const tokens = await Promise.all(
      [...people, ...people].map(async ({ cookie, session }) => {
        const answer = await ask('GET', '/api/v1/csrf-token', { cookie, ...page })
        expect(answer).toMatchObject({ status: 204, headers: { 'cache-control': 'no-store' } })
        expect(answer.headers['access-control-expose-headers']).toContain('qlik-csrf-token')
        const token = String(answer.headers['qlik-csrf-token'])
        expect(token).toMatch(/^[\w-]{43}$/)
        expect([cookie, session.id].join(' ')).not.toContain(token)
        return token
      }),
    )
    expect(tokens.slice(2)).toEqual(tokens.slice(0, 2))
    expect(new Set(tokens).size).toBe(2)
  })

  it('a CSRF token is a use of the session', async () => {
    let now = 1_700_000_000_000
    const { ask, logIn, sessions } = await start({ clock: () => now })
    const { cookie, session } = await logIn('ada')
    const { idle } = sessions.endsAt(session)
    now += 60_000
    await ask('GET', '/.jotgate/session', { cookie })
    expect(sessions.endsAt(session).idle).toBe(idle)
    await ask('GET', '/api/v1/csrf-token', { cookie })
    expect(sessions.endsAt(session).idle).toBe(idle + 60_000)
  })

  it('a CSRF token without a session is 401 as JSON', async () => {
    const { ask } = await start()
    const answer = await ask('GET', '/api/v1/csrf-token', { accept: 'text/html' })
    expect(bodyOf(answer)).toMatchObject({ status: 401 })
    expect(answer.headers).not.toHaveProperty('qlik-csrf-token')
  })

  it('is refused while the host application is silent', async () => {
    const check = () =>
      Promise.reject(gatewayErrors.ERR_GATEWAY_HOST_SILENT({ problem: 'is slow' }))
    const { ask, logIn } = await start({ watch: { check } })
    const { cookie } = await logIn('ada')
    expect((await ask('GET', '/api/v1/csrf-token', { cookie })).status).toBe(503)
  })
})

it('answers the question of a browser before any request', async () => {
  const { ask } = await start()
  const answer = await ask('OPTIONS', '/api/v1/items', {
    origin: pageOrigin,
    'access-control-request-method': 'PUT',
  })
  expect(answer).toMatchObject({
    status: 204,
    headers: { 'access-control-allow-origin': pageOrigin },
  })
})

describe('POST /.jotgate/login', () => {
  const logIn = vi.fn<Enter['logIn']>(() => Promise.reject(new Error('nobody logs in here')))

  it('is for listed pages, also with a token (T-C08)', async () => {
    const { denials, ask } = await start({ enter: { logIn } })
    const token = { authorization: 'Bearer a.b.c' }
    expect((await ask('POST', '/.jotgate/login', token)).status).toBe(403)
    const evil = { ...token, origin: 'http://evil.example' }
    expect((await ask('POST', '/.jotgate/login', evil)).status).toBe(403)
    expect(denials).toEqual(['ERR_GATEWAY_PAGE', 'ERR_GATEWAY_PAGE'])
    expect(logIn).not.toHaveBeenCalled()
  })

  it('takes a cookie beside the token, and gives that of the new session', async () => {
    const enter: Pick<Enter, 'logIn'> = {
      logIn: () => {
        const identity = personNamed('ada')
        const { place } = stage
        return stage.sessions.open({ identity, user: identity.user, holder: 'browser', place })
      },
    }
    const stage = await start({ enter })
    const { cookie } = await stage.logIn('ada')
    const both = { ...page, cookie, authorization: 'Bearer a.b.c' }
    const answer = await stage.ask('POST', '/.jotgate/login', both)
    expect(answer.status).toBe(200)
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-jotgate=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/),
    ])
    expect(bodyOf(answer)).toMatchObject({ user: { subject: 'ada' }, state: 'waiting' })
  })
})

describe('what it leaves to others', () => {
  it.each([
    ['GET', '/api/v1/items'],
    ['POST', '/api/v1/csrf-token'],
    ['GET', '/.jotgate/other'],
    ['GET', '/loginx'],
  ])('is %s %s', async (method, path) => {
    const { ask } = await start()
    expect(await ask(method, path, page)).toMatchObject({ status: 404, body: 'not own' })
  })

  it('is /login and /logout on the host application’s own origin', async () => {
    const { ask, own } = await start({ sameOrigin: true })
    for (const path of ['/login', '/logout']) {
      expect(await ask('GET', path)).toMatchObject({ status: 404, body: 'not own' })
      expect(own.owns(path)).toBe(false)
    }
    expect((await ask('GET', '/.jotgate/logout')).status).toBe(302)
    expect(own.owns('/.jotgate/other')).toBe(true)
    expect(own.owns('/resources/autogenerated/product-info.json')).toBe(true)
  })
})
