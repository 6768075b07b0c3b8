// What no source settles must not be taken for Qlik's own: a refusal that a switch decides names the switch.
import { request } from 'node:https'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeTestKey } from '../../jwt/testing/certificate.ts'
import type { VirtualProxyConfig } from '../repository/virtual-proxy.ts'
import type { ClientManagedSwitches } from '../switches.ts'
import { startSite, type TestSite } from '../testing/site.ts'
import { siteAdviceOn } from './advice.ts'

let site: TestSite
beforeEach(async () => {
  site = await startSite({ nodes: 2 })
})
afterEach(() => site.close())

const appPath = '/jwt/app/engineData'
const otherOrigin = 'https://www.acme.example'
const administrator = { userDirectory: 'EMULATOR', userId: 'administrator' }
const ada = { userDirectory: 'ACME', userId: 'ada' }

const set = (switches: Partial<ClientManagedSwitches>) => site.site.switches.set(switches)
const change = (changes: Partial<VirtualProxyConfig>) =>
  site.site.state.changeVirtualProxy('jwt', changes)
const enter = (claims?: Record<string, unknown>) =>
  site.ask('/jwt/hub/', { token: site.token(claims) })
const hub = (cookie: string) => site.ask('/jwt/hub/', { cookie })
const logOut = (cookie: string) => site.ask('/jwt/qps/user', { method: 'DELETE', cookie })
const csrfToken = (headers: Record<string, string> = {}) =>
  site.ask('/jwt/qps/csrftoken', { headers })

/** Opens a web socket, and waits until what it is told has come. */
async function open(headers: Record<string, string> = {}, query = '') {
  const socket = await site.open(appPath + query, headers)
  if (socket.status !== undefined) return
  const told = ['OnConnected', 'OnMaxParallelSessionsExceeded', 'OnLicenseAccessDenied'].map(
    (name) => socket.notification(name),
  )
  await Promise.race([...told, socket.closed])
  socket.socket.terminate()
}

async function openAs(claims?: Record<string, unknown>) {
  const session = await site.logIn(claims)
  await open({ cookie: session.cookie }, `?qlik-csrf-token=${session.csrfToken}`)
  return session
}

const idOfFirst = () => site.site.state.virtualProxies()[0]?.id

/** Asks QRS through the virtual proxy. */
async function qrs(path: string, claims?: Record<string, unknown>) {
  const { cookie } = await site.logIn(claims)
  const xrfkey = 'abcdefghijklmnop'
  const separator = path.includes('?') ? '&' : '?'
  const headers = { 'x-qlik-xrfkey': xrfkey }
  await site.ask(`/jwt/qrs/${path}${separator}xrfkey=${xrfkey}`, { cookie, headers })
}

/** Asks the port of QRS, with the certificate of a client unless it has none. */
function qrsPort(
  path: string,
  { userDirectory = 'INTERNAL', userId = 'sa_repository', hasCertificate = true, body = '' } = {},
) {
  const { certificates } = site.emulators
  if (certificates === undefined) throw new TypeError('no certificates')
  const { root: ca, client: cert, clientKey } = certificates
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const own = hasCertificate ? { cert, key: clientKey } : {}
  const xrfkey = 'abcdefghijklmnop'
  const headers = {
    'x-qlik-xrfkey': xrfkey,
    'x-qlik-user': `UserDirectory=${userDirectory}; UserId=${userId}`,
  }
  const method = body === '' ? 'GET' : 'POST'
  request(
    new URL(`${path}?xrfkey=${xrfkey}`, site.site.urls.qrs),
    { method, agent: false, ca, headers, ...own },
    (response) => response.resume().on('end', resolve),
  )
    .on('error', reject)
    .end(body)
  return promise
}

/** Has a switch decide something: a refusal that names it, or why there is none that does. */
const provocations: {
  [Name in keyof ClientManagedSwitches]: (() => Promise<unknown>) | 'no refusal' | 'not named'
} = {
  proxyClockToleranceSec: () => {
    const now = Math.floor(site.emulators.clock.now().getTime() / 1000)
    return enter({ exp: now - 60 })
  },
  tokenWithoutExp: () => {
    set({ tokenWithoutExp: 'refused' })
    return enter({ exp: undefined })
  },
  jwtAudience: () => {
    change({ jwtAudience: 'qlik' })
    return enter({ aud: 'other' })
  },
  unexpectedAudience: () => {
    set({ unexpectedAudience: 'refused' })
    return enter({ aud: 'qlik' })
  },
  futureIssuedAtAtProxy: () => {
    set({ futureIssuedAtAtProxy: 'refused' })
    return enter({ iat: 4_000_000_000 })
  },
  subAsAttribute: () => {
    set({ subAsAttribute: 'refused' })
    change({ jwtAttributeUserId: 'sub' })
    return enter({ sub: 'ada' })
  },
  bracketDirectory: () => {
    set({ bracketDirectory: 'literal' })
    change({ jwtAttributeUserDirectory: '[ACME]' })
    return enter()
  },
  attributeOfOtherType: () => {
    set({ attributeOfOtherType: 'refused' })
    return enter({ group: 7 })
  },
  userNameForm: () => {
    set({ userNameForm: 'refused' })
    return enter({ userId: 'a\u0007' })
  },
  proxyPublicKey: () => {
    const pem = site.key.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    change({ jwtPublicKeyCertificate: pem })
    return enter()
  },
  proxyCertificateDates: () => {
    set({ proxyCertificateDates: 'checked' })
    const { certificatePem } = makeTestKey({ to: new Date('2021-01-01') })
    change({ jwtPublicKeyCertificate: certificatePem })
    return enter()
  },
  severalCertificates: () => {
    const { certificatePem } = makeTestKey()
    change({ jwtPublicKeyCertificate: certificatePem + site.key.certificatePem })
    return enter()
  },
  laterToken: async () => {
    const { cookie } = await site.logIn()
    return site.ask('/jwt/hub/', { cookie, token: site.token({ userId: undefined }) })
  },
  laterTokenAttributes: 'no refusal',
  unknownUser: () => {
    set({ unknownUser: 'refused' })
    return enter()
  },
  blockedUserStatus: async () => {
    await site.logIn()
    site.site.state.changeUser(ada, { blacklisted: true })
    return enter()
  },
  tokenRefusalBody: () => enter({ userId: undefined }),
  missingTokenBody: () => site.ask('/jwt/hub/'),
  csrfTokenWithoutSession: () => csrfToken(),
  proxyRelease: () => {
    set({ proxyRelease: 'february-2024' })
    return csrfToken()
  },
  csrfTokenLife: async () => {
    set({ csrfTokenLife: 'once' })
    const { cookie, csrfToken } = await openAs()
    return open({ cookie }, `?qlik-csrf-token=${csrfToken}`)
  },
  webSocketAuthorization: () => open({ authorization: `Bearer ${site.token()}` }),
  webSocketWithoutSession: () => {
    set({ proxyRelease: 'may-2024' })
    return open()
  },
  webSocketWithoutOrigin: () => {
    set({ webSocketWithoutOrigin: 'refused' })
    return open()
  },
  hostAllowList: () => {
    change({ websocketCrossOriginWhiteList: ['acme.example'] })
    return open({ origin: otherOrigin })
  },
  hostAllowListWithScheme: () => {
    change({ websocketCrossOriginWhiteList: [otherOrigin] })
    return csrfToken({ origin: otherOrigin })
  },
  webSocketPing: 'no refusal',
  parallelSessions: async () => {
    set({ parallelSessions: 1 })
    await site.logIn()
    await openAs()
  },
  tooManySessions: async () => {
    set({ parallelSessions: 1, tooManySessions: 'all' })
    const { cookie, csrfToken } = await site.logIn()
    await site.logIn()
    await open({ cookie }, `?qlik-csrf-token=${csrfToken}`)
  },
  endedSessionCountsSec: async () => {
    set({ parallelSessions: 1, endedSessionCountsSec: 300 })
    await logOut((await site.logIn()).cookie)
    await openAs()
  },
  licenceAccess: () => {
    set({ licenceAccess: 'asked' })
    return openAs()
  },
  proxyPreflight: () =>
    site.ask('/jwt/hub/', {
      method: 'OPTIONS',
      headers: { origin: otherOrigin, 'access-control-request-method': 'GET' },
    }),
  // The browser refuses, not the proxy.
  severalOrigins: 'no refusal',
  logoutScope: async () => {
    const { cookie } = await site.logIn()
    await logOut((await site.logIn()).cookie)
    return hub(cookie)
  },
  logoutNeedsXrfkey: async () => {
    set({ logoutNeedsXrfkey: true })
    return logOut((await site.logIn()).cookie)
  },
  staticFilesNeedSession: () => {
    set({ staticFilesNeedSession: true })
    return site.ask('/jwt/resources/autogenerated/product-info.json')
  },
  virtualProxyChange: async () => {
    const { cookie } = await site.logIn()
    change({ description: 'changed' })
    return hub(cookie)
  },
  certificateChange: async () => {
    const { cookie } = await site.logIn()
    change({ jwtPublicKeyCertificate: makeTestKey().certificatePem })
    return hub(cookie)
  },
  sessionsOfNodes: async () => {
    const { cookie } = await site.logIn()
    const url = site.site.urls.proxy2 ?? ''
    return site.ask('/jwt/hub/', { cookie, url })
  },
  sessionEndCloseCode: 'no refusal',
  webSocketKeepsProxySession: async () => {
    set({ webSocketKeepsProxySession: false })
    const { cookie, csrfToken } = await site.logIn()
    const socket = await site.open(`${appPath}?qlik-csrf-token=${csrfToken}`, { cookie })
    site.emulators.clock.advance(20 * 60)
    await socket.call('EngineVersion')
    site.emulators.clock.advance(20 * 60)
    return hub(cookie)
  },
  headerLimitStatus: () => site.ask('/jwt/hub/', { headers: { 'x-long': 'x'.repeat(12_000) } }),
  qrsCreateStatus: 'no refusal',
  qrsDuplicateStatus: () =>
    qrsPort('/qrs/virtualproxyconfig', {
      body: JSON.stringify({ prefix: 'jwt', sessionCookieHeaderName: 'X-Other', description: '' }),
    }),
  qrsUnreadable: () => qrs(`virtualproxyconfig/${idOfFirst()}`),
  qrsCountForm: 'no refusal',
  qrsRecordLimit: 'no refusal',
  qrsQuotes: () => {
    set({ qrsQuotes: 'doubled' })
    return qrs(`user?filter=${encodeURIComponent("name eq 'O\\'Hara'")}`)
  },
  qrsFilterNot: () => qrs(`user?filter=${encodeURIComponent("not name eq 'ada'")}`),
  qrsOmittedFields: 'no refusal',
  // The rights of administrators are rules of the management console.
  qrsContextOfCertificate: () => {
    set({ qrsContextOfCertificate: 'app' })
    return qrsPort(`/qrs/virtualproxyconfig/${idOfFirst()}`, administrator)
  },
  qrsContextOfProxy: () => {
    set({ qrsContextOfProxy: 'app' })
    return qrs(`virtualproxyconfig/${idOfFirst()}`, administrator)
  },
  // The record gives the rules that were asked, each with its reason.
  attributesOfSessions: 'not named',
  missingClientCertificate: () => qrsPort('/qrs/about', { hasCertificate: false }),
  qpsSessionAddStatus: 'no refusal',
  qpsNotification: 'no refusal',
}

describe('a refusal that a switch decides', () => {
  const provoking = Object.entries(provocations).flatMap(([name, provoke]) =>
    typeof provoke === 'string' ? [] : [{ name, provoke }],
  )

  it.each(provoking)('names it, with what is not known: $name', async ({ name, provoke }) => {
    await provoke()
    const last = site.emulators.requests.at(-1)
    if (last === undefined) throw new Error('nothing was recorded')
    const advice = siteAdviceOn(last)
    const named = advice.filter(({ why }) => why.includes(`switch ${name} `))
    expect(named, JSON.stringify({ last, advice })).toHaveLength(1)
  })

  it('names none where no value of it would have let the request pass', async () => {
    const now = Math.floor(site.emulators.clock.now().getTime() / 1000)
    await enter({ exp: now - 9000 })
    expect(site.emulators.requests.at(-1)).not.toHaveProperty('decidedBy')
    await csrfToken({ origin: otherOrigin })
    expect(site.emulators.requests.at(-1)).not.toHaveProperty('decidedBy')
    const { cookie } = await site.logIn()
    await logOut(cookie)
    await hub(cookie)
    expect(site.emulators.requests.at(-1)).not.toHaveProperty('decidedBy')
  })
})
