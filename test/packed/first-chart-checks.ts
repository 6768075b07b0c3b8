import type { Browser } from 'playwright-core'
import { expect } from 'vitest'
import { collectComplaints, createColourCount, openContext } from '../e2e/chromium.ts'
import type { Newcomer } from './newcomer.ts'

/** A server of the first chart that runs. */
export interface RunningApplication {
  /** Its origin. */
  url: string
  password: string
}

/** Runs a line that has to succeed. */
export async function succeed(
  newcomer: Newcomer,
  line: string,
  env: Record<string, string> = {},
): Promise<string> {
  const { exitCode, out, err } = await newcomer.run(line, env)
  expect(exitCode, `${line}\n${out}${err}`).toBe(0)
  return out
}

/** Starts the local Qlik as a guide says, on a free port, and gives its address. */
export async function startLocalQlik(newcomer: Newcomer, line: string): Promise<string> {
  return newcomer.start(`${line} --port 0`).until(/^url (\S+)$/m)
}

/** Starts an application on a port, and waits for the password that it prints. */
export async function startApplication(
  newcomer: Newcomer,
  line: string,
  { port, isReady }: { port: number; isReady: RegExp },
): Promise<RunningApplication> {
  const url = `http://localhost:${port}`
  const running = newcomer.start(line, { PORT: String(port), NEXT_TELEMETRY_DISABLED: '1' })
  await running.until(isReady)
  // Next.js loads a page when it is opened.
  await fetch(`${url}/chart`)
  return { url, password: await running.until(/password (\S+)/) }
}

/** Logs in on the page, and waits for the chart of the films. */
export async function seeChart(
  browser: Browser,
  { url, password }: RunningApplication,
): Promise<void> {
  const context = await openContext(browser)
  try {
    const page = await context.newPage()
    const complaints = collectComplaints(page)
    await page.goto(`${url}/chart`)
    await page.getByLabel('Password').fill('not this one')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Log in' }).click()
    const chart = page.locator('#chart')
    await chart.locator('canvas, svg').first().waitFor()
    const count = await createColourCount(browser)
    await expect.poll(() => count(chart)).toBeGreaterThan(20)
    // The wrong password, and a picture for the tab that the guide does not have.
    expect(complaints.filter((one) => !/status of 40[14]/.test(one))).toEqual([])
  } finally {
    await context.close()
  }
}

/** The token endpoint gives a token to the person who is logged in, to its own page, by POST, and to nobody else. */
export async function attackTokenEndpoint({ url, password }: RunningApplication): Promise<void> {
  const logIn = (tried: string) =>
    fetch(`${url}/chart/login`, {
      method: 'POST',
      body: new URLSearchParams({ password: tried }),
      headers: { origin: url },
      redirect: 'manual',
    })
  expect((await logIn('wrong')).headers.getSetCookie()).toEqual([])
  const [cookie = ''] = (await logIn(password)).headers.getSetCookie()
  expect(cookie).toMatch(/^first_login=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax/)
  const session = cookie.split(';')[0] ?? ''

  const own = { origin: url, 'content-type': 'application/json', cookie: session }
  const ask = (headers: Record<string, string>, method = 'POST') =>
    fetch(`${url}/chart/token`, { method, headers, ...(method === 'POST' ? { body: '{}' } : {}) })
  const asked = await ask(own)
  expect(asked.status).toBe(200)
  expect(asked.headers.get('cache-control')).toBe('no-store')
  expect(asked.headers.get('access-control-allow-origin')).toBe(null)
  expect(await asked.json()).toEqual({ token: expect.stringMatching(/^eyJ/) })

  const { cookie: _cookie, ...nobody } = own
  const { origin: _origin, ...nowhere } = own
  const refusals: [string, number, Response][] = [
    ['nobody', 401, await ask(nobody)],
    ['a made-up session', 401, await ask({ ...own, cookie: `first_login=${'A'.repeat(43)}` })],
    ['another origin', 403, await ask({ ...own, origin: 'https://evil.example' })],
    ['no origin', 403, await ask(nowhere)],
    ['a form', 415, await ask({ ...own, 'content-type': 'text/plain' })],
  ]
  for (const [who, status, answer] of refusals) {
    expect(answer.status, who).toBe(status)
    expect(await answer.text(), who).not.toContain('eyJ')
  }
  const got = await ask(own, 'GET')
  expect(await got.text()).not.toContain('eyJ')
  expect([404, 405]).toContain(got.status)

  // The count is the person's, not the session's.
  const [again = ''] = (await logIn(password)).headers.getSetCookie()
  const second = { ...own, cookie: again.split(';')[0] ?? '' }
  const statuses = new Set<number>()
  for (let call = 0; call < 32; call += 1) {
    const answer = await ask(call % 2 === 0 ? own : second)
    statuses.add(answer.status)
    await answer.text()
  }
  expect(statuses).toEqual(new Set([200, 429]))
}
