// What nobody knows of QRS and QPS, and what the product's clients for them make of it.
import { isJotgateError } from 'jotgate'
import {
  createProxyApi,
  createRepository,
  createTransport,
  type RepositoryOptions,
} from 'jotgate/qlik'
import type { ClientManagedSwitches } from 'jotgate-emulator'
import { afterAll, expect } from 'vitest'
import { type createServerStage, openEngine, saysLost } from './server-session-stage.ts'

type Stage = Awaited<ReturnType<typeof createServerStage>>
type ServiceSwitch = keyof ClientManagedSwitches &
  (`q${'r' | 'p'}s${string}` | 'attributesOfSessions' | 'missingClientCertificate')

type ServiceScenarios = {
  readonly [Name in ServiceSwitch]: (value: ClientManagedSwitches[Name]) => Promise<void> | void
}

const serviceUser = { directory: 'INTERNAL', id: 'sa_api' }
const administrator = { directory: 'EMULATOR', id: 'administrator' }

/** The scenarios of these switches: every call goes through the product. */
export async function serviceScenarios(stage: Stage): Promise<ServiceScenarios> {
  const { certificates } = stage.emulator
  if (certificates === undefined) throw new TypeError('the emulator has no QRS')
  const { root: ca, client: certificate, clientKey: key } = certificates
  const transport = await createTransport({ ca, clientCertificate: { certificate, key } })
  afterAll(() => transport.close())
  const { fetch } = transport
  const { qrs = '', qps = '' } = stage.server.urls
  const repositoryAs = (user = serviceUser) => createRepository({ url: qrs, user, fetch })
  const repository = repositoryAs()
  const virtualProxyCount = stage.server.state.virtualProxies().length

  /** The status of a refusal, or what was answered. */
  async function statusOf(call: () => Promise<unknown>): Promise<unknown> {
    try {
      return await call()
    } catch (error) {
      if (isJotgateError(error, 'ERR_QLIK_REFUSED')) return Object(error.details).status
      throw error
    }
  }

  /** Creates something that the product itself has no call for. */
  async function create(type: string, body: object): Promise<void> {
    const answer = await fetch(`${qrs}/qrs/${type}?Xrfkey=abcdefghijklmnop`, {
      method: 'POST',
      headers: {
        'x-qlik-xrfkey': 'abcdefghijklmnop',
        'x-qlik-user': 'UserDirectory=INTERNAL; UserId=sa_api',
      },
      body: JSON.stringify(body),
    })
    expect(answer.ok, await answer.text()).toBe(true)
  }
  const createUsers = async (count: number) => {
    for (let number = 1; number <= count; number += 1)
      await create('user', { userId: `user${number}`, userDirectory: 'ACME' })
  }
  const countAs = async (options: RepositoryOptions) =>
    (await createRepository(options).listVirtualProxies()).length

  const added = { prefix: 'new', description: 'new', sessionCookieHeaderName: 'X-Qlik-Session-new' }
  return {
    async qrsCreateStatus() {
      expect(await repository.createVirtualProxy(added)).toMatchObject(added)
    },
    async qrsDuplicateStatus(status) {
      const taken = { ...added, prefix: 'jwt' }
      expect(await statusOf(() => repository.createVirtualProxy(taken))).toBe(status)
    },
    async qrsUnreadable(status) {
      const [first] = await repository.listVirtualProxies()
      const nobody = repositoryAs({ directory: 'ACME', id: 'grace' })
      expect(await statusOf(() => nobody.getVirtualProxy(first?.id ?? ''))).toBe(status)
    },
    async qrsCountForm() {
      await createUsers(100)
      await expect(repository.listUsers()).rejects.toThrow(/has 100 of 103 entities/)
    },
    async qrsRecordLimit(limit) {
      if (limit === 1) {
        // Shorter than any server's limit: nothing tells it from a whole list.
        expect(await repository.listUsers()).toHaveLength(1)
        return
      }
      await createUsers(100)
      if (limit === 100) await expect(repository.listUsers()).rejects.toThrow(/MaxRecordLimit/)
      else expect(await repository.listUsers()).toHaveLength(103)
    },
    async qrsQuotes(value) {
      const found = () => repository.listUsers("userId eq 'o''neil'")
      expect(await statusOf(found)).toEqual(value === 'backslash' ? 400 : [])
    },
    async qrsFilterNot(isKnown) {
      const found = await statusOf(() => repository.listUsers("not userDirectory eq 'INTERNAL'"))
      expect(found).toEqual(isKnown ? [expect.objectContaining({ userId: 'administrator' })] : 400)
    },
    async qrsOmittedFields() {
      const virtualProxy = await repository.createVirtualProxy({ ...added, jwtAudience: 'acme' })
      const changed = { ...virtualProxy, description: 'changed' }
      expect(await repository.updateVirtualProxy(changed)).toMatchObject({
        jwtAudience: 'acme',
        description: 'changed',
      })
    },
    async qrsContextOfCertificate(value) {
      const expected = value === 'management' ? virtualProxyCount : 0
      expect(await countAs({ url: qrs, user: administrator, fetch })).toBe(expected)
    },
    async qrsContextOfProxy(value) {
      const { directory, id: subject } = administrator
      const user = { subject, directory, name: 'Administrator', groups: ['none'] }
      const session = await stage.enter(stage.deploymentOf(), user)
      expect(await countAs({ session })).toBe(value === 'management' ? virtualProxyCount : 0)
    },
    async attributesOfSessions(value) {
      const rule = { rule: 'user.group = "sales"', resourceFilter: 'VirtualProxyConfig_*' }
      await create('systemrule', { ...rule, name: 'Sales', actions: 2 })
      const session = await stage.enter()
      const expected = value === 'environment' ? 0 : virtualProxyCount
      expect(await countAs({ session })).toBe(expected)
    },
    async missingClientCertificate(value) {
      const stranger = await createTransport({ ca })
      const call = () =>
        createRepository({ url: qrs, user: serviceUser, fetch: stranger.fetch }).getVersion()
      await expect(call()).rejects.toMatchObject({
        code: value === 'forbidden' ? 'ERR_QLIK_REFUSED' : 'ERR_QLIK_UNREACHABLE',
      })
      await stranger.close()
    },
    // The product adds no sessions.
    qpsSessionAddStatus: () => undefined,
    async qpsNotification() {
      const session = await stage.enter()
      const engine = await openEngine(session, stage.appId)
      const user = { userDirectory: 'ACME', userId: 'ada' }
      const node = createProxyApi({ url: qps, fetch })
      expect(await node.endUserSessions('jwt', user)).toMatchObject([user])
      expect(saysLost(session, await engine.closed)).toBe(true)
    },
  }
}
