import { getCurrentUser, openSession } from 'jotgate/qlik'
import { expect } from 'vitest'
import type { Tenant } from './stage.ts'
import {
  ada,
  administrationOf,
  connectPage,
  enter,
  type FlowOutcome,
  firstWord,
  outcomeOf,
  signClaims,
} from './switch-flow.ts'

/** What a switch is about, at a tenant that was just set up with it. */
export interface Scenario<Value> {
  /** Where the usual way through the tenant goes otherwise. */
  flow?: (value: Value) => Partial<FlowOutcome>
  /** Provokes what is unknown, and says what the product makes of it. */
  about: (context: Context, value: Value) => Promise<void>
}

interface Context {
  readonly tenant: Tenant
  readonly webIntegrationId: string
}

export const refusedLogin = 'ERR_QLIK_LOGIN_REFUSED'
export const loggedOut = 'ERR_QLIK_NOT_LOGGED_IN'

/** Sends a token; `ok`, or the product's error. */
export async function enterWith({ tenant }: Context, token: string): Promise<string> {
  return outcomeOf(() => openSession({ deployment: tenant.deployment, token }))
}

export const withClaims = async (context: Context, changes: Readonly<Record<string, unknown>>) =>
  enterWith(context, await signClaims(context.tenant, changes))

export const secondsNow = ({ tenant }: Context) =>
  Math.floor(tenant.emulator.clock.now().getTime() / 1000)

/** What an administrator does without the product. */
export async function administer(
  { tenant }: Context,
  method: string,
  path: string,
  body?: unknown,
) {
  const response = await fetch(tenant.deployment.url + path, {
    method,
    headers: { authorization: `Bearer ${tenant.emulator.adminKey}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true)
  const text = await response.text()
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}

export async function groupsOf(context: Context, claims: Readonly<Record<string, unknown>>) {
  const token = await signClaims(context.tenant, claims)
  const session = await openSession({ deployment: context.tenant.deployment, token })
  return (await getCurrentUser({ session })).assignedGroups.map(({ name }) => name)
}

export const idOf = ({ tenant }: Context, subject: string) =>
  tenant.emulator.state.users().find((user) => user.subject === subject)?.id ?? ''

/** A refused token, at the server and in a page. */
export async function expectBothRefused(
  context: Context,
  changes: Readonly<Record<string, unknown>>,
  inPage = 'ERR_BROWSER_LOGIN_REFUSED',
) {
  expect(await withClaims(context, changes)).toBe(refusedLogin)
  const token = () => signClaims(context.tenant, changes)
  const page = () => connectPage(context.tenant, { ...context, token })
  expect(await outcomeOf(page)).toBe(inPage)
}

export async function expectForeignPageRefused({ tenant, webIntegrationId }: Context) {
  const origin = 'http://elsewhere.localhost:3000'
  const page = () => connectPage(tenant, { webIntegrationId, origin })
  expect(await outcomeOf(page)).toBe('ERR_BROWSER_QLIK_UNREACHABLE')
}

export async function expectSessionWorks({ tenant }: Context) {
  const session = await enter(tenant)
  expect((await getCurrentUser({ session })).subject).toBe(ada.subject)
  expect(await firstWord(tenant, session)).toBe('SESSION_CREATED')
}

export const createProvider = ({ tenant }: Context, issuer: string, kid: string) =>
  outcomeOf(() =>
    administrationOf(tenant).createIdentityProvider({
      issuer,
      kid,
      certificateLine: tenant.certificateLine,
    }),
  )

/** The app in a space that Ada may enter since a moment ago. */
export async function assignAda(context: Context): Promise<void> {
  await enter(context.tenant)
  const space = await administer(context, 'POST', '/api/v1/spaces', { name: 'x', type: 'shared' })
  const path = `/api/v1/spaces/${space.id}/assignments`
  const assigneeId = idOf(context, ada.subject)
  const app = `/api/v1/apps/${context.tenant.appId}/space`
  await administer(context, 'PUT', app, { spaceId: space.id })
  await administer(context, 'POST', path, { type: 'user', assigneeId, roles: ['consumer'] })
}
