import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { gatewayErrors } from '../errors.ts'
import { here } from '../session/place.fixture.ts'
import { openAdminStage } from './admin-stage.fixture.ts'

type Rows = readonly { readonly id: string; readonly hostSubject: string }[]
const rowsIn = ({ json }: { json: Record<string, unknown> }) => json.sessions as Rows
const subjectsIn = (answer: { json: Record<string, unknown> }) =>
  rowsIn(answer)
    .map(({ hostSubject }) => hostSubject)
    .toSorted()

describe('the administration', () => {
  it('says that it lives, whether it is ready, and its metrics', async () => {
    const { ask, stage } = await openAdminStage()
    expect(await ask('/live')).toMatchObject({ status: 200, json: { live: true } })
    expect(await ask('/ready')).toMatchObject({ status: 200, json: { ready: true, sessions: 0 } })
    stage.isReady = false
    expect(await ask('/live')).toMatchObject({ status: 200 })
    expect(await ask('/ready')).toMatchObject({ status: 503, json: { ready: false } })
    expect(await ask('/ready', { method: 'HEAD' })).toMatchObject({ status: 503, body: '' })
    expect(await ask('/metrics')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: '# TYPE up gauge\nup 1\n',
    })
  })

  it('shows sessions without secrets, by user, subject, deployment and site', async () => {
    const { ask, enter, sockets } = await openAdminStage()
    const { session, secret } = await enter('ada')
    await enter('bob')
    sockets.set(session.id, 3)
    const all = await ask('/sessions')
    expect(all).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    })
    expect(all.headers).not.toHaveProperty('access-control-allow-origin')
    expect(subjectsIn(all)).toEqual(['ada', 'bob'])
    expect(all.json).not.toHaveProperty('next')
    expect(rowsIn(all).find(({ id }) => id === session.id)).toEqual({
      id: session.id,
      holder: 'browser',
      hostSubject: 'ada',
      subject: 'q-ada',
      deployment: 'main',
      site: 'https://qlik.acme.example',
      openedAt: new Date(session.openedAt).toISOString(),
      lastUsedAt: new Date(session.openedAt).toISOString(),
      endsAt: new Date(session.openedAt + 1_800_000).toISOString(),
      sockets: 3,
      qlik: 'open',
    })
    expect(all.body).not.toContain(secret)
    expect(subjectsIn(await ask('/sessions?hostSubject=bob'))).toEqual(['bob'])
    expect(subjectsIn(await ask('/sessions?subject=q-ada&deployment=main'))).toEqual(['ada'])
    expect(subjectsIn(await ask('/sessions?deployment=emea'))).toEqual([])
    const site = encodeURIComponent('https://qlik.acme.example')
    expect(subjectsIn(await ask(`/sessions?site=${site}`))).toEqual(['ada', 'bob'])
    for (const unknown of ['deployment=mian', 'site=https://qlik.acme.exampel'])
      for (const method of ['GET', 'DELETE'])
        expect(await ask(`/sessions?hostSubject=ada&${unknown}`, { method })).toMatchObject({
          status: 400,
          json: { detail: expect.stringContaining('that this gateway does not have') },
        })
  })

  it('gives pages, which lose and repeat nobody while sessions come and go', async () => {
    const { ask, enter, sessions } = await openAdminStage()
    const people = Array.from({ length: 5 }, (_, at) => `person-${at}`)
    for (const one of people) await enter(one)
    const page = await ask('/sessions?limit=2')
    expect(page.json.next).toMatch(/^\d+\.[0-9a-f]+$/)
    // The last one of the page ends, and with it the place where the next page begins.
    const shown = rowsIn(page).map(({ id }) => id)
    for (const one of sessions.list())
      if (shown.includes(one.id)) await sessions.end(one, 'revoked')
    const next = await ask(`/sessions?limit=2&after=${page.json.next}`)
    const last = await ask(`/sessions?limit=2&after=${next.json.next}`)
    expect([page, next, last].flatMap(subjectsIn).toSorted()).toEqual(people)
    expect(last.json).not.toHaveProperty('next')
  })

  it('ends one session, those of a person, and all; each stands in the audit log before the answer', async () => {
    const { ask, enter, sessions, sockets, acts } = await openAdminStage()
    const { session } = await enter('ada')
    for (const subject of ['ada', 'bob', 'eve']) await enter(subject)
    sockets.set(session.id, 2)
    const one = await ask(`/sessions/${session.id}`, { method: 'DELETE' })
    expect(one).toMatchObject({ status: 200, json: { sessions: 1, sockets: 2 } })
    expect(session.ended.reason).toBe('revoked')
    expect(await ask(`/sessions/${session.id}`, { method: 'DELETE' })).toMatchObject({
      status: 404,
      json: { code: 'ERR_GATEWAY_ADMIN_SESSION' },
    })
    const person = await ask('/sessions?hostSubject=ada', { method: 'DELETE' })
    expect(person.json).toEqual({ sessions: 1, sockets: 0 })
    expect(await ask('/sessions?subject=q-nobody', { method: 'DELETE' })).toMatchObject({
      json: { sessions: 0 },
    })
    expect(sessions.size).toBe(2)
    const all = await ask('/sessions?all=yes', { method: 'DELETE' })
    expect(all.json).toEqual({ sessions: 2, sockets: 0 })
    expect(await acts()).toMatchObject([
      {
        reason: 'session ended',
        address: 'socket',
        session: session.id,
        hostSubject: 'ada',
        subject: 'q-ada',
        count: 1,
        requestId: one.headers['x-request-id'],
      },
      { reason: 'sessions ended', hostSubject: 'ada', count: 1 },
      { reason: 'sessions ended', subject: 'q-nobody', count: 0 },
      { reason: 'sessions ended', path: '/sessions?all=yes', count: 2 },
    ])
  })

  it('ends sessions while the audit log is away, and shows nobody then', async () => {
    const later: unknown[] = []
    const { ask, enter, sessions } = await openAdminStage({
      audit: (log) => ({
        ...log,
        record: () => Promise.reject(gatewayErrors.ERR_GATEWAY_AUDIT({ problem: 'is away' })),
        recordLater: (event) => void later.push(event),
      }),
    })
    await enter('ada')
    const list = await ask('/sessions')
    expect(list).toMatchObject({ status: 503, json: { code: 'ERR_GATEWAY_AUDIT' } })
    expect(list.body).not.toContain('ada')
    const ended = await ask('/sessions?hostSubject=ada', { method: 'DELETE' })
    expect(ended).toMatchObject({ status: 200, json: { sessions: 1 } })
    expect(sessions.size).toBe(0)
    expect(later).toMatchObject([{ event: 'administration', hostSubject: 'ada', count: 1 }])
  })

  it.each([
    ['/sessions?hostSubjct=ada', 'a filter other than'],
    ['/sessions', 'names no sessions'],
    ['/sessions?', 'names no sessions'],
    ['/sessions?hostSubject=', 'an empty hostSubject'],
    ['/sessions?hostSubject=a&hostSubject=b', 'hostSubject more than once'],
    ['/sessions?all', '`all` with another value'],
    ['/sessions?all=no', '`all` with another value'],
    ['/sessions?all=yes&hostSubject=ada', 'beside a filter'],
    ['/sessions?all=yes&limit=1', 'a filter other than'],
  ])('ends nobody by DELETE %s', async (target, problem) => {
    const { ask, enter, sessions, acts } = await openAdminStage()
    await enter('ada')
    const answer = await ask(target, { method: 'DELETE' })
    expect(answer).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/problem+json' },
      json: { code: 'ERR_GATEWAY_ADMIN_REQUEST', detail: expect.stringContaining(problem) },
    })
    expect(sessions.size).toBe(1)
    expect(await acts()).toEqual([])
  })

  it.each([
    ['GET', '/', 404, undefined],
    ['GET', '/sessions/', 404, undefined],
    ['GET', '/Sessions', 404, undefined],
    ['GET', '/sessions/../sessions', 404, undefined],
    ['GET', '/sessions/abc', 405, 'DELETE'],
    ['POST', '/sessions', 405, 'GET, DELETE'],
    ['DELETE', '/metrics', 405, 'GET, HEAD'],
    ['OPTIONS', '/sessions', 405, 'GET, DELETE'],
    ['TRACE', '/live', 405, 'GET, HEAD'],
    ['GET', '/sessions?limit=0', 400, undefined],
    ['GET', '/sessions?limit=1e9', 400, undefined],
    ['GET', '/sessions?after=x', 400, undefined],
    ['DELETE', '/sessions/abc?all=yes', 400, undefined],
  ])('answers %s %s with %i', async (method, target, status, allow) => {
    const { ask } = await openAdminStage()
    const answer = await ask(target, { method })
    expect(answer).toMatchObject({ status, json: { status } })
    expect(answer.headers.allow).toBe(allow)
  })

  it('takes no body', async () => {
    const { ask } = await openAdminStage()
    const headers = { 'content-length': '2' }
    const answer = await ask('/sessions?all=yes', { method: 'DELETE', headers, body: '{}' })
    expect(answer).toMatchObject({
      status: 400,
      json: { detail: 'The request has a body, which nothing here takes' },
    })
  })

  it('lists 10,000 sessions without holding up other requests', async () => {
    const { ask, sessions } = await openAdminStage()
    const user = { subject: randomBytes(16).toString('hex') }
    const identity = { source: 'callback', user } as const
    await Promise.all(
      Array.from({ length: 10_000 }, () =>
        sessions.open({ identity, user, holder: 'browser', place: here }),
      ),
    )
    let turns = 0
    let isDone = false
    const count = () => {
      turns += 1
      if (!isDone) setImmediate(count)
    }
    const list = ask('/sessions')
    count()
    const answer = await list
    isDone = true
    expect(subjectsIn(answer)).toHaveLength(10_000)
    // Other work had its turn at least between each 200 rows.
    expect(turns).toBeGreaterThanOrEqual(10_000 / 200 - 1)
  })
})
