import { parseQlikUser } from '../../protocol/index.ts'
import {
  type AdminCalls,
  type Administration,
  type CspOrigin,
  callQlik,
  createAdminCalls,
  createAdministration,
  endSession,
  getCurrentUser,
  type IdentityProvider,
  openSession,
  type QlikAnswer,
  type QlikSession,
  type QlikUser,
  type WebIntegration,
} from '../../qlik/index.ts'
import { type CloudDeployment, createSigner, type User } from '../../token/index.ts'
import { askOnce } from '../ask-once.ts'
import type { DoctorOptions } from '../doctor-options.ts'
import { createNetworkContext, type NetworkContext } from '../network/network-context.ts'

/** What the checks of Qlik Cloud are told. */
export interface CloudDoctorOptions extends DoctorOptions {
  readonly deployment: CloudDeployment
  /** An API key of a user with the role TenantAdmin. Default none: what only an administrator may see is not checked. */
  readonly apiKey?: string
  /** In place of `apiKey`: gives an OAuth access token that is valid now, as `machineAccess` does. */
  readonly accessToken?: () => Promise<string>
  /** The web integration that the pages name. Default any that has their origins. */
  readonly webIntegrationId?: string
  /** Whether anything depends on the groups that tokens name. Default true. */
  readonly usesGroups?: boolean
}

/** The session of the test login. */
export interface CloudTestLogin {
  readonly session: QlikSession
  /** The lines of Set-Cookie without the values: `eas.sid; Path=/; HttpOnly`. */
  readonly cookies: readonly string[]
}

/** Who has the subject, and who else the e-mail address. */
export interface KnownUsers {
  readonly own: QlikUser | undefined
  readonly sameEmail: readonly QlikUser[]
}

/** What the checks of Qlik Cloud are given; each answer is asked for once. */
export interface CloudContext
  extends NetworkContext,
    Omit<CloudDoctorOptions, keyof DoctorOptions> {
  /** Asks as somebody who is not logged in. */
  ask(
    path: string,
    how?: { method?: string; headers?: Record<string, string> },
  ): Promise<QlikAnswer>
  /** The administrator’s calls; undefined without an API key. */
  readonly administrator: AdminCalls | undefined
  listIdentityProviders(): Promise<readonly IdentityProvider[]>
  listWebIntegrations(): Promise<readonly WebIntegration[]>
  listCspOrigins(): Promise<readonly CspOrigin[]>
  createsGroups(): Promise<boolean>
  /** As they were before the test login. */
  readUsers(): Promise<KnownUsers>
  /** Who logs in, with what Qlik knows of them where nothing else was said. */
  testUser(): Promise<User>
  logIn(): Promise<CloudTestLogin>
  currentUser(): Promise<QlikUser>
  /** Ends the test session, and deletes a user whom the login made. */
  close(): Promise<void>
}

/** A name for what only an administrator is asked; the checks behind `cloud-administrator` alone use it. */
const noAdministrator = () => new TypeError('There is no access as an administrator')

/** Makes the context of one run. */
export function createCloudContext(options: CloudDoctorOptions): CloudContext {
  const { deployment, key, user, apiKey, transport, lifetimeSeconds, notBeforeSkewSeconds } =
    options
  const network = createNetworkContext({ ...options, url: deployment.url })
  const { clock, timeoutMs } = network
  const how = { ...(transport === undefined ? {} : { fetch: transport.fetch }), timeoutMs }
  const { accessToken = apiKey === undefined ? undefined : () => Promise.resolve(apiKey) } = options
  const access = accessToken && { ...how, deployment, accessToken }
  const administrator = access && createAdminCalls({ ...access, bearer: access.accessToken })
  const administration = access && createAdministration(access)
  const asked = <Value>(read: (calls: Administration) => Promise<Value>) =>
    askOnce(async () => {
      if (administration === undefined) throw noAdministrator()
      return read(administration)
    })

  const findUsers = async (field: string, value: string) => {
    if (administrator === undefined) throw noAdministrator()
    const filter = `${field} eq "${value.replaceAll(/["\\]/g, '\\$&')}"`
    const found = await administrator.list(
      `/api/v1/users?${new URLSearchParams({ filter, limit: '100' })}`,
    )
    return found.map(parseQlikUser).filter((one) => one !== undefined)
  }
  const subjectOf = () => {
    if (user === undefined) throw new TypeError('nobody is to log in')
    return user.subject
  }
  const readUsers = askOnce(async (): Promise<KnownUsers> => {
    const subject = subjectOf()
    const own = (await findUsers('subject', subject)).find((one) => one.subject === subject)
    const email = user?.email ?? own?.email
    const sameEmail = email === undefined ? [] : await findUsers('email', email)
    return { own, sameEmail: sameEmail.filter((one) => one.subject !== subject) }
  })
  const testUser = askOnce(async (): Promise<User> => {
    const subject = subjectOf()
    const { own } = administrator === undefined ? { own: undefined } : await readUsers()
    const groups = own?.assignedGroups
      .filter(({ providerType }) => providerType !== 'custom')
      .map(({ name }) => name)
    return {
      name: own?.name ?? subject,
      email: own?.email ?? `${encodeURIComponent(subject).replaceAll('%', '.')}@jotgate.invalid`,
      ...(groups === undefined ? {} : { groups }),
      emailVerified: true,
      ...user,
      subject,
    }
  })
  let login: CloudTestLogin | undefined
  const logIn = askOnce(async () => {
    const lines: string[] = []
    const { fetch = globalThis.fetch } = how
    const watched: typeof globalThis.fetch = async (input, init) => {
      const answer = await fetch(input, init)
      lines.push(...answer.headers.getSetCookie())
      return answer
    }
    const signer = createSigner({
      deployment,
      key,
      clock,
      ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }),
      ...(notBeforeSkewSeconds === undefined ? {} : { notBeforeSkewSeconds }),
    })
    const { token } = await signer.sign(await testUser())
    const session = await openSession({ deployment, token, clock, timeoutMs, fetch: watched })
    login = { session, cookies: lines.map((line) => line.replace(/=[^;]*/, '')) }
    return login
  })

  return {
    ...options,
    ...network,
    administrator,
    ask: (path, { method = 'GET', headers = {} } = {}) =>
      callQlik(
        {
          url: new URL(path, deployment.url),
          method,
          headers: { 'user-agent': 'jotgate', ...headers },
        },
        how,
      ),
    listIdentityProviders: asked((calls) => calls.listIdentityProviders()),
    listWebIntegrations: asked((calls) => calls.listWebIntegrations()),
    listCspOrigins: asked((calls) => calls.listCspOrigins()),
    createsGroups: asked(async (calls) => (await calls.getGroupSettings()).autoCreateGroups),
    readUsers,
    testUser,
    logIn,
    currentUser: askOnce(async () => getCurrentUser({ ...how, session: (await logIn()).session })),
    async close() {
      if (login === undefined) return
      await endSession({ ...how, session: login.session })
      if (administrator === undefined || (await readUsers()).own !== undefined) return
      for (const made of await findUsers('subject', subjectOf()))
        await administrator.send('DELETE', `/api/v1/users/${encodeURIComponent(made.id)}`)
    },
  }
}
