// Qlik's own clients on a page of www.acme.localhost reach Qlik at tenant.cloud.localhost through a gateway at
// qlik.acme.localhost, in a browser that blocks third-party cookies. Nothing of Qlik's stays in it.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { collectComplaints, createColourCount, launchChromium } from './chromium.ts'
import { openCookieProfile } from './cookie-profile.ts'
import { countBy, type Film, grossByGenre } from './films.ts'
import { createGatewayStage, type GatewayStage } from './gateway-stage.ts'
import { bundleClient } from './tab-stage.ts'

const ada = {
  subject: 'acme|ada',
  name: 'Ada Lovelace',
  email: 'ada@acme.example',
  groups: ['studio-warner', 'not-passed-on'],
}
const studio = 'Warner Bros.'
const isAdas = (film: Film) => film.Distributor === studio

let scripts: Awaited<ReturnType<typeof bundleClient>>
let embedScript: string
let reader: Browser
let coloursOf: Awaited<ReturnType<typeof createColourCount>>
let stage: GatewayStage
const profiles: (() => Promise<void>)[] = []

beforeAll(async () => {
  ;[scripts, embedScript, reader] = await Promise.all([
    bundleClient({
      imports: `
        import enigma from 'enigma.js'
        import schema from 'enigma.js/schemas/12.2027.0.json'
        import { embed } from '@nebula.js/stardust'
        import pieChart from '@nebula.js/sn-pie-chart'
        import { auth, items, qix, spaces, users } from '@qlik/api'`,
      names: 'enigma, schema, embed, pieChart, qlikApi: { auth, items, qix, spaces, users }',
    }),
    readFile(fileURLToPath(import.meta.resolve('@qlik/embed-web-components')), 'utf8'),
    launchChromium(),
  ])
  coloursOf = await createColourCount(reader)
  const allowPaths = ['POST /api/v1/spaces', 'PATCH,DELETE /api/v1/spaces/{id}']
  stage = await createGatewayStage({ gateway: { paths: { allowPaths } } })
  const { host, tenant } = stage
  host.person = ada
  for (const [path, body] of scripts) host.pages.set(path, { type: 'text/javascript', body })
  host.pages.set('/embed.js', { type: 'text/javascript', body: embedScript })
  // The local Qlik builds its own pages when the first is asked for.
  await fetch(`${tenant.emulator.url}/qlik-embed/main.js`)
})
afterEach(async () => {
  await stage?.gateway.endSessions({ all: true })
  for (const close of profiles.splice(0)) await close()
})
afterAll(async () => {
  await reader?.close()
  await stage?.close()
})

/** A clean profile in which the visitor has blocked third-party cookies. */
async function openProfile(): Promise<BrowserContext> {
  const { context, close } = await openCookieProfile('blocked')
  profiles.push(close)
  return context
}

/** A page of the host application with this in its body. */
function setPage(path: string, body: string): void {
  stage.host.pages.set(path, {
    type: 'text/html; charset=utf-8',
    body: `<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><body>${body}</body></html>`,
  })
}

/** Asks the host application who it is, and takes that to the gateway. */
async function enter(context: BrowserContext): Promise<Page> {
  setPage('/enter', 'Welcome')
  const page = await stage.openTab(context, '/enter')
  const answer = await page.evaluate(async (gateway) => {
    const assertion = await (await fetch('/assertion', { method: 'POST' })).text()
    const login = await fetch(`${gateway}/.jotgate/login`, {
      method: 'POST',
      credentials: 'include',
      headers: { authorization: `Bearer ${assertion}` },
    })
    return { status: login.status, body: await login.json() }
  }, stage.gatewayUrl)
  expect(answer).toMatchObject({ status: 200, body: { user: { subject: ada.subject } } })
  return page
}

const box = (content: string) => `<div style="height:300px;width:480px">${content}</div>`
const embedOf = (id: string, attributes: string) =>
  box(`<qlik-embed id="${id}" app-id="${stage.tenant.appId}" ${attributes}></qlik-embed>`)
const embedHost = () =>
  `<script src="/embed.js" data-host="${stage.gatewayUrl}" data-auth-type="cookie" data-auto-redirect="false"></script>`
const frameOf = () =>
  `<iframe id="frame" title="Qlik" width="480" height="300"
     src="${stage.gatewayUrl}/single/?appid=${stage.tenant.appId}&obj=movies-by-genre&opt=ctxmenu,currsel"></iframe>`

/** Everything at once: nebula.js, an iframe and `<qlik-embed>`. */
const dashboard = () => `
  <div id="selections"></div>${box('<div id="chart" style="height:100%"></div>')}
  ${frameOf()}
  ${embedHost()}
  ${embedOf('stored', 'ui="analytics/chart" object-id="movies-by-genre"')}
  ${embedOf('ad-hoc', `ui="analytics/chart" type="piechart" dimensions='["Major Genre"]' measures='["Count(Title)"]'`)}
  <script type="module" src="/client.js"></script>`

/** Opens the app with enigma.js and draws with nebula.js, as the page of the host application would. */
async function drawChart(page: Page): Promise<void> {
  await page.waitForFunction('globalThis.qlikApi')
  await page.evaluate(
    async ({ gateway, appId }) => {
      // biome-ignore lint/suspicious/noExplicitAny: the page's own bundle
      const { enigma, schema, embed, pieChart } = globalThis as any
      const session = enigma.create({
        schema,
        url: `${gateway.replace('http', 'ws')}/app/${appId}`,
      })
      session.on('closed', (event: { code: number }) =>
        Object.assign(globalThis, { closeCode: event.code }),
      )
      const doc = await (await session.open()).openDoc(appId)
      const nebula = embed(doc, { types: [{ name: 'pie-chart', load: async () => pieChart }] })
      const element = document.querySelector('#chart')
      const rating = { qDef: { qFieldDefs: ['MPAA Rating'] }, qNullSuppression: true }
      const fields = [rating, '=Count(Title)']
      const chart = await nebula.render({ element, type: 'pie-chart', fields })
      ;(await nebula.selections()).mount(document.querySelector('#selections'))
      Object.assign(globalThis, { doc, chart })
    },
    { gateway: stage.gatewayUrl, appId: stage.tenant.appId },
  )
}

/** What the chart of nebula.js shows. */
const readChart = async (page: Page) =>
  new Map(
    await page.evaluate(async () => {
      // biome-ignore lint/suspicious/noExplicitAny: the page's own bundle
      const layout = await (globalThis as any).chart.model.getLayout()
      const [{ qMatrix }] = layout.qHyperCube.qDataPages
      return qMatrix.map(([name, count]: { qText: string; qNum: number }[]) => [
        name?.qText,
        count?.qNum,
      ]) as [string, number][]
    }),
  )

const expectDrawn = (page: Page, selector: string) =>
  expect.poll(() => coloursOf(page.locator(selector))).toBeGreaterThan(20)

/** Writes down what a browser sends, and which cookies it is given. */
function watchTraffic(context: BrowserContext) {
  const seen = { urls: [] as string[], cookies: new Set<string>(), work: [] as Promise<void>[] }
  const watch = (page: Page) => page.on('websocket', (socket) => seen.urls.push(socket.url()))
  context.on('page', watch)
  for (const page of context.pages()) watch(page)
  context.on('request', (request) => seen.urls.push(request.url()))
  context.on('response', (response) =>
    seen.work.push(
      response.headersArray().then(
        (fields) => {
          for (const { name, value } of fields)
            if (name.toLowerCase() === 'set-cookie') seen.cookies.add(value.split('=')[0] ?? '')
        },
        () => undefined,
      ),
    ),
  )
  return seen
}

/** All that pages keep in their browser, beside cookies. */
const storageOf = (frame: Frame) =>
  frame.evaluate(async () => ({
    local: { ...localStorage },
    session: { ...sessionStorage },
    cookie: document.cookie,
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
  }))

describe('a page of the same site', () => {
  it('shows Qlik in every way, with one selection, and leaves nothing of Qlik in the browser', async () => {
    const context = await openProfile()
    await expectThirdPartyCookiesBlocked(context)
    const traffic = watchTraffic(context)
    const page = await enter(context)
    const complaints = collectComplaints(page)
    setPage('/', dashboard())
    await page.goto(stage.hostUrl)
    await drawChart(page)
    for (const selector of ['#chart', '#frame', '#stored > div', '#ad-hoc > div'])
      await expectDrawn(page, selector)
    expect(await readChart(page)).toEqual(countBy('MPAA Rating', isAdas))

    // What is selected in <qlik-embed>'s app reaches the frame, the chart of nebula.js and the other charts.
    const before = await page.locator('#ad-hoc > div').screenshot()
    await page.evaluate(async () => {
      // biome-ignore lint/suspicious/noExplicitAny: the element's own class
      const api = await (document.querySelector('#stored') as any).getRefApi()
      const field = await (await api.getDoc()).getField('Major Genre')
      await field.selectValues([{ qText: 'Comedy' }], false, false)
    })
    const isComedy = (film: Film) => isAdas(film) && film['Major Genre'] === 'Comedy'
    await expect.poll(() => readChart(page)).toEqual(countBy('MPAA Rating', isComedy))
    await page.locator('#selections').getByText('Comedy').waitFor()
    await page.frameLocator('#frame').locator('#selections').getByText('Comedy').waitFor()
    await expect
      .poll(async () => before.equals(await page.locator('#ad-hoc > div').screenshot()))
      .toBe(false)
    // And back: what is cleared in the app of enigma.js is cleared in the frame.
    // biome-ignore lint/suspicious/noExplicitAny: the page's own bundle
    await page.evaluate(() => (globalThis as any).doc.clearAll(false))
    await expect
      .poll(() => page.frameLocator('#frame').locator('#selections').textContent())
      .not.toContain('Comedy')
    expect(complaints).toEqual([])

    const reachable = [...new Set(traffic.urls.map((url) => new URL(url).host))].sort()
    expect(reachable).toEqual(
      [stage.gatewayUrl, stage.hostUrl].map((url) => new URL(url).host).sort(),
    )
    await expectNothingOfQlik(context, page, traffic)
  })

  it('reads, pages, writes and computes with @qlik/api by cookie', async () => {
    const page = await enter(await openProfile())
    const complaints = collectComplaints(page)
    setPage('/api', '<script type="module" src="/client.js"></script>')
    await page.goto(`${stage.hostUrl}/api`)
    await page.waitForFunction('globalThis.qlikApi')
    const { emulator, appId } = stage.tenant
    const administer = async (method: string, path: string, body: unknown) => {
      const answer = await fetch(emulator.url + path, {
        method,
        headers: { authorization: `Bearer ${emulator.adminKey}` },
        body: JSON.stringify(body),
      })
      expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true)
      return answer.status === 204 ? undefined : await answer.json()
    }
    const me = await page.evaluate(async (gateway) => {
      // Without a client too.
      const answer = await fetch(`${gateway}/api/v1/users/me`, { credentials: 'include' })
      return answer.json()
    }, stage.gatewayUrl)
    expect(me).toMatchObject({ subject: ada.subject, name: ada.name })
    await administer('PATCH', `/api/v1/users/${me.id}`, [
      { op: 'replace', path: '/assignedRoles', value: [{ name: 'SharedSpaceCreator' }] },
    ])
    const found = await page.evaluate(
      async ({ host, appId }) => {
        // biome-ignore lint/suspicious/noExplicitAny: the page's own bundle
        const { auth, items, qix, spaces, users } = (globalThis as any).qlikApi
        auth.setDefaultHostConfig({ host, authType: 'cookie' })
        const { data: user } = await users.getMyUser()
        const statuses: number[] = []
        const made: string[] = []
        for (const name of ['Sales', 'Press', 'Studio']) {
          const { status, data } = await spaces.createSpace({ name, type: 'shared' })
          statuses.push(status)
          made.push(data.id)
        }
        const [first] = made
        const rename = [{ op: 'replace', path: '/name', value: 'Films' }]
        statuses.push((await spaces.patchSpace(first, rename)).status)
        const names: string[] = []
        const links: string[] = []
        for (
          let list = await spaces.getSpaces({ limit: 1 });
          list !== undefined;
          list = await list.next?.()
        ) {
          names.push(...list.data.data.map((one: { name: string }) => one.name))
          links.push(
            ...Object.values(list.data.links as Record<string, { href: string }>).map(
              ({ href }) => href,
            ),
          )
        }
        for (const id of made) statuses.push((await spaces.deleteSpace(id)).status)
        const { data: apps } = await items.getItems({ resourceType: 'app' })
        const session = qix.openAppSession({ appId, autoResume: true })
        const app = await session.getDoc()
        const cube = await app.createSessionObject({
          qInfo: { qType: 'test' },
          qHyperCubeDef: {
            qDimensions: [{ qDef: { qFieldDefs: ['Major Genre'] }, qNullSuppression: true }],
            qMeasures: [{ qDef: { qDef: 'Sum([Worldwide Gross])' } }],
            qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 2, qHeight: 100 }],
          },
        })
        const layout = await cube.getLayout()
        await session.close()
        return {
          name: user.name,
          statuses,
          names,
          links,
          apps: apps.data.map((one: { resourceId: string }) => one.resourceId),
          rows: layout.qHyperCube.qDataPages[0].qMatrix.map(
            (row: { qText: string; qNum: number }[]) => [row[0]?.qText, row[1]?.qNum],
          ) as [string, number][],
        }
      },
      { host: stage.gatewayUrl, appId },
    )
    expect(found.name).toBe(ada.name)
    expect(found.statuses).toEqual([201, 201, 201, 200, 204, 204, 204])
    expect(found.names).toEqual(['Films', 'Press', 'Studio'])
    expect(found.links.length).toBeGreaterThan(3)
    for (const link of found.links) expect(link).toMatch(`${stage.gatewayUrl}/api/v1/spaces?`)
    expect(found.apps).toEqual([appId])
    expect(new Map(found.rows)).toEqual(grossByGenre([studio]))
    expect(complaints).toEqual([])
  })

  it('loses every socket when its person is locked out, and no client opens one again', async () => {
    const page = await enter(await openProfile())
    const sockets = { opened: 0, closed: 0 }
    page.on('websocket', (socket) => {
      sockets.opened += 1
      socket.on('close', () => {
        sockets.closed += 1
      })
    })
    setPage('/', dashboard())
    await page.goto(stage.hostUrl)
    await drawChart(page)
    for (const selector of ['#chart', '#frame', '#stored > div']) await expectDrawn(page, selector)
    // Of enigma.js, of the frame, and of both elements together.
    expect(sockets).toEqual({ opened: 3, closed: 0 })
    await stage.gateway.endSessions({ subject: ada.subject })
    await expect.poll(() => sockets).toEqual({ opened: 3, closed: 3 })
    expect(await page.evaluate('closeCode')).toBe(4006)
    const refused = await page.evaluate(async (gateway) => {
      const answer = await fetch(`${gateway}/api/v1/users/me`, { credentials: 'include' })
      return { status: answer.status, body: await answer.json() }
    }, stage.gatewayUrl)
    expect(refused).toMatchObject({ status: 401, body: { reason: 'revoked' } })
    // They are told by a code at which they do not try again.
    await page.bringToFront()
    await page.locator('#stored').click()
    expect(sockets.opened).toBe(3)
    expect(stage.gateway.health().sockets).toBe(0)
  })
})

describe('a page of somebody who is not logged in', () => {
  const logInHere = `<button>Log in</button><script type="module">
    document.querySelector('button').onclick = async () => {
      const assertion = await (await fetch('/assertion', { method: 'POST' })).text()
      const headers = { authorization: 'Bearer ' + assertion }
      const options = { method: 'POST', credentials: 'include', headers }
      await fetch('GATEWAY/.jotgate/login', options)
      location = new URL(location).searchParams.get('returnto')
    }</script>`
  const whoAmI = `<p id="who"></p><script type="module">
    import '/client.js'
    const { auth, users } = qlikApi
    auth.setDefaultHostConfig({ host: 'GATEWAY', authType: 'cookie' })
    const { data } = await users.getMyUser()
    document.querySelector('#who').textContent = data.name</script>`

  it('is led by @qlik/api to the login of the host application, and back', async () => {
    setPage('/login', logInHere.replaceAll('GATEWAY', stage.gatewayUrl))
    setPage('/who', whoAmI.replaceAll('GATEWAY', stage.gatewayUrl))
    const page = await stage.openTab(await openProfile(), '/who?view=1')
    const login = `${stage.hostUrl}/login?returnto=${encodeURIComponent(`${stage.hostUrl}/who?view=1`)}`
    await page.waitForURL(login)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.waitForURL(`${stage.hostUrl}/who?view=1`)
    await page.locator('#who').getByText(ada.name).waitFor()

    // Once the session has ended, the page is led there again.
    expect(await stage.gateway.endSessions({ subject: ada.subject })).toEqual({ sessions: 1 })
    await page.reload()
    await page.waitForURL(login)
  })

  it('has the login of the host application in its frames, and leads back into them', async () => {
    setPage('/login', logInHere.replaceAll('GATEWAY', stage.gatewayUrl))
    setPage('/framed', frameOf())
    const page = await stage.openTab(await openProfile(), '/framed')
    const frame = page.frameLocator('#frame')
    await frame.getByRole('button', { name: 'Log in' }).click()
    await expectDrawn(page, '#frame')
    await frame.getByText('US gross by genre').first().waitFor()
  })
})

/** What the browser is set to: a cookie that another site gives a page's own request is not kept. */
async function expectThirdPartyCookiesBlocked(context: BrowserContext): Promise<void> {
  setPage('/plain', 'A page without Qlik')
  const headers = { 'set-cookie': 'third-party=1; Secure; SameSite=None' }
  stage.host.pages.set('/third-party', { type: 'text/plain', body: '', headers })
  const page = await stage.openTab(context, '/plain')
  const ask = (url: string) =>
    page.evaluate(async (address) => {
      await fetch(address, { mode: 'no-cors', credentials: 'include' })
    }, url)
  await ask(`${stage.hostUrl.replace('www.acme', 'elsewhere')}/third-party`)
  expect(await context.cookies()).toEqual([])
  await ask(`${stage.hostUrl}/third-party`)
  expect(await context.cookies()).toHaveLength(1)
  await context.clearCookies()
  await page.close()
}

/** The gateway's cookie is the only one, and no token is anywhere that a page or a history could show it. */
async function expectNothingOfQlik(
  context: BrowserContext,
  page: Page,
  traffic: ReturnType<typeof watchTraffic>,
): Promise<void> {
  await Promise.all(traffic.work)
  expect([...traffic.cookies]).toEqual(['__Host-jotgate'])
  const session = await context.newCDPSession(page)
  const { cookies } = await session.send('Network.getAllCookies')
  expect(cookies).toMatchObject([
    {
      name: '__Host-jotgate',
      domain: new URL(stage.gatewayUrl).hostname,
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
    },
  ])
  expect(await context.cookies()).toHaveLength(1)
  for (const frame of page.frames()) {
    const storage = await storageOf(frame)
    expect(storage).toMatchObject({ cookie: '', databases: [], caches: [] })
    expect(JSON.stringify(storage)).not.toMatch(/eyJ|token/i)
  }
  expect(traffic.urls.length).toBeGreaterThan(10)
  for (const url of traffic.urls) expect(url).not.toMatch(/eyJ|access_?token/i)
}
