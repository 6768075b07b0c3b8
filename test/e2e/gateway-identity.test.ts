// A session is bound to what the host application says (design: rule 2; T-C10). The host application's own cookie
// reaches the gateway, which asks it by a callback: with each request, and while a socket is open alone. What happens
// when its answer changes, or when there is none. The clocks of the gateway and of Qlik stand still, and are moved by hand.
import type { User } from 'jotgate'
import { identifyByCallback } from 'jotgate/gateway'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchChromium } from './chromium.ts'
import { createEitherStage, type Product, products, readWhoAmI } from './either-gateway-stage.ts'
import type { GatewayStageOptions } from './gateway-stage.ts'
import { createVisitor, type VisitorSocket } from './gateway-visitor.ts'

/** What the host application answers about one of its cookies. */
type Answer = () => User | undefined | Promise<User | undefined>

async function createBoundStage(product: Product, options: GatewayStageOptions = {}) {
  const answers = new Map<string, Answer>()
  /** The cookies that were asked about. */
  const asked: string[] = []
  let now: number | undefined
  const stage = await createEitherStage(product, {
    ...options,
    gateway: {
      clock: () => now ?? Date.now(),
      identify: identifyByCallback(({ headers }) => {
        const [, sid = ''] = /(?:^|; )sid=([^;]+)/.exec(headers.get('cookie') ?? '') ?? []
        asked.push(sid)
        return answers.get(sid)?.()
      }),
    },
  })
  const { clock } = stage
  now = Date.now()
  clock.set(new Date(now))
  return {
    ...stage,
    timesAsked: (sid: string) => asked.filter((one) => one === sid).length,
    /** Logs a person in at the host application, or says how it answers from now on. */
    answer: (sid: string, answer: Answer) => void answers.set(sid, answer),
    advance(seconds: number) {
      now = (now ?? 0) + seconds * 1000
      clock.advance(seconds)
    },
  }
}

type BoundStage = Awaited<ReturnType<typeof createBoundStage>>

const personCalled = (name: string): User => ({
  subject: `acme|${name}`,
  name,
  email: `${name}@acme.example`,
  emailVerified: true,
})
const somebodyElse = () => personCalled('somebody-else')
const nobody = () => undefined
const failing = () => Promise.reject(new Error('The database is down'))
const never = () => new Promise<never>(() => undefined)

describe.each(products)('in Node, in front of %s', (product) => {
  let stage: BoundStage
  beforeAll(async () => {
    stage = await createBoundStage(product, { names: 'localhost' })
  })
  afterAll(() => stage?.close())

  let people = 0
  /** Somebody new, who is logged in here and there in a browser of their own, and has a socket open. */
  async function comeIn() {
    people += 1
    const [name, sid] = [`person${people}`, `sid-${people}`]
    stage.answer(sid, () => personCalled(name))
    const browser = createVisitor(stage)
    browser.cookies.set('sid', sid)
    expect((await browser.logIn()).status).toBe(200)
    const me = () => readWhoAmI(browser, stage.whoAmI)
    expect(await me()).toBe(`acme|${name}`)
    const socket = await browser.openSocket(stage.appId)
    onTestFinished(() => socket.close())
    await isOpen(socket, `acme|${name}`)
    return { name, sid, subject: `acme|${name}`, browser, me, socket }
  }

  /** Says of a socket that it is open: it carries a call and its answer. */
  const isOpen = async (socket: VisitorSocket, subject: string) =>
    expect(await socket.askUser()).toBe(stage.whoAmI.inEngine(subject))

  /** Waits until the gateway has asked about a cookie once more. */
  const askedAgain = async (sid: string, advance: () => void) => {
    const before = stage.timesAsked(sid)
    advance()
    await expect.poll(() => stage.timesAsked(sid), { interval: 20 }).toBeGreaterThan(before)
  }

  describe('two people swap in one browser (T-C10)', () => {
    it('the first request after 5 s ends the session of who was there before, with its socket', async () => {
      const { browser, me, socket, subject } = await comeIn()
      stage.answer('sid-after', () => personCalled('after'))
      browser.cookies.set('sid', 'sid-after')
      // An answer is kept for 5 s. Until then the browser holds the session of who was there before.
      stage.advance(4)
      expect(await me()).toBe(subject)
      stage.advance(1)
      expect(await me()).toBe(401)
      expect(await socket.closed).toEqual({ code: 4006, reason: 'replaced' })
      expect(await browser.session()).toMatchObject({ status: 401, reason: 'replaced' })
      await expect(browser.openSocket(stage.appId)).rejects.toMatchObject({ status: 401 })
      const before = browser.cookies.get('__Host-jotgate') ?? ''
      // The host application's page logs its person in, as it does after each 401.
      expect((await browser.logIn()).status).toBe(200)
      expect(browser.cookies.get('__Host-jotgate')).not.toBe(before)
      expect(await me()).toBe('acme|after')
      expect(await browser.session()).toMatchObject({ user: { subject: 'acme|after' } })
      // Nor does the old cookie with the old person's own host session bring it back.
      browser.cookies.set('__Host-jotgate', before)
      expect(await me()).toBe(401)
    })

    it('their login ends it at once, without waiting', async () => {
      const { browser, me, socket } = await comeIn()
      stage.answer('sid-next', () => personCalled('next'))
      const old = createVisitor(stage)
      for (const [name, value] of browser.cookies) old.cookies.set(name, value)
      browser.cookies.set('sid', 'sid-next')
      expect((await browser.logIn()).status).toBe(200)
      expect(await socket.closed).toEqual({ code: 4006, reason: 'replaced' })
      expect(await me()).toBe('acme|next')
      expect((await old.ask(stage.whoAmI.path)).status).toBe(401)
      expect(await old.session()).toMatchObject({ status: 401, reason: 'replaced' })
    })
  })

  describe('the host application’s cookie is removed', () => {
    it('the next request after 5 s ends the session, with its socket', async () => {
      const { browser, me, socket } = await comeIn()
      browser.cookies.delete('sid')
      stage.advance(5)
      // Also the page's own question for its session.
      expect(await browser.session()).toMatchObject({ status: 401, reason: 'host-signed-out' })
      expect(await socket.closed).toEqual({ code: 4006, reason: 'host-signed-out' })
      expect(await me()).toBe(401)
      await expect(browser.openSocket(stage.appId)).rejects.toMatchObject({ status: 401 })
      expect((await browser.logIn()).status).toBe(401)
    })

    it('a socket alone goes on while the host application still knows the cookie, and ends with the next request', async () => {
      const { browser, socket, subject, sid } = await comeIn()
      browser.cookies.delete('sid')
      await askedAgain(sid, () => stage.advance(5))
      await isOpen(socket, subject)
      stage.advance(5)
      expect((await browser.ask(stage.whoAmI.path)).status).toBe(401)
      expect(await socket.closed).toEqual({ code: 4006, reason: 'host-signed-out' })
    })
  })

  describe.each([
    ['fails', failing],
    ['says something that is not a user', () => ({ name: 'Ada' }) as User],
  ] as const)('the callback %s', (_, answer) => {
    it('requests are 503, and session and socket go on when it answers again', async () => {
      const { browser, me, socket, subject, sid } = await comeIn()
      stage.answer(sid, answer)
      stage.advance(5)
      const logins = stage.logins()
      const refused = await browser.ask(stage.whoAmI.path)
      expect(refused.status).toBe(503)
      expect(await refused.json()).toMatchObject({ code: 'ERR_GATEWAY_HOST_SILENT' })
      expect(await browser.session()).toMatchObject({ status: 503 })
      await expect(browser.openSocket(stage.appId)).rejects.toMatchObject({ status: 503 })
      await isOpen(socket, subject)
      stage.answer(sid, () => personCalled(subject.slice('acme|'.length)))
      // A failure is not provoked again within a second.
      stage.advance(1)
      expect(await me()).toBe(subject)
      await isOpen(socket, subject)
      expect(stage.logins()).toBe(logins)
    })

    it('nobody comes in', async () => {
      const browser = createVisitor(stage)
      browser.cookies.set('sid', 'sid-silent')
      stage.answer('sid-silent', answer)
      const sessions = stage.gateway.health().sessions
      expect((await browser.logIn()).status).toBe(503)
      expect([...browser.cookies.keys()]).toEqual(['sid'])
      expect(stage.gateway.health().sessions).toBe(sessions)
    })
  })

  it('the callback is slow: a request is 503 after 2 s, and what it says later counts no more', async () => {
    const { me, socket, subject, sid, name } = await comeIn()
    const late = Promise.withResolvers<User | undefined>()
    stage.answer(sid, () => late.promise)
    stage.advance(5)
    const begun = performance.now()
    // One question for all that ask at once, and no more than 2 s for all of them.
    const asked = stage.timesAsked(sid)
    const answers = await Promise.all([me(), me(), me()])
    const ms = performance.now() - begun
    expect(answers).toEqual([503, 503, 503])
    expect(stage.timesAsked(sid)).toBe(asked + 1)
    expect(ms).toBeGreaterThan(1900)
    expect(ms).toBeLessThan(15_000)
    late.resolve(undefined)
    await isOpen(socket, subject)
    stage.answer(sid, async () => personCalled(name))
    stage.advance(1)
    expect(await me()).toBe(subject)
    await isOpen(socket, subject)
  })

  it('the callback answers another person: the session ends, and nothing is answered as either of them', async () => {
    const { browser, me, socket, sid } = await comeIn()
    stage.answer(sid, somebodyElse)
    stage.advance(5)
    const reached = stage.requests().length
    // Whoever asks at the same moment gets the same.
    expect(await Promise.all([me(), me(), me()])).toEqual([401, 401, 401])
    expect(await socket.closed).toEqual({ code: 4006, reason: 'replaced' })
    expect(await browser.session()).toMatchObject({ status: 401, reason: 'replaced' })
    const asPerson = stage
      .requests()
      .slice(reached)
      .filter(({ path }) => path === stage.whoAmI.path)
    expect(asPerson).toEqual([])
  })

  describe('a socket is open alone', () => {
    it.each([
      ['another person', 'replaced', somebodyElse],
      ['nobody', 'host-signed-out', nobody],
    ] as const)(
      '%s: it closes with the next question, 5 s after the last',
      async (_, reason, answer) => {
        const { browser, socket, subject, sid } = await comeIn()
        const asked = stage.timesAsked(sid)
        stage.answer(sid, answer)
        stage.advance(4)
        await isOpen(socket, subject)
        expect(stage.timesAsked(sid)).toBe(asked)
        const begun = performance.now()
        stage.advance(1)
        expect(await socket.closed).toEqual({ code: 4006, reason })
        // The question comes half a second late at most; the rest is what a busy machine takes.
        expect(performance.now() - begun).toBeLessThan(15_000)
        expect(await browser.session()).toMatchObject({ status: 401, reason })
      },
    )

    it.each([
      ['fails', failing],
      ['is slow', never],
    ] as const)(
      'the callback %s: it closes after 30 s without an answer, and the session stays',
      async (_, answer) => {
        const { browser, me, socket, subject, sid, name } = await comeIn()
        stage.answer(sid, answer)
        await askedAgain(sid, () => stage.advance(5))
        stage.advance(24)
        await isOpen(socket, subject)
        stage.advance(1)
        expect(await socket.closed).toEqual({ code: 4006, reason: 'host-silent' })
        expect(await me()).toBe(503)
        await expect(browser.openSocket(stage.appId)).rejects.toMatchObject({ status: 503 })
        // The host application is back: the same session, without a login.
        stage.answer(sid, () => personCalled(name))
        stage.advance(5)
        expect(await me()).toBe(subject)
        expect(await browser.session()).toMatchObject({ user: { subject }, state: 'open' })
        const next = await browser.openSocket(stage.appId)
        await isOpen(next, subject)
        next.close()
      },
    )

    it('an answer in between keeps it, also when most questions fail', async () => {
      const { socket, subject, sid, name } = await comeIn()
      for (let round = 0; round < 3; round += 1) {
        stage.answer(sid, failing)
        await askedAgain(sid, () => stage.advance(20))
        stage.answer(sid, () => personCalled(name))
        await askedAgain(sid, () => stage.advance(5))
        await isOpen(socket, subject)
      }
    })
  })
})

describe('in Chromium', () => {
  let stage: BoundStage
  let browser: Browser
  let context: BrowserContext
  beforeAll(async () => {
    browser = await launchChromium()
    stage = await createBoundStage('cloud', { browser })
    context = await stage.openBrowser()
  })
  afterAll(async () => {
    await context?.close()
    await browser?.close()
    await stage?.close()
  })

  /** As the host application's own answer to a login sets its cookie: for its sibling host names too. */
  const signIn = (page: Page, sid: string) =>
    page.evaluate((value) => {
      // biome-ignore lint/suspicious/noDocumentCookie: Chromium alone has the other interface
      document.cookie = `sid=${value}; Domain=acme.localhost; Path=/`
    }, sid)
  const logIn = (page: Page) =>
    page.evaluate(async (gatewayUrl) => {
      const login = { method: 'POST', credentials: 'include' } as const
      return (await fetch(`${gatewayUrl}/.jotgate/login`, login)).status
    }, stage.gatewayUrl)
  const read = (page: Page, path: string) =>
    page.evaluate(async (url) => {
      const answer = await fetch(url, { credentials: 'include' })
      return [answer.status, await answer.json()] as [number, Record<string, unknown>]
    }, stage.gatewayUrl + path)
  /** Opens a socket, and keeps how it ends. */
  const openSocket = (page: Page) =>
    page.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(url)
          const tab = globalThis as unknown as { ended: Promise<string> }
          tab.ended = new Promise((done) =>
            socket.addEventListener('close', ({ code, reason }) => done(`${code} ${reason}`)),
          )
          socket.addEventListener('open', () =>
            socket.send(
              '{"jsonrpc":"2.0","id":1,"method":"GetAuthenticatedUser","handle":-1,"params":[]}',
            ),
          )
          socket.addEventListener('message', ({ data }) => {
            const { id, result } = JSON.parse(data)
            if (id === 1) resolve(result.qReturn)
          })
          void tab.ended.then(resolve)
        }),
      `${stage.gatewayUrl.replace('http', 'ws')}/app/${stage.appId}`,
    )
  const endOf = (page: Page) =>
    page.evaluate(() => (globalThis as unknown as { ended: Promise<string> }).ended)

  it('two people swap in one browser: the tab of the first loses its socket, and reads nothing more', async () => {
    stage.answer('ada-1', () => personCalled('ada'))
    stage.answer('bob-1', () => personCalled('bob'))
    const first = await stage.openTab(context)
    await signIn(first, 'ada-1')
    expect(await logIn(first)).toBe(200)
    expect(await read(first, '/api/v1/users/me')).toMatchObject([200, { subject: 'acme|ada' }])
    expect(await openSocket(first)).toBe('acme|ada')

    const second = await stage.openTab(context)
    await signIn(second, 'bob-1')
    stage.advance(5)
    expect(await read(second, '/api/v1/users/me')).toMatchObject([401, { reason: 'replaced' }])
    expect(await endOf(first)).toBe('4006 replaced')
    expect(await read(first, '/.jotgate/session')).toMatchObject([401, { reason: 'replaced' }])
    expect(await logIn(second)).toBe(200)
    expect(await openSocket(second)).toBe('acme|bob')
    // One browser is one person: the first tab is Bob's now too.
    expect(await read(first, '/.jotgate/session')).toMatchObject([
      200,
      { user: { subject: 'acme|bob' } },
    ])
    // He signs out at the host application, whose page is not even open.
    stage.answer('bob-1', () => undefined)
    stage.advance(5)
    expect(await endOf(second)).toBe('4006 host-signed-out')
    const names = (await context.cookies()).map(({ name }) => name)
    expect(names.sort()).toEqual(['__Host-jotgate', 'sid'])
  })
})
