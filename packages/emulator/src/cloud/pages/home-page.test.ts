import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant } from '../testing/tenant.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTenant()
})
afterAll(() => tenant.close())

const html = 'text/html,application/xhtml+xml'

describe('the home of the tenant', () => {
  it('leads a person whom nobody knows to the log-in, and the log-in leads back', async () => {
    const away = await tenant.send('GET', '/', { accept: html })
    expect(away.status).toBe(302)
    expect(away.headers.get('location')).toBe('/login')
    const login = await tenant.send('GET', '/login', { accept: html })
    expect(login.headers.get('location')).toMatch(/^\/login\/sign-in\?state=/)
  })

  it('shows who is logged in, the apps that are open to them, and the way out', async () => {
    const { cookie } = await tenant.login({ name: 'Ada <b>Lovelace</b>' })
    const answer = await tenant.send('GET', '/', { accept: html, cookie })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('text/html')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    const page = await answer.text()
    expect(page).toContain('You are logged in as Ada &#60;b&#62;Lovelace')
    expect(page).toContain('<a class="row" href="/sense/app/sales">Sales</a>')
    expect(page).not.toContain('Secret')
    expect(page).toContain('href="/logout"')
  })

  it('answers what a page fetches, and begins no log-in for it', async () => {
    const { cookie } = await tenant.login()
    const address = new URL('/logout', tenant.emulator.url)
    const answer = await fetch(address, { headers: { cookie } })
    expect(answer.status).toBe(200)
    expect(new URL(answer.url).pathname).toBe('/')
    expect(await answer.text()).toContain('Nobody is logged in')
    expect(answer.headers.getSetCookie()).toEqual([])
  })
})
