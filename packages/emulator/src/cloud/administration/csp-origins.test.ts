import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant } from '../testing/tenant.ts'

let tenant: TestTenant

beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())

const path = '/api/v1/csp-origins'

async function create(body: unknown): Promise<Record<string, unknown>> {
  const response = await tenant.admin('POST', path, body)
  expect(response.status).toBe(201)
  return (await response.json()) as Record<string, unknown>
}

describe('a CSP entry', () => {
  it('is saved without the scheme of its origin', async () => {
    const entry = await create({
      origin: 'https://localhost:3000',
      name: 'portal',
      frameAncestors: true,
    })
    expect(entry).toMatchObject({
      origin: 'localhost:3000',
      name: 'portal',
      description: '',
      frameAncestors: true,
      frameSrc: false,
    })
    const found = await tenant.admin('GET', `${path}/${entry.id}`)
    expect(await found.json()).toEqual(entry)
    expect((await tenant.admin('DELETE', `${path}/${entry.id}`)).status).toBe(204)
    const gone = await tenant.admin('GET', `${path}/${entry.id}`)
    expect(gone.status).toBe(404)
    const [error] = ((await gone.json()) as { errors: object[] }).errors
    expect(error).toEqual({ code: 'CSP-404', title: 'Not found' })
  })

  it('is replaced as a whole', async () => {
    const entry = await create({ origin: 'a.example', name: 'before', imgSrc: true })
    const response = await tenant.admin('PUT', `${path}/${entry.id}`, { origin: 'b.example' })
    expect(await response.json()).toMatchObject({
      id: entry.id,
      createdDate: entry.createdDate,
      origin: 'b.example',
      name: '',
      imgSrc: false,
    })
    expect((await tenant.admin('PUT', `${path}/none`, { origin: 'b.example' })).status).toBe(404)
    await tenant.admin('DELETE', `${path}/${entry.id}`)
  })

  it.each([
    [{}, 'origin is required'],
    [[], 'The body must be a JSON object'],
    [{ origin: 'https://a.example/' }, /^a\.example\/ is not a host .* trailing slash$/],
    [{ origin: "a.example; script-src 'none'" }, /is not a host/],
    [{ origin: 'a'.repeat(257) }, /256/],
    [{ origin: 'a.example', name: 'n'.repeat(513) }, /512/],
    [{ origin: 'a.example', description: 'd'.repeat(1025) }, /1024/],
    [{ origin: 'a.example', frameAncestors: 'yes' }, 'frameAncestors must be true or false'],
  ])('is refused as %o', async (body, detail) => {
    const response = await tenant.admin('POST', path, body)
    expect(response.status).toBe(400)
    const [error] = ((await response.json()) as { errors: { detail: string }[] }).errors
    expect(error?.detail).toMatch(detail)
    expect(error).not.toHaveProperty('status')
  })

  it('is listed by directive, by a part of its name or origin, and sorted', async () => {
    await create({ origin: '*.acme.example', name: 'Charts', frameAncestors: true })
    await create({ origin: 'fonts.example', name: 'fonts', fontSrc: true })
    const namesOf = async (query: string) => {
      const response = await tenant.admin('GET', `${path}?${query}`)
      const { data } = (await response.json()) as { data: { name: string }[] }
      return data.map((entry) => entry.name)
    }
    expect(await namesOf('frameAncestors=true')).toEqual(['Charts'])
    expect(await namesOf('frameAncestors=false')).toEqual(['fonts'])
    expect(await namesOf('name=CHA*s')).toEqual(['Charts'])
    expect(await namesOf('origin=*.acme')).toEqual(['Charts'])
    expect(await namesOf('origin=s.e')).toEqual(['fonts'])
    expect(await namesOf('sort=-name&limit=1')).toEqual(['fonts'])
  })

  it('is for administrators only', async () => {
    expect((await tenant.send('GET', path)).status).toBe(401)
    const { cookie } = await tenant.login()
    expect((await tenant.send('GET', path, { cookie })).status).toBe(403)
  })
})

describe('the generated header', () => {
  it('names each directive, and comes as JSON or as text', async () => {
    await create({ origin: 'socket.example', connectSrc: true, connectSrcWSS: true })
    const response = await tenant.admin('GET', `${path}/actions/generate-header`)
    const policy = ((await response.json()) as Record<string, string>)['Content-Security-Policy']
    expect(policy?.split('; ')).toContain("connect-src 'self' socket.example wss://socket.example")
    expect(policy?.split('; ')).toContain("object-src 'self'")
    const text = await fetch(`${tenant.emulator.url}${path}/actions/generate-header`, {
      headers: { authorization: `Bearer ${tenant.emulator.adminKey}`, accept: 'text/plain' },
    })
    expect(await text.text()).toBe(policy)
  })
})

describe('the pages for iframes', () => {
  const single = '/single/?appid=sales&obj=o'

  it('send a browser without a session to the log-in and back', async () => {
    const response = await tenant.send('GET', `${single}&qlik-web-integration-id=w`)
    expect(response.status).toBe(302)
    const to = new URL(response.headers.get('location') ?? '', tenant.emulator.url)
    expect(to.pathname).toBe('/login')
    expect(to.searchParams.get('returnto')).toBe(`${single}&qlik-web-integration-id=w`)
    expect(to.searchParams.get('qlik-web-integration-id')).toBe('w')
  })

  it('may be framed by nobody else until an entry says so', async () => {
    const policyOf = async (target: string) =>
      (await tenant.send('GET', target)).headers.get('content-security-policy')
    tenant.emulator.reset()
    expect(await policyOf(single)).toBe("frame-ancestors 'self'")
    await create({ origin: 'http://localhost:3000', frameAncestors: true })
    await create({ origin: 'images.example', imgSrc: true })
    for (const target of [single, '/sense/app/sales', '/sense/app/sales/sheet/s/state/analysis'])
      expect(await policyOf(target)).toBe("frame-ancestors 'self' localhost:3000")
  })
})

describe('the scheme of a CSP entry', () => {
  const publicUrl = 'https://acme.eu.qlikcloud.com'
  const page = 'http://localhost:8080'
  let https: TestTenant
  beforeEach(async () => {
    https = await startTenant({ publicUrl })
  })
  afterEach(() => https.close())

  const add = async (origin: string) => {
    const body = { origin, frameAncestors: true, connectSrcWSS: true }
    const created = await https.admin('POST', path, body)
    expect(created.status).toBe(201)
    return (await created.json()) as { id: string; origin: string }
  }
  const frame = async () => {
    const headers = { 'sec-fetch-dest': 'iframe', referer: `${page}/` }
    const answer = await https.send('GET', '/single/?appid=sales', headers)
    await answer.text()
    return answer.headers.get('content-security-policy')
  }
  const adviceOnLast = async () => {
    const answer = await https.send('GET', '/_emulator/api/requests')
    const { requests } = (await answer.json()) as { requests: { advice: unknown }[] }
    return JSON.stringify(requests.at(-1)?.advice)
  }

  it('is dropped, and the console says that the frame stays blocked', async () => {
    expect((await add(page)).origin).toBe('localhost:8080')
    expect(await adviceOnLast()).toContain('switch cspOriginScheme')
    expect(await frame()).toBe("frame-ancestors 'self' localhost:8080")
    expect(await adviceOnLast()).toContain('switch cspOriginScheme')
  })

  it('is kept by switch, in the entry and in the policy', async () => {
    https.emulator.switches.set({ cspOriginScheme: 'kept' })
    const entry = await add(page)
    expect(entry.origin).toBe(page)
    expect(await adviceOnLast()).toBe('[]')
    expect(await frame()).toBe(`frame-ancestors 'self' ${page}`)
    const policy = await https.admin('GET', `${path}/actions/generate-header`)
    expect(await policy.text()).toContain("connect-src 'self' wss://localhost:8080")
    const changed = await https.admin('PUT', `${path}/${entry.id}`, { origin: 'HTTPS://b.example' })
    expect(await changed.json()).toMatchObject({ origin: 'https://b.example' })
    const wrong = await https.admin('POST', path, { origin: 'ftp://b.example' })
    expect(wrong.status).toBe(400)
  })

  it('needs no word where the page is of https', async () => {
    await add('https://localhost:8080')
    expect(await adviceOnLast()).toBe('[]')
  })
})
