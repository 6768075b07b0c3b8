import { afterEach, describe, expect, it } from 'vitest'
import { changeSession, type QlikProduct, qlikErrors, restoreSession } from '../../qlik/index.ts'
import { definedOf } from '../../values/index.ts'
import { nodesAt } from '../nodes/nodes.fixture.ts'
import { createUpstreamNodes, type UpstreamNodes } from '../nodes/upstream-nodes.ts'
import { gatewayRequest } from '../request.fixture.ts'
import { createUpstream } from '../session/upstream.ts'
import { pageOrigin, startDecider } from './decider.fixture.ts'
import { atRoot, prefixed, prefixedProduct, samePrefix } from './prefix.fixture.ts'

type Stage = Awaited<ReturnType<typeof startDecider>>
const stages: Stage[] = []
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close()
})

const upstreamNamed = (id: string, url: string = prefixed.url) =>
  createUpstream(
    id,
    restoreSession({
      product: 'client-managed',
      url,
      prefix: 'jwt',
      cookies: { 'X-Qlik-Session-jwt': `cookie-of-${id}` },
      csrfToken: `csrf-of-${id}`,
      openedAt: '2026-11-28T23:00:00Z',
    }),
    { place: nodesAt([prefixed.url]).take(), lastUsedAt: 0, writtenAt: 0 },
  ).shown

/** @param fresh gives the session as the next web socket needs it */
async function start(
  fresh: QlikProduct['prepareUpgrade'] = async ({ session }) => session,
  base = samePrefix,
  isolate = false,
  { nodes, firstNode }: { nodes?: UpstreamNodes; firstNode?: string } = {},
) {
  const first = upstreamNamed('first', firstNode)
  const renewed: string[] = []
  const stage = await startDecider({
    base,
    isolate,
    product: { ...prefixedProduct, prepareUpgrade: fresh },
    list: { rules: prefixedProduct.gatewayRules },
    ...definedOf({ nodes }),
    upstreamSessions: {
      sessionFor: async () => first,
      async renew(_session, lost) {
        renewed.push(lost.id)
        return upstreamNamed('second')
      },
    },
  })
  stages.push(stage)
  const { cookie, session } = await stage.logIn('ada')
  const decide = (target: string, kind: 'http' | 'upgrade' = 'http') =>
    stage.decide(gatewayRequest({ target, headers: { cookie, origin: pageOrigin } }), kind)
  return { ...stage, first, renewed, decide, session }
}

describe('a path below the prefix', () => {
  it('goes to Qlik under the same prefix, by the list of what is below it', async () => {
    const { decide } = await start()
    expect(await decide('/jwt/api/hub/about?xrfkey=0123456789abcdef&a=1')).toMatchObject({
      outcome: 'forward',
      route: { pattern: '/api/hub/*' },
      target: expect.stringMatching(/^\/jwt\/api\/hub\/about\?a=1&xrfkey=[\dA-Za-z]{16}$/),
    })
    expect(await decide('/jwt/resources/fonts/a.woff')).toMatchObject({
      route: { access: 'public' },
      target: '/jwt/resources/fonts/a.woff',
    })
  })

  it('is reported as the line of the list that would have it', async () => {
    const { decide, reported } = await start()
    await decide('/jwt/api/v1/data-files')
    expect(reported).toEqual([{ method: 'GET', path: '/api/v1/data-files', carried: false }])
  })

  it.each(['/jwt/qrs/app', '/jwt/qps/user', '/jwt/QRS/datacollection/settings/x', '/jwt/qmc/'])(
    'stays closed when it is %s',
    async (target) => {
      const { decide } = await start()
      expect(await decide(target)).toMatchObject({
        outcome: 'deny',
        error: { code: 'ERR_GATEWAY_PATH', details: { why: 'closed' } },
      })
    },
  )
})

it.each(['/hub/', '/jwt', '/', '/other/hub/', '/jwtx/hub/', '/resources/a.js'])(
  'no request for %s, which is beside the prefix, reaches Qlik',
  async (target) => {
    const { decide, reported } = await start()
    expect(await decide(target)).toMatchObject({
      outcome: 'deny',
      error: { code: 'ERR_GATEWAY_PATH', details: { why: 'elsewhere' } },
    })
    expect(reported).toEqual([])
  },
)

describe('Qlik’s paths at the root', () => {
  it.each([
    ['/api/hub/about?a=1', /^\/jwt\/api\/hub\/about\?a=1&xrfkey=/],
    // As an address in one of Qlik's answers has it.
    ['/jwt/api/hub/about', /^\/jwt\/api\/hub\/about\?xrfkey=/],
    ['/resources/fonts/a.woff', /^\/jwt\/resources\/fonts\/a\.woff$/],
  ])('%s goes to Qlik below its prefix', async (target, atQlik) => {
    const { decide } = await start(undefined, atRoot)
    expect(await decide(target)).toMatchObject({ target: expect.stringMatching(atQlik) })
  })

  it('has web sockets too', async () => {
    const { decide } = await start(undefined, atRoot)
    expect(await decide('/app/7f3c', 'upgrade')).toMatchObject({
      target: '/jwt/app/7f3c?qlik-csrf-token=csrf-of-first',
    })
  })

  it.each(['/qrs/app', '/jwt/qrs/app', '/qmc/', '/jwt/qmc/', '/qps/ticket', '/jwt/jwt/hub/', '/'])(
    'and %s stays closed, or unlisted',
    async (target) => {
      const { decide } = await start(undefined, atRoot)
      expect(await decide(target)).toMatchObject({
        outcome: 'deny',
        error: { code: 'ERR_GATEWAY_PATH' },
      })
    },
  )
})

it.each([samePrefix, atRoot])(
  'has engine sessions of its own where that is wanted',
  async (base) => {
    const { decide, session } = await start(undefined, base, true)
    const owner = session.id.slice(0, 16)
    expect(owner).toMatch(/^[\da-f]{16}$/)
    expect(await decide(`${base.own}/app/7f3c/ttl/5`, 'upgrade')).toMatchObject({
      target: `/jwt/app/7f3c/identity/${owner}/ttl/5?qlik-csrf-token=csrf-of-first`,
    })
    expect(await decide(`${base.own}/hub/`)).toMatchObject({
      target: expect.not.stringContaining('identity'),
    })
  },
)

describe('a web socket whose CSRF token is asked for', () => {
  it('has the fresh one, which requests use from then on', async () => {
    const { decide, first } = await start(async ({ session }) =>
      changeSession(session, { csrfToken: 'fresh' }),
    )
    const decision = await decide('/jwt/app/7f3c', 'upgrade')
    expect(decision).toMatchObject({ target: '/jwt/app/7f3c?qlik-csrf-token=fresh' })
    expect(first.current.csrfToken).toBe('fresh')
  })

  it('goes under another Qlik session when the first turns out to have ended', async () => {
    const { decide, renewed } = await start(async ({ session }) => {
      if (session.csrfToken !== 'csrf-of-first') return session
      throw qlikErrors.ERR_QLIK_NOT_LOGGED_IN({ call: 'GET /jwt/qps/csrftoken', status: 403 })
    })
    expect(await decide('/jwt/app/7f3c', 'upgrade')).toMatchObject({
      outcome: 'forward',
      upstream: { id: 'second' },
      target: '/jwt/app/7f3c?qlik-csrf-token=csrf-of-second',
    })
    expect(renewed).toEqual(['first'])
  })

  it('G-F4 goes under another Qlik session when the node of the first is gone', async () => {
    const [gone = '', left = ''] = ['https://a.acme.example', 'https://b.acme.example']
    const nodes = createUpstreamNodes({
      urls: [gone, left],
      clock: () => 0,
      ask: (url) => (url === gone ? Promise.reject(new Error('away')) : Promise.resolve()),
    })
    const unreachable = qlikErrors.ERR_QLIK_UNREACHABLE({ url: gone, reason: 'ECONNREFUSED' })
    const { decide, renewed } = await start(
      async ({ session }) => {
        if (session.csrfToken === 'csrf-of-first') throw unreachable
        return session
      },
      samePrefix,
      false,
      { nodes, firstNode: gone },
    )
    expect(await decide('/jwt/app/7f3c', 'upgrade')).toMatchObject({
      outcome: 'forward',
      upstream: { id: 'second' },
    })
    expect(renewed).toEqual(['first'])
  })

  it('is refused when Qlik refuses the new one too', async () => {
    const { decide, renewed } = await start(() =>
      Promise.reject(
        qlikErrors.ERR_QLIK_NOT_LOGGED_IN({ call: 'GET /jwt/qps/csrftoken', status: 403 }),
      ),
    )
    expect(await decide('/jwt/app/7f3c', 'upgrade')).toMatchObject({ outcome: 'deny' })
    expect(renewed).toEqual(['first'])
  })
})
