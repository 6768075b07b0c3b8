import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { productFor } from '../../qlik/index.ts'
import { cloud } from '../../token/index.ts'
import { readTarget } from '../server/request-target.ts'
import { createAllowList } from './allow-list.ts'

const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const rules = productFor(tenant).gatewayRules
const listed = createAllowList({ rules })

const verdictOf = (method: string, path: string, list = listed) => list.find(method, path).verdict

describe('the allow-list of Qlik Cloud', () => {
  it.each([
    ['upgrade', '/app/7f3c'],
    ['upgrade', '/app/7f3c/identity/me/ttl/60'],
    ['GET', '/single'],
    ['GET', '/single/'],
    ['HEAD', '/resources/fonts/a.woff2'],
    ['GET', '/resources/Ma%c3%9f%20stab.png'],
    ['GET', '/resources//fonts/a.woff2'],
    ['GET', '/api/v1/users/5f'],
    ['GET', '/api/v1/licenses/status'],
    ['GET', '/api/v1/tenants/me'],
    ['POST', '/api/v1/reports'],
    ['GET', '/api/v1/reports/5f/status'],
    ['GET', '/api/v1/apps/7f3c/media/files/a.png'],
  ])('lists %s %s', (method, path) => {
    expect(verdictOf(method, path)).toBe('listed')
  })

  it.each([
    ['GET', '/app/7f3c'],
    ['upgrade', '/single/'],
    ['POST', '/single/'],
    ['GET', '/'],
    ['GET', '/api/v1/apps'],
    ['GET', '/api/v1/apps/7f3c/thumbnail'],
    ['GET', '/api/v1/data-files'],
    ['DELETE', '/api/v1/items/5f'],
    ['GET', '/API/v1/items'],
    ['OPTIONS', '/api/v1/items'],
    ['get', '/api/v1/items'],
  ])('does not list %s %s', (method, path) => {
    expect(verdictOf(method, path)).toBe('unlisted')
  })

  const closed: [string, string][] = [
    ['GET', '/api/v1/users'],
    ['GET', '/api/v1/users/'],
    ['POST', '/api/v1/users'],
    ['PATCH', '/api/v1/users/5f'],
    ['POST', '/api/v1/users/actions/invite'],
    ['PUT', '/api/v1/licenses/settings'],
    ['GET', '/api/v1/licenses/settings'],
    ['PATCH', '/api/v1/tenants/5f'],
    ['GET', '/api/v1/identity-providers'],
    ['GET', '/API/V1/Identity-Providers;x=y'],
    ['GET', '/api/v1/identity-providers./5f'],
    ['GET', '/api//v1/identity-providers%20/'],
    ['GET', '/api/v1/%EF%BD%95sers'],
    ['POST', '/api/v1/groups/actions/filter'],
    ['POST', '/login/jwt-session'],
    ['GET', '/logout'],
    ['POST', '/oauth/token'],
    ['upgrade', '/api/v1/users/me'],
    ['GET', '/.jotgate/session'],
  ]

  it.each(closed)('closes %s %s, whatever is allowed', (method, path) => {
    const generous = createAllowList({
      rules,
      allowPaths: ['GET,POST,PUT,PATCH,DELETE,upgrade /api/*', 'GET,POST /{any}'],
      unlisted: 'report',
    })
    expect(verdictOf(method, path)).toBe('closed')
    expect(verdictOf(method, path, generous)).toBe('closed')
  })

  it('covers a path that has a line for any method', () => {
    expect(listed.covers('/app/7f3c')).toBe(true)
    expect(listed.covers('/api/v1/data-files')).toBe(false)
    expect(listed.covers('/app/%')).toBe(false)
  })

  it('carries and reports other paths while a deployment is tried', () => {
    const trying = createAllowList({ rules, unlisted: 'report' })
    expect(trying.find('DELETE', '/api/v1/items/5f')).toEqual({
      verdict: 'unlisted',
      route: { access: 'session', pattern: 'unlisted', rewrites: true },
    })
    expect(listed.find('DELETE', '/api/v1/items/5f')).not.toHaveProperty('route')
  })
})

describe('the settings of an allow-list', () => {
  it('choose presets', () => {
    const charts = createAllowList({ rules, presets: ['embed'] })
    expect(verdictOf('upgrade', '/app/7f3c', charts)).toBe('listed')
    expect(verdictOf('GET', '/single/', charts)).toBe('unlisted')
  })

  it('add lines, which never make a path public', () => {
    const list = createAllowList({
      rules,
      presets: [],
      allowPaths: ['GET,POST /api/v1/data-files/*', ' PUT  /api/v1/apps/{id} ', 'GET /resources/*'],
    })
    expect(list.find('HEAD', '/api/v1/data-files')).toMatchObject({
      verdict: 'listed',
      route: { access: 'session', pattern: '/api/v1/data-files/*', rewrites: true },
    })
    expect(verdictOf('PUT', '/api/v1/apps/7f3c', list)).toBe('listed')
    expect(verdictOf('PUT', '/api/v1/apps/7f3c/', list)).toBe('unlisted')
    expect(verdictOf('PUT', '/api/v1/apps/', list)).toBe('unlisted')
    expect(list.find('GET', '/resources/a.css')).toMatchObject({
      route: { access: 'session', rewrites: false },
    })
  })

  it.each([
    [{ presets: ['all'] }, 'paths.presets[0] must be embed, single or client'],
    [{ presets: 'embed' }, 'paths.presets must be an array, not a string'],
    [{ unlisted: 'allow' }, 'paths.unlisted must be deny or report'],
    [{ allowPaths: 'GET /a' }, 'paths.allowPaths must be an array of at most 1000 lines'],
    [{ allowPaths: [5] }, 'paths.allowPaths[0] must be a string, not a number'],
    [{ allowPaths: ['/a'] }, 'must be methods, a space and a path'],
    [{ allowPaths: ['GET /a /b'] }, 'must be methods, a space and a path'],
    [{ allowPaths: ['get /a'] }, 'has the method "get"; it must be GET, HEAD, POST'],
    [{ allowPaths: ['GET,TRACE /a'] }, 'has the method "TRACE"'],
    [{ allowPaths: ['GET a'] }, 'has a path that begins with no slash'],
    [{ allowPaths: ['GET /*'] }, 'has a path that would match every path'],
    [{ allowPaths: ['GET /a/*/b'] }, 'has a path that has a * that is not its last segment'],
    [{ allowPaths: ['GET /a*'] }, 'has a * that is not its last segment'],
    [{ allowPaths: ['GET /a//b'] }, 'has an empty segment'],
    [{ allowPaths: ['GET //*'] }, 'would match every path'],
    [{ allowPaths: ['GET /a/../b'] }, 'has the segment "..", which no path can have'],
    [{ allowPaths: ['GET /a/%zz'] }, 'has the segment "%zz", which no path can have'],
    [{ allowPaths: ['GET /a/{b'] }, 'has the segment "{b", which no path can have'],
    [{ allowPaths: ['GET /api/v1/roles'] }, 'is administration of Qlik, which no setting opens'],
    [{ allowPaths: ['GET,POST /api/v1/users/me'] }, 'which no setting opens for POST'],
    [{ allowPaths: ['GET /API/v1/API-keys/{id}'] }, 'is administration of Qlik'],
    [{ allowPaths: Array(1001).fill('GET /a') }, 'at most 1000 lines'],
  ])('are refused with what is wrong: %j', (wrong, message) => {
    expect(() => createAllowList({ rules, ...(wrong as object) })).toThrow(message)
  })

  it('may have a thousand lines, and a path is found in a time that does not grow with them', () => {
    const allowPaths = Array.from({ length: 1000 }, (_, at) => `GET /x/{a}/{b}/{c}/${at}/*`)
    const list = createAllowList({ rules, allowPaths })
    const path = `/x${'/a'.repeat(3900)}`
    const started = performance.now()
    for (let i = 0; i < 20; i += 1) expect(verdictOf('GET', path, list)).toBe('unlisted')
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

it('never lists a path that a URL parser leads elsewhere (G-R5)', () => {
  const parts = fc.constantFrom(
    ...['/', '.', '..', '%2e', '%2E', '%2f', '%5c', '\\', ';', '%3b', '%00', '%25', '?', '#', '@'],
    ...['api', 'v1', 'users', 'items', 'resources', 'single', 'roles', '%61pi', ' ', '%c0%ae', ':'],
  )
  const trying = createAllowList({ rules, unlisted: 'report' })
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 12 }), (some) => {
      const target = readOrNothing(`/${some.join('')}`)
      if (target === undefined || !('route' in trying.find('GET', target.path))) return
      const { pathname, host, search } = new URL(target.path, 'https://acme.eu.qlikcloud.com')
      expect({ pathname, host, search }).toEqual({
        pathname: target.path,
        host: 'acme.eu.qlikcloud.com',
        search: '',
      })
    }),
  )
})

/** What a request's target is read to; undefined when it is refused. */
function readOrNothing(target: string) {
  try {
    return readTarget(target, 8000)
  } catch {
    return undefined
  }
}
