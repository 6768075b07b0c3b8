import { isJotgateError, type JotgateError } from '../../errors/index.ts'
import { openServiceUser } from '../../provision/index.ts'
import {
  callQlik,
  callRepository,
  createProxyApi,
  createRepository,
  endSessionAtProxies,
  listProxyPlaces,
  openSession,
  type ProxyApi,
  type ProxyService,
  proxyUrl,
  type QlikAnswer,
  type QlikSession,
  type RepositoryOptions,
  type RepositoryUser,
  type VirtualProxy,
} from '../../qlik/index.ts'
import { type ClientManagedDeployment, createSigner, type User } from '../../token/index.ts'
import { definedOf } from '../../values/index.ts'
import { askOnce } from '../ask-once.ts'
import type { DoctorOptions } from '../doctor-options.ts'

/** What the checks of client-managed Qlik are told. */
export interface ClientManagedOptions extends DoctorOptions {
  readonly deployment: ClientManagedDeployment
  /** The address of each proxy node that serves the name. Default the deployment’s own. */
  readonly nodes?: readonly string[]
  /** How the repository is read. Default not at all: the causes of a refusal are then a list. */
  readonly repository?: RepositoryOptions
  /** Who reads the repository by the virtual proxy itself, in place of `repository`: sees what the security rules show. */
  readonly serviceUser?: { readonly directory: string; readonly id: string }
  /** Proxy APIs of the nodes; those that the repository names when omitted. Both want `repository` with a certificate. */
  readonly proxyApis?: readonly string[]
}

/** By which way the repository is read. */
interface RepositoryWay {
  /** Undefined where there is no access. */
  readonly options?: RepositoryOptions
  /** Of the repository, where there is access. */
  readonly version?: string
  /** Whether security rules decide what is seen: what is not seen may be there all the same. */
  readonly isLimited: boolean
  /** Why it cannot be read: no connection, no right, or a service user who cannot log in. */
  readonly refusal?: JotgateError
}

/** The virtual proxy and what serves it, as the repository has them. */
export interface SiteSetUp {
  readonly version: string
  /** Undefined where the repository has none of this prefix, or hides it. */
  readonly virtualProxy: VirtualProxy | undefined
  readonly prefixes: readonly string[]
  readonly services: readonly ProxyService[]
}

/** The session of the test login. */
export interface TestLogin {
  readonly session: QlikSession
  /** The attributes of the session’s cookie, without its value: `Path=/`, `HttpOnly`. */
  readonly cookieAttributes: readonly string[]
}

/** What the checks of client-managed Qlik are given; each answer of Qlik is asked for once. */
export interface ClientManagedContext extends ClientManagedOptions {
  readonly clock: () => number
  /** Asks for a path below the prefix, at one of the nodes. */
  ask(path: string, how?: AskOptions): Promise<QlikAnswer>
  findRepository(): Promise<RepositoryWay>
  /** Undefined without access to the repository. */
  readSetUp(): Promise<SiteSetUp | undefined>
  /** Any path of the repository below `/qrs`, where there is access to it; undefined where rules close it. */
  readRepository(path: string, query?: Readonly<Record<string, string>>): Promise<unknown>
  /** The users of that ID, in whatever directory; undefined without access to the repository. */
  readUsers(): Promise<readonly RepositoryUser[] | undefined>
  signToken(): Promise<string>
  logIn(): Promise<TestLogin>
  /** The proxy API of each node, with the prefixes that it serves; empty without a client certificate. */
  readProxies(): Promise<
    readonly { readonly api: ProxyApi; readonly prefixes: readonly string[] }[]
  >
  /**
   * Ends the test session by its ID, and deletes a user whom the login made. Without a client certificate the session
   * stays until it is idle for too long: a log-out would end the user’s other sessions at the virtual proxy too.
   */
  close(): Promise<void>
}

interface AskOptions {
  readonly node?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Makes what the checks of client-managed Qlik are given, for one run. Nothing is asked before a check asks it; `close`
 * ends the session of the test login.
 *
 * @param options.user who logs in; without one, what needs a login is not checked
 * @param options.repository how the repository is read; without it the causes of a refusal are a list
 * @param options.createsUser whether the login may make a user, who is deleted afterwards; false when omitted
 * @see https://help.qlik.com/en-US/sense-admin/, JWT authentication
 * @example
 * import { clientManagedChecks, createClientManagedContext, runChecks } from 'jotgate/doctor'
 * import type { ClientManagedOptions } from 'jotgate/doctor'
 *
 * async function findFaults(options: ClientManagedOptions) {
 *   const context = createClientManagedContext({ ...options, user: { subject: 'ada' } })
 *   try {
 *     for await (const { verdict, title, hint } of runChecks({ checks: clientManagedChecks, context }))
 *       if (verdict === 'failed') console.log(title, hint)
 *   } finally {
 *     await context.close()
 *   }
 * }
 */
export function createClientManagedContext(options: ClientManagedOptions): ClientManagedContext {
  const { deployment, key, user, transport, clock = Date.now } = options
  const how = transport === undefined ? {} : { fetch: transport.fetch }
  const signer = () => createSigner({ deployment, key, clock, ...lifeOf(options) })
  let usersBefore: Promise<readonly RepositoryUser[] | undefined> | undefined

  const ask: ClientManagedContext['ask'] = (path, { node, method, headers } = {}) =>
    callQlik(
      {
        url: proxyUrl({ ...deployment, url: node ?? deployment.url }, path),
        headers: { 'user-agent': 'jotgate', ...headers },
        ...(method === undefined ? {} : { method }),
      },
      how,
    )

  let closeServiceUser: (() => Promise<void>) | undefined
  const enterAsServiceUser = async (): Promise<RepositoryOptions | undefined> => {
    const { serviceUser, timeoutMs } = options
    if (serviceUser === undefined) return undefined
    const { session, close } = await openServiceUser({
      ...how,
      ...definedOf({ timeoutMs }),
      deployment,
      signer: signer(),
      user: serviceUser,
    })
    closeServiceUser = close
    return { ...how, session }
  }
  const findRepository = askOnce(async (): Promise<RepositoryWay> => {
    const { repository, serviceUser } = options
    const isLimited = repository === undefined ? serviceUser !== undefined : 'session' in repository
    try {
      const found = repository ?? (await enterAsServiceUser())
      if (found === undefined) return { isLimited }
      return { options: found, version: await createRepository(found).getVersion(), isLimited }
    } catch (error) {
      if (!isJotgateError(error)) throw error
      return { isLimited, refusal: error }
    }
  })

  const readSetUp = askOnce(async () => {
    const { options: repository, version } = await findRepository()
    if (repository === undefined || version === undefined) return undefined
    const calls = createRepository(repository)
    const all = await calls.listVirtualProxies()
    return {
      version,
      virtualProxy: all.find(({ prefix }) => prefix === deployment.prefix),
      prefixes: all.map(({ prefix }) => prefix),
      services: await calls.listProxyServices(),
    }
  })

  const readRepository: ClientManagedContext['readRepository'] = async (path, query = {}) => {
    const { options: repository, isLimited } = await findRepository()
    if (repository === undefined) throw new TypeError('there is no access to the repository')
    try {
      return await callRepository(repository, { method: 'GET', path: `/qrs${path}`, query })
    } catch (error) {
      if (isLimited && isJotgateError(error, 'ERR_QLIK_REFUSED')) return undefined
      throw error
    }
  }

  const readUsersNow = async () => {
    const { options: repository } = await findRepository()
    if (repository === undefined || user === undefined) return undefined
    // A quote would end the literal of the filter, and sources disagree on how it is escaped.
    if (user.subject.includes("'")) return undefined
    return createRepository(repository).listUsers(`userId eq '${user.subject}'`)
  }
  const readUsers = () => {
    usersBefore ??= readUsersNow()
    return usersBefore
  }

  const signToken = askOnce(async () => {
    if (user === undefined) throw new TypeError('nobody is to log in')
    const { token } = await signer().sign(user)
    return token
  })

  const logIn = askOnce(async (): Promise<TestLogin> => {
    // Whether the login makes a user is known only by whom there was before.
    await readUsers()
    const lines: string[] = []
    const { fetch = globalThis.fetch } = how
    const watched: typeof globalThis.fetch = async (input, init) => {
      const answer = await fetch(input, init)
      lines.push(...answer.headers.getSetCookie())
      return answer
    }
    const token = await signToken()
    const session = await openSession({ deployment, token, clock, fetch: watched })
    const [line = ''] = lines.filter((one) => one.startsWith([...session.cookies.keys()][0] ?? ''))
    return { session, cookieAttributes: line.split(/; */).slice(1) }
  })
  let isLoggedIn = false
  const logInWatched = async () => {
    const login = await logIn()
    isLoggedIn = true
    return login
  }

  const readProxies = askOnce(async () => {
    const { options: repository, isLimited } = await findRepository()
    if (repository === undefined || isLimited) return []
    const setUp = await readSetUp()
    const service = repository.fetch === undefined ? {} : { fetch: repository.fetch }
    if (options.proxyApis !== undefined)
      return options.proxyApis.map((url) => ({
        api: createProxyApi({ url, ...service }),
        prefixes: [deployment.prefix],
      }))
    const places = await listProxyPlaces({ listProxyServices: async () => setUp?.services ?? [] })
    return [...new Set(places.map(({ url }) => url))].map((url) => ({
      api: createProxyApi({ url, ...service }),
      prefixes: places.filter((one) => one.url === url).map(({ prefix }) => prefix),
    }))
  })

  const deleteMadeUser = async () => {
    const before = await usersBefore
    const { options: repository, isLimited } = await findRepository()
    if (repository === undefined || isLimited || before === undefined || user === undefined) return
    const isOurs = ({ userDirectory }: RepositoryUser) =>
      isDirectoryOf(deployment, user, userDirectory)
    if (before.some(isOurs)) return
    for (const made of ((await readUsersNow()) ?? []).filter(isOurs))
      await callRepository(repository, { method: 'DELETE', path: `/qrs/user/${made.id}` })
  }

  return {
    ...options,
    clock,
    ask,
    findRepository,
    readSetUp,
    readRepository,
    readUsers,
    signToken,
    logIn: logInWatched,
    readProxies,
    async close() {
      await closeServiceUser?.()
      if (!isLoggedIn) return
      const { session } = await logIn()
      const proxies = await readProxies()
      try {
        if (proxies.length > 0)
          await endSessionAtProxies(
            session,
            proxies.map(({ api }) => api),
          )
      } catch (error) {
        // The check of sessions has said that they cannot be reached, and what follows from it.
        if (!isJotgateError(error, 'ERR_QLIK_UNREACHABLE')) throw error
      } finally {
        await deleteMadeUser()
      }
    },
  }
}

/** What was said of a token’s life. */
const lifeOf = ({ lifetimeSeconds, notBeforeSkewSeconds }: DoctorOptions) =>
  definedOf({ lifetimeSeconds, notBeforeSkewSeconds }) as {
    lifetimeSeconds?: number
    notBeforeSkewSeconds?: number
  }

/** Directories are compared without regard to case. */
export function isDirectoryOf(
  deployment: ClientManagedDeployment,
  user: User,
  directory: string | undefined,
): boolean {
  const own = user.directory ?? deployment.userDirectory
  return own.toUpperCase() === directory?.toUpperCase()
}
