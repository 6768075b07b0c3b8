import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant, testOrigin } from '../../testing/tenant.ts'

let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())

/** A browser that keeps cookies and follows nothing by itself. */
function createBrowser() {
  const cookies = new Map<string, string>()
  return {
    cookies,
    async open(path: string, form?: Record<string, string>): Promise<Response> {
      const response = await fetch(new URL(path, tenant.emulator.url), {
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
      })
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';')
        const at = pair.indexOf('=')
        if (line.includes('Expires=Thu, 01 Jan 1970')) cookies.delete(pair.slice(0, at))
        else cookies.set(pair.slice(0, at), pair.slice(at + 1))
      }
      return response
    },
  }
}

type Browser = ReturnType<typeof createBrowser>

const locationOf = (response: Response) => response.headers.get('location') ?? ''
const stateOf = (address: string) =>
  new URL(address, tenant.emulator.url).searchParams.get('state') ?? ''

/** Goes to the log-in and says who one is; gives the answer of the way back. */
async function logIn(
  browser: Browser,
  form: Record<string, string> = { subject: 'idp|katherine' },
  query = '',
): Promise<Response> {
  const begun = await browser.open(`/login${query}`)
  expect(begun.status).toBe(302)
  const chosen = await browser.open('/login/sign-in', {
    state: stateOf(locationOf(begun)),
    ...form,
  })
  expect(chosen.status).toBe(303)
  return browser.open(locationOf(chosen))
}

async function firstError(response: Response) {
  const { errors } = (await response.json()) as { errors: Record<string, string>[] }
  return { status: response.status, ...errors[0] }
}

const whoAmI = async (browser: Browser) => {
  const me = await browser.open('/api/v1/users/me')
  if (me.status !== 301) return undefined
  return ((await (await browser.open(locationOf(me))).json()) as { subject: string }).subject
}

describe('the interactive log-in', () => {
  it('leads to the stand-in for an identity provider, and back with a session', async () => {
    const browser = createBrowser()
    const response = await logIn(browser, undefined, '?returnto=%2Fsense%2Fapp%2Fsales%3Fa%3Db')
    expect(response.status).toBe(302)
    expect(locationOf(response)).toBe('/sense/app/sales?a=b')
    expect(await whoAmI(browser)).toBe('idp|katherine')
    // The cookie of the state has gone again.
    expect([...browser.cookies.keys()]).toEqual([
      'AWSALB',
      'AWSALBCORS',
      'eas.sid',
      'eas.sid.sig',
      '_csrfToken',
      '_csrfToken.sig',
    ])
  })

  it('shows its people on a page that nobody frames and that runs no script', async () => {
    const browser = createBrowser()
    const begun = await browser.open('/login?login_hint=grace@company.example')
    const page = await browser.open(locationOf(begun))
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    const html = await page.text()
    expect(html.indexOf('Grace Hopper')).toBeLessThan(html.indexOf('Katherine Johnson'))
    expect(html).not.toContain('<script')
  })

  it('writes what it was given as text', async () => {
    const browser = createBrowser()
    const hint = encodeURIComponent('"><script>alert(1)</script>')
    const html = await (
      await browser.open(locationOf(await browser.open(`/login?login_hint=${hint}`)))
    ).text()
    expect(html).not.toContain('<script')
  })

  it('takes a person of one’s own', async () => {
    const browser = createBrowser()
    const person = { subject: 'idp|eve', name: 'Eve', email: 'eve@company.example' }
    expect((await logIn(browser, person)).status).toBe(302)
    expect(await whoAmI(browser)).toBe('idp|eve')
  })

  it('does not ask again who is logged in, but for prompt=login and a max_age that is over', async () => {
    const browser = createBrowser()
    await logIn(browser)
    expect(locationOf(await browser.open('/login?returnto=/x'))).toBe('/x')
    expect(locationOf(await browser.open('/login?returnto=/x&max_age=60'))).toBe('/x')
    expect(locationOf(await browser.open('/login?prompt=login'))).toContain('/login/sign-in')
    tenant.emulator.clock.advance(61)
    expect(locationOf(await browser.open('/login?max_age=60'))).toContain('/login/sign-in')
  })

  it('asks nobody with prompt=none', async () => {
    const browser = createBrowser()
    expect(await firstError(await browser.open('/login?prompt=none'))).toMatchObject({
      status: '401',
      title: 'Login required',
    })
    await logIn(browser)
    expect((await browser.open('/login?prompt=none&returnto=/x')).status).toBe(302)
  })

  it.each(['prompt=maybe', 'max_age=x'])('refuses %s', async (query) => {
    expect((await createBrowser().open(`/login?${query}`)).status).toBe(400)
  })
})

describe('returnto', () => {
  it('leads to another origin when the web integration lists it', async () => {
    const id = tenant.webIntegrationId
    const wanted = encodeURIComponent(`${testOrigin}/page?x=1`)
    const query = `?qlik-web-integration-id=${id}&returnto=${wanted}`
    const response = await logIn(createBrowser(), undefined, query)
    expect(locationOf(response)).toBe(`${testOrigin}/page?x=1`)
  })

  it.each([
    [
      'https://elsewhere.example/',
      'LOGIN-10',
      'returnto not included in web integration whitelist',
    ],
    ['http://localhost:3001/', 'LOGIN-10', ''],
  ])('to %s with an integration is %s', async (wanted, code, title) => {
    const query = `qlik-web-integration-id=${tenant.webIntegrationId}&returnto=${encodeURIComponent(wanted)}`
    const error = await firstError(await createBrowser().open(`/login?${query}`))
    expect(error).toMatchObject({ status: '401', code, title: expect.stringContaining(title) })
  })

  it.each([
    'https://elsewhere.example/',
    '//elsewhere.example',
    '\\\\elsewhere.example',
    'javascript:alert(1)',
    'http://',
  ])('to %s without one is LOGIN-8', async (wanted) => {
    const response = await createBrowser().open(`/login?returnto=${encodeURIComponent(wanted)}`)
    expect(await firstError(response)).toMatchObject({
      status: '401',
      code: 'LOGIN-8',
      title: 'Illegal returnto value',
    })
  })
})

describe('what can go wrong on the way back', () => {
  it('a wrong state, or one without its cookie, is STATE-1', async () => {
    const expected = {
      status: '401',
      code: 'STATE-1',
      title: 'State verification failed',
      detail: 'State not valid, missing request forgery protection',
    }
    const chosen = await logIn(createBrowser(), { outcome: 'wrong-state' })
    expect(await firstError(chosen)).toMatchObject(expected)
    const browser = createBrowser()
    const state = stateOf(locationOf(await browser.open('/login')))
    const callback = locationOf(
      await browser.open('/login/sign-in', { state, subject: 'idp|katherine' }),
    )
    // Somebody else's browser is sent the link.
    expect(await firstError(await createBrowser().open(callback))).toMatchObject(expected)
    expect((await browser.open(callback)).status).toBe(302)
    expect(await firstError(await browser.open(callback))).toMatchObject(expected)
    expect(await firstError(await browser.open('/login/sign-in?state=x'))).toMatchObject(expected)
  })

  it('a code of another log-in opens nothing', async () => {
    const [one, other] = [createBrowser(), createBrowser()]
    const state = stateOf(locationOf(await one.open('/login')))
    const foreignState = stateOf(locationOf(await other.open('/login')))
    const foreign = locationOf(
      await other.open('/login/sign-in', { state: foreignState, subject: 'idp|grace' }),
    )
    const code = new URL(foreign, tenant.emulator.url).searchParams.get('code')
    const response = await one.open(`/login/callback?state=${state}&code=${code}`)
    expect(response.status).toBe(401)
    expect(await whoAmI(one)).toBeUndefined()
  })

  it('an identity provider that is set up wrongly is INVALID-IDP-CONFIG', async () => {
    const response = await logIn(createBrowser(), { outcome: 'invalid-configuration' })
    expect(await firstError(response)).toMatchObject({
      status: '401',
      code: 'INVALID-IDP-CONFIG',
      title: 'Invalid identity provider configuration',
    })
  })

  const notMember = {
    status: '403',
    code: 'AUTH-5',
    title: 'Forbidden',
    detail: 'User is not a member of tenant',
  }

  it('somebody who is not a member, or disabled, is AUTH-5', async () => {
    expect(await firstError(await logIn(createBrowser(), { subject: 'idp|guest' }))).toMatchObject(
      notMember,
    )
    await logIn(createBrowser())
    const id = tenant.emulator.state.users().find(({ subject }) => subject === 'idp|katherine')?.id
    await tenant.admin('PATCH', `/api/v1/users/${id}`, [
      { op: 'replace', path: '/status', value: 'disabled' },
    ])
    expect(await firstError(await logIn(createBrowser()))).toMatchObject(notMember)
  })

  it('an expired invitation is USER_INVITE_EXPIRED', async () => {
    await tenant.admin('POST', '/api/v1/users', { subject: 'idp|katherine' })
    tenant.emulator.clock.advance(8 * 24 * 3600)
    expect(await firstError(await logIn(createBrowser()))).toMatchObject({
      status: '403',
      code: 'USER_INVITE_EXPIRED',
      title: 'User invitation expired',
    })
  })

  it('the e-mail of another active subject is LOGIN-12, but by switch', async () => {
    await tenant.login({ sub: 'acme|ada', email: 'katherine@company.example' })
    const expected = {
      status: '400',
      code: 'LOGIN-12',
      title:
        'Multiple active users detected with the same e-mail, please contact your administrator',
    }
    expect(await firstError(await logIn(createBrowser()))).toMatchObject(expected)
    tenant.emulator.switches.set({ interactiveSameEmail: 'accepted' })
    expect((await logIn(createBrowser())).status).toBe(302)
    tenant.emulator.switches.set({ refuseSameEmail: true })
    const byToken = await tenant.postToken(
      tenant.token({ sub: 'acme|third', email: 'katherine@company.example' }),
    )
    expect(await firstError(byToken)).toMatchObject(expected)
  })

  it('another host name is LOGIN-2', async () => {
    const { request } = await import('node:http')
    const { promise, resolve } = Promise.withResolvers<string>()
    request(
      `${tenant.emulator.url}/login`,
      { headers: { host: 'other.example' } },
      async (response) => {
        let text = ''
        for await (const chunk of response) text += String(chunk)
        resolve(text)
      },
    ).end()
    expect(await promise).toContain('LOGIN-2')
  })
})

it('a log-out ends what the log-in began', async () => {
  const browser = createBrowser()
  await logIn(browser)
  const response = await browser.open('/logout?returnto=/x')
  expect(response.status).toBe(302)
  expect(locationOf(response)).toBe('/x')
  expect(await whoAmI(browser)).toBeUndefined()
})
