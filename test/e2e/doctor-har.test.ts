// What a real Chromium records at the portal while a login fails, and what `jotgate doctor --har` makes of it.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cloud } from 'jotgate'
import { createAdministration } from 'jotgate/qlik'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDemonstration } from '../../scripts/start/demonstration.ts'
import { type Command, createCommand } from './command.ts'
import { openCookieProfile } from './cookie-profile.ts'
import { findFreePort } from './free-port.ts'
import { readNumbers, visitAs } from './portal-visit.ts'

let stage: Awaited<ReturnType<typeof startDemonstration>>
let command: Command
let portalUrl: string
let administration: ReturnType<typeof createAdministration>
const cleanUps: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-doctor-har-'))
  cleanUps.push(() => rm(folder, { recursive: true, force: true }))
  command = await createCommand()
  cleanUps.push(() => command.close())
  const ports = new Set<number>()
  while (ports.size < 4) ports.add(await findFreePort())
  const [emulatorPort = 0, serverPort = 0, portalPort = 0, gatewayPort = 0] = ports
  stage = await startDemonstration({
    ...{ emulatorPort, serverPort, portalPort, gatewayPort, folder },
    report: { step: async (_name, run) => run() },
  })
  cleanUps.push(() => stage.close())
  portalUrl = stage.portalUrl
  administration = createAdministration({
    deployment: cloud({ url: stage.emulators.products.cloud.url, issuer: 'portal.acme.example' }),
    apiKey: stage.emulators.adminKey,
  })
})
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp()
})

interface Visit {
  /** The way that the portal’s page takes to Qlik. */
  way: 'gateway' | 'direct'
  path: string
  cookies: 'blocked' | 'allowed'
  /** Waits until the page has shown what it shows in the end. */
  ends(page: Page): Promise<unknown>
}

/** Ada opens a view of the portal; what the browser records of that is a file in the command’s folder. */
async function record(name: string, { way, path, cookies, ends }: Visit): Promise<string> {
  const file = join(command.folder, `${name}.har`)
  const { context, close } = await openCookieProfile(cookies, {
    recordHar: { path: file, content: 'embed' },
  })
  try {
    await choose(context, way)
    const { page } = await visitAs(context, { url: portalUrl + path, name: 'Ada Lovelace' })
    await ends(page)
  } finally {
    await close()
  }
  return file
}

/** The portal keeps in a cookie of its own which way was chosen. */
const choose = (context: BrowserContext, way: string) =>
  context.addCookies([{ name: 'portal-way', value: way, url: portalUrl }])

const fails = (page: Page) => page.locator('#failure').waitFor({ state: 'visible' })
const drawsFrame = (page: Page) =>
  page.frameLocator('#qlik-frame').getByText('US gross by genre').first().waitFor()

/** The secrets of a HAR: all cookies, tokens, CSRF tokens and xrfkeys that it has. */
async function secretsIn(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8')
  const found = new Set(text.match(/eyJ[\w-]{10,}/g))
  const { entries } = JSON.parse(text).log as {
    entries: {
      request: { url: string; cookies: { value: string }[] }
      response: { cookies: { value: string }[]; headers: { name: string; value: string }[] }
    }[]
  }
  for (const { request, response } of entries) {
    for (const { value } of [...request.cookies, ...response.cookies]) found.add(value)
    for (const { name, value } of response.headers) if (name === 'qlik-csrf-token') found.add(value)
    for (const name of ['qlik-csrf-token', 'xrfkey'])
      found.add(new URL(request.url).searchParams.get(name) ?? '')
  }
  return [...found].filter((secret) => secret.length > 7 && !/^(gateway|direct)$/.test(secret))
}

/** What the command says of a file in every form, after a look for secrets in all of them. */
async function diagnose(file: string) {
  const cleaned = `${file}.cleaned`
  const words = await command.run(['doctor', '--har', file, '--cleaned', cleaned])
  const json = await command.run(['doctor', '--har', file, '--json'])
  const again = await command.run(['doctor', '--har', cleaned, '--json'])
  const secrets = await secretsIn(file)
  expect(secrets.length).toBeGreaterThan(1)
  for (const output of [words.out + words.err, json.out, await readFile(cleaned, 'utf8')])
    expect(secrets.filter((secret) => output.includes(secret))).toEqual([])
  expect(json.exitCode).toBe(words.exitCode)
  return {
    exitCode: words.exitCode,
    words: words.out,
    report: JSON.parse(json.out) as Report,
    ofCleaned: JSON.parse(again.out) as Report,
  }
}

interface Report {
  steps: { to: string; through?: string; address: string; status: number; verdict: string }[]
  findings: { id: string; step: number; title: string; evidence: string; hint: string }[]
}

type Site = {
  virtualProxies: Record<string, unknown>[]
  nodes: { id: string; name: string }[]
}

/** The console of client-managed Qlik, as its administrator. */
async function control(method: string, path: string, body?: unknown): Promise<Response> {
  const { url } = stage.emulators.products['client-managed']
  return fetch(`${url}/_emulator/api/client-managed${path}`, {
    method,
    headers: { authorization: `Bearer ${stage.emulators.adminKey}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

/** Saves the portal’s virtual proxy with another host allow list, as the QMC’s form does. */
async function setHostAllowList(hosts: readonly string[]): Promise<readonly string[]> {
  const { virtualProxies, nodes } = (await (await control('GET', '/site')).json()) as Site
  const proxy = virtualProxies.find(({ prefix }) => prefix === 'jwt') ?? {}
  const texts = Object.entries(proxy).map(([name, value]) => [name, String(value)])
  const mapping = proxy.jwtAttributeMap as { jwtAttribute: string; senseAttribute: string }[]
  const saved = await control('POST', '/virtual-proxies', {
    ...Object.fromEntries(texts),
    jwtAttributeMap: mapping.map((one) => `${one.jwtAttribute} = ${one.senseAttribute}`).join('\n'),
    loadBalancingServerNodes: nodes.map((node) => node.name).join('\n'),
    websocketCrossOriginWhiteList: hosts.join('\n'),
  })
  expect([saved.status, saved.ok ? '' : await saved.text()]).toEqual([200, ''])
  return proxy.websocketCrossOriginWhiteList as string[]
}

interface Fault extends Visit {
  id: string
  /** Where the login breaks. */
  at: RegExp
  /** What the mending, or what shows it, has to name. */
  says: RegExp
  /** Breaks it as an administrator would, and gives what mends it. */
  breaks(): Promise<() => unknown>
}

const faults: Record<string, Fault> = {
  'the page’s origin is not in the web integration': {
    ...{ way: 'direct', path: '/', cookies: 'allowed', ends: fails },
    id: 'har-origin-not-allowed',
    at: /\/login\/jwt-session/,
    says: /Add http:\/\/www\.acme\.localhost:\d+ to the web integration \S+, exactly/,
    async breaks() {
      const [{ id, validOrigins } = { id: '', validOrigins: [] }] =
        await administration.listWebIntegrations()
      await administration.updateWebIntegration(id, { validOrigins: ['https://other.example'] })
      return () => administration.updateWebIntegration(id, { validOrigins: [...validOrigins] })
    },
  },
  'the entry of the Content Security Policy is missing': {
    ...{ way: 'direct', path: '/embed/iframe', cookies: 'allowed' },
    id: 'har-frame-refused',
    at: /\/single\//,
    says: /frame-ancestors 'self'.* add http:\/\/www\.acme\.localhost:\d+ to the Content Security Policy/,
    async ends(page) {
      await page.waitForRequest(/\/single\//)
      await page.frameLocator('#qlik-frame').locator('body').waitFor({ state: 'attached' })
    },
    async breaks() {
      const entries = await administration.listCspOrigins()
      for (const { id } of entries) await administration.deleteCspOrigin(id)
      return async () => {
        for (const entry of entries) await administration.createCspOrigin(entry)
      }
    },
  },
  'the token has expired by Qlik’s clock': {
    ...{ way: 'direct', path: '/', cookies: 'allowed', ends: fails },
    id: 'har-token-expired',
    at: /\/login\/jwt-session/,
    says: /iss portal\.acme\.example, kid \S+, signed at .*clock/,
    breaks: advanceClock,
  },
  'the browser blocks third-party cookies': {
    ...{ way: 'direct', path: '/client-managed', cookies: 'blocked', ends: fails },
    id: 'har-cookies-blocked',
    at: /\/jwt\/qps\//,
    says: /two sites.* a gateway in front of Qlik/,
    breaks: async () => () => undefined,
  },
  'the virtual proxy takes no web sockets from the page’s host': {
    ...{ way: 'direct', path: '/client-managed', cookies: 'allowed', ends: fails },
    id: 'har-host-not-allowed',
    // The proxy gives no CSRF token to a page whose host is not listed; the web socket is not even tried.
    at: /\/jwt\/qps\/csrftoken/,
    says: /Add www\.acme\.localhost to the Host allow list/,
    async breaks() {
      const before = await setHostAllowList(['other.example'])
      return () => setHostAllowList(before)
    },
  },
  'Qlik refuses the gateway’s token': {
    ...{ way: 'gateway', path: '/', cookies: 'blocked', ends: fails },
    id: 'har-gateway-qlik',
    at: /^http:\/\/qlik\.acme\.localhost:\d+\/api\/v1\/users\/me/,
    says: /request ID \w+/,
    breaks: advanceClock,
  },
  'the virtual proxy behind the gateway is not linked': {
    ...{ way: 'gateway', path: '/client-managed', cookies: 'blocked', ends: fails },
    id: 'har-gateway-qlik',
    at: /^ws:\/\/sense\.acme\.localhost:\d+\/jwt\/app\//,
    says: /log has the reason at 20\S+Z/,
    async breaks() {
      const { virtualProxies, nodes } = (await (await control('GET', '/site')).json()) as Site
      const { id } = virtualProxies.find(({ prefix }) => prefix === 'jwt') ?? {}
      const links = nodes.map((node) => `/virtual-proxies/${id}/links/${node.id}`)
      for (const link of links) await control('DELETE', link)
      return async () => {
        for (const link of links) await control('PUT', link)
      }
    },
  },
}

async function advanceClock() {
  stage.emulators.clock.advance(7200)
  return () => stage.emulators.clock.reset()
}

describe('a HAR of a login that failed', () => {
  it.each(Object.entries(faults))('names the step and its mending: %s', async (name, fault) => {
    const mend = await fault.breaks()
    const file = await record(name, fault).finally(mend)
    const { exitCode, words, report, ofCleaned } = await diagnose(file)
    expect(exitCode).toBe(3)
    const [first] = report.findings
    expect(first, words).toMatchObject({ id: fault.id })
    const step = report.steps[first?.step ?? -1]
    expect(step, words).toMatchObject({ verdict: 'failed' })
    expect(step?.address).toMatch(fault.at)
    expect(`${first?.evidence} ${first?.hint}`).toMatch(fault.says)
    expect(words).toMatch(/✗ (First broken|Broken) step \(step \d+\): /)
    // Where the token was, what it said of itself cannot be told any more.
    if (fault.id !== 'har-token-expired')
      expect(ofCleaned.findings.map(({ id }) => id)).toEqual(report.findings.map(({ id }) => id))
  })
})

const healthy: Record<string, Visit> = {
  'Qlik Cloud through the gateway': {
    ...{ way: 'gateway', path: '/embed/iframe', cookies: 'blocked', ends: drawsFrame },
  },
  'client-managed Qlik through the gateway': {
    ...{ way: 'gateway', path: '/client-managed', cookies: 'blocked', ends: readNumbers },
  },
  'Qlik Cloud directly': {
    ...{ way: 'direct', path: '/embed/iframe', cookies: 'allowed', ends: drawsFrame },
  },
  'client-managed Qlik directly': {
    ...{ way: 'direct', path: '/client-managed', cookies: 'allowed', ends: readNumbers },
  },
}

describe('a HAR of a login that worked', () => {
  it.each(Object.entries(healthy))('has no finding: %s', async (name, visit) => {
    const { exitCode, report, words } = await diagnose(await record(name, visit))
    expect({ exitCode, findings: report.findings }, words).toEqual({ exitCode: 0, findings: [] })
    const parties = new Set(report.steps.map(({ to, through }) => through ?? to))
    expect(parties.has('gateway')).toBe(visit.way === 'gateway')
    expect(report.steps.some(({ status }) => status === 101)).toBe(true)
  })
})
