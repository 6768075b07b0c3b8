// What nobody knows of client-managed Qlik is a switch of the emulator. The product works with every setting, or
// says what is wrong with the right error: each value of each switch, the whole way and what it is about.
import { isJotgateError } from 'jotgate'
import { callAs, endSession, getCurrentUser, openSession } from 'jotgate/qlik'
import type { ClientManagedSwitches } from 'jotgate-emulator'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { serviceScenarios } from './server-service-scenarios.ts'
import { createServerStage, openEngine, saysLost } from './server-session-stage.ts'

type Value = string | number | boolean

const stage = await createServerStage()
afterAll(() => stage.close())
const { emulator, server, appId, deploymentOf, enter } = stage

interface ToldSwitch {
  readonly name: keyof ClientManagedSwitches
  readonly value: Value
  readonly takes: string
}

const information = await fetch(`${deploymentOf().url}/_emulator`)
const { switches } = (await information.json()) as { switches: readonly ToldSwitch[] }

const refused = 'ERR_QLIK_LOGIN_REFUSED'
const inPrefix = (prefix: string) => enter(deploymentOf({ prefix }))

/** What happened: `ok`, or the code of the product's error. An error of another kind is a fault. */
async function outcomeOf(step: () => Promise<unknown>): Promise<string> {
  try {
    await step()
    return 'ok'
  } catch (error) {
    if (isJotgateError(error)) return error.code
    throw error
  }
}

const opens = async (prefix: string, expected: string) =>
  expect(await outcomeOf(() => inPrefix(prefix))).toBe(expected)

/** A token of other claims, or another header, than the product would sign. */
async function signClaims(changes: Readonly<Record<string, unknown>>): Promise<string> {
  const now = Math.floor(emulator.clock.now().getTime() / 1000)
  const claims = {
    userId: 'ada',
    userDirectory: 'ACME',
    group: ['sales'],
    exp: now + 60,
    ...changes,
  }
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`
  const signature = await stage.key.sign(new TextEncoder().encode(text))
  return `${text}.${Buffer.from(signature).toString('base64url')}`
}

const opensWith = async (claims: Readonly<Record<string, unknown>>, expected: string) => {
  const token = await signClaims(claims)
  const opening = () => openSession({ deployment: deploymentOf(), token })
  expect(await outcomeOf(opening)).toBe(expected)
}

/** Opens a socket, ends its session by the emulator, and gives whether the product takes that for its end. */
async function losesSession(end: () => void): Promise<boolean> {
  const session = await enter()
  const engine = await openEngine(session, appId)
  end()
  return saysLost(session, await engine.closed)
}

type Scenario<Setting> = (value: Setting) => Promise<void> | void
type Scenarios = {
  readonly [Name in keyof ClientManagedSwitches]: Scenario<ClientManagedSwitches[Name]>
}

/** Concerns what the product never sends or does: the whole way above is all that can be seen of it. */
const notSeen: Scenario<unknown> = () => undefined

const badToken = async () => {
  const error: unknown = await inPrefix('other').catch((one: unknown) => one)
  expect(error).toMatchObject({ code: refused, details: { status: 401 } })
  expect(error).toMatchObject({ hint: expect.stringContaining('signed with another key') })
  expect(String(error)).not.toMatch(/<|eyJ/)
}

const scenarios: Scenarios = {
  ...(await serviceScenarios(stage)),
  proxyClockToleranceSec: (seconds) =>
    opensWith(
      { exp: Math.floor(emulator.clock.now().getTime() / 1000) - 2 },
      seconds > 2 ? 'ok' : refused,
    ),
  tokenWithoutExp: (value) => opensWith({ exp: undefined }, value === 'accepted' ? 'ok' : refused),
  async jwtAudience(value) {
    await opens('audience', value === 'checked' ? refused : 'ok')
    const deployment = deploymentOf({ prefix: 'audience', audience: 'acme' })
    expect(await outcomeOf(() => enter(deployment))).toBe('ok')
  },
  unexpectedAudience: async (value) => {
    const deployment = deploymentOf({ audience: 'acme' })
    expect(await outcomeOf(() => enter(deployment))).toBe(value === 'accepted' ? 'ok' : refused)
  },
  futureIssuedAtAtProxy: (value) =>
    opensWith(
      { iat: Math.floor(emulator.clock.now().getTime() / 1000) + 30 },
      value === 'accepted' ? 'ok' : refused,
    ),
  subAsAttribute: (value) => opens('sub', value === 'accepted' ? 'ok' : refused),
  bracketDirectory: async (value) => {
    // A virtual proxy that looks for a claim of this name finds none in the token.
    await opens('constant', value === 'constant' ? 'ok' : refused)
  },
  attributeOfOtherType: (value) => opensWith({ name: 5 }, value === 'refused' ? refused : 'ok'),
  userNameForm: (value) =>
    opensWith({ userId: 'a'.repeat(300) }, value === 'accepted' ? 'ok' : refused),
  proxyPublicKey: (value) => opens('key', value === 'accepted' ? 'ok' : refused),
  proxyCertificateDates: async (value) => {
    emulator.clock.advance(4000 * 86_400)
    await opens('jwt', value === 'ignored' ? 'ok' : refused)
  },
  severalCertificates: (value) => opens('two', value === 'any' ? 'ok' : refused),
  laterToken: notSeen,
  laterTokenAttributes: notSeen,
  unknownUser: notSeen,
  blockedUserStatus: notSeen,
  tokenRefusalBody: badToken,
  missingTokenBody: async () => {
    const session = await enter()
    await endSession({ session })
    const call = () => callAs(session, { path: '/hub/' })
    expect(await outcomeOf(call)).toBe('ERR_QLIK_NOT_LOGGED_IN')
  },
  csrfTokenWithoutSession: async () => {
    const session = await enter()
    await endSession({ session })
    expect(await outcomeOf(() => openEngine(session, appId))).toBe('ERR_QLIK_NOT_LOGGED_IN')
  },
  proxyRelease: async (value) => {
    const session = await enter()
    expect(session.csrfToken !== undefined).toBe(value !== 'february-2024')
    const elsewhere = { deployment: deploymentOf(), token: await stage.sign(deploymentOf()) }
    const opened = await openSession({ ...elsewhere, loginPath: '/qps/user' })
    expect(opened.csrfToken !== undefined).toBe(value !== 'february-2024')
  },
  csrfTokenLife: async () => {
    const session = await enter()
    for (let count = 1; count <= 3; count += 1) await openEngine(session, appId)
  },
  webSocketAuthorization: notSeen,
  webSocketWithoutSession: notSeen,
  webSocketWithoutOrigin: notSeen,
  hostAllowList: notSeen,
  hostAllowListWithScheme: notSeen,
  webSocketPing: notSeen,
  parallelSessions: async (most) => {
    const sessions = []
    for (let count = 1; count <= Math.min(most, 6); count += 1) sessions.push(await enter())
    for (const session of sessions) (await openEngine(session, appId)).socket.close()
    if (most > 6) return
    const session = await enter()
    await expect(openEngine(session, appId)).rejects.toThrow('OnMaxParallelSessionsExceeded')
  },
  tooManySessions: notSeen,
  endedSessionCountsSec: async () => {
    const session = await enter()
    await endSession({ session })
    await openEngine(await enter(), appId)
  },
  async licenceAccess(value) {
    const opening = openEngine(await enter(), appId)
    if (value === 'not-asked') await opening
    else await expect(opening).rejects.toThrow('closed after OnLicenseAccessDenied')
  },
  proxyPreflight: notSeen,
  severalOrigins: notSeen,
  logoutScope: async (value) => {
    const [one, other] = [await enter(), await enter()]
    const elsewhere = await inPrefix('second')
    await endSession({ session: one })
    const isOther = await outcomeOf(() => getCurrentUser({ session: other }))
    expect(isOther).toBe(value === 'session' ? 'ok' : 'ERR_QLIK_NOT_LOGGED_IN')
    expect(await outcomeOf(() => getCurrentUser({ session: elsewhere }))).toBe('ok')
  },
  logoutNeedsXrfkey: notSeen,
  staticFilesNeedSession: async () => {
    const path = '/resources/autogenerated/product-info.json'
    expect(await (await callAs(await enter(), { path })).json()).toHaveProperty('composition')
  },
  virtualProxyChange: async (value) => {
    const session = await enter()
    server.state.changeVirtualProxy('jwt', { description: 'changed' })
    const expected = value === 'keeps-sessions' ? 'ok' : 'ERR_QLIK_NOT_LOGGED_IN'
    expect(await outcomeOf(() => getCurrentUser({ session }))).toBe(expected)
    expect(await outcomeOf(() => enter())).toBe('ok')
  },
  certificateChange: async (value) => {
    const session = await enter()
    const other = server.state.virtualProxies().find(({ prefix }) => prefix === 'other')
    server.state.changeVirtualProxy('jwt', {
      jwtPublicKeyCertificate: other?.jwtPublicKeyCertificate ?? '',
    })
    const expected = value === 'keeps-sessions' ? 'ok' : 'ERR_QLIK_NOT_LOGGED_IN'
    expect(await outcomeOf(() => getCurrentUser({ session }))).toBe(expected)
    await opens('jwt', refused)
  },
  sessionsOfNodes: async (value) => {
    const session = await enter()
    const elsewhere = { ...session.deployment, url: stage.secondUrl }
    const kept = Object.create(session, { deployment: { value: elsewhere } }) as typeof session
    const expected = value === 'shared' ? 'ok' : 'ERR_QLIK_NOT_LOGGED_IN'
    expect(await outcomeOf(() => getCurrentUser({ session: kept }))).toBe(expected)
    expect(await outcomeOf(() => enter(deploymentOf({ url: stage.secondUrl })))).toBe('ok')
  },
  sessionEndCloseCode: async () => {
    const user = { userDirectory: 'ACME', userId: 'ada' }
    expect(await losesSession(() => server.state.endSessionsOf(user))).toBe(true)
  },
  webSocketKeepsProxySession: notSeen,
  headerLimitStatus: async () => {
    const token = await signClaims({ group: ['a'.repeat(11_880)] })
    const error: unknown = await openSession({ deployment: deploymentOf(), token }).catch(
      (one: unknown) => one,
    )
    // At the size of the limit, Node's own server may refuse before the emulator does, with 431.
    expect(error).toMatchObject({ details: { status: expect.toBeOneOf([400, 431]) } })
    expect(error).toMatchObject({
      code: refused,
      hint: expect.stringContaining('the token is longer than'),
    })
  },
}

beforeEach(() => emulator.reset())

it('every switch has a scenario, and no scenario is for a switch that is gone', () => {
  expect(Object.keys(scenarios).sort()).toEqual(switches.map(({ name }) => name).sort())
  expect(switches.length).toBeGreaterThan(35)
})

function parseValue(text: string): Value {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^\d+$/.test(text) ? Number(text) : text
}

/** All values of a choice; of a number the bounds and the default. */
function valuesOf({ value, takes }: ToldSwitch): readonly Value[] {
  const [, from, to] = /^a whole number from (\d+) to (\d+)$/.exec(takes) ?? []
  if (from === undefined || to === undefined) return takes.split(', ').map(parseValue)
  return [...new Set([Number(from), value, Number(to)])]
}

const cases = switches.flatMap((one) => valuesOf(one).map((value) => ({ name: one.name, value })))

describe.each(cases)('with $name = $value', ({ name, value }) => {
  it('a session of the product opens, is used, opens web sockets, and ends', async () => {
    server.switches.set({ [name]: value })
    const isUnknownRefused = name === 'unknownUser' && value === 'refused'
    if (isUnknownRefused) {
      expect(await outcomeOf(() => enter())).toBe(refused)
      return
    }
    const session = await enter()
    expect(await getCurrentUser({ session })).toMatchObject({ id: 'ACME\\ada', directory: 'ACME' })
    if (name === 'licenceAccess')
      server.state.allocateAccess({ userDirectory: 'ACME', userId: 'ada' }, 'professional')
    const engine = await openEngine(session, appId)
    expect(engine.notifications.map(({ method }) => method)).toEqual([
      'OnAuthenticationInformation',
      'OnConnected',
    ])
    await openEngine(session, appId)
    await endSession({ session })
    expect(saysLost(session, await engine.closed)).toBe(true)
    expect(await outcomeOf(() => getCurrentUser({ session }))).toBe('ERR_QLIK_NOT_LOGGED_IN')
    await endSession({ session })
    expect(server.state.sessions()).toEqual([])
  })

  it('the product handles what the switch is about', async () => {
    server.switches.set({ [name]: value })
    await (scenarios[name] as Scenario<unknown>)(value)
  })
})
