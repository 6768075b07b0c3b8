// @qlik/api in Node, unmodified, with the ways in that need no session: API keys and OAuth.
import { createQlikApi } from '@qlik/api'
import { getCurrentUser, openSession } from 'jotgate/qlik'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operationsOf } from '../../scripts/docs/exercised-operations.ts'
import { exercisedOperations, markNow } from './exercised-operations.ts'
import { grossByGenre } from './films.ts'
import { createTenant, type Tenant } from './stage.ts'

const ada = {
  subject: 'acme|ada',
  name: 'Ada Lovelace',
  email: 'ada@acme.example',
  emailVerified: true,
  groups: ['studio-warner'],
}

let tenant: Tenant
let host: string
let afterSetUp: Awaited<ReturnType<typeof markNow>>

beforeAll(async () => {
  tenant = await createTenant()
  host = tenant.deployment.url
  const { token } = await tenant.signer.sign(ada)
  // The first log-in makes the user whom OAuth impersonates: it makes nobody itself.
  await getCurrentUser({ session: await openSession({ deployment: tenant.deployment, token }) })
  afterSetUp = await markNow(tenant.emulator)
})
afterAll(() => tenant.close())

const asAdministrator = () =>
  createQlikApi({ hostConfig: { authType: 'apikey', apiKey: tenant.emulator.adminKey, host } })

/** All pages of a list, by the links that the answers carry. */
async function readAll<Entry>(first: Page<Entry>): Promise<{ entries: Entry[]; pages: number }> {
  const entries: Entry[] = []
  let pages = 0
  for (let page: Page<Entry> | undefined = first; page !== undefined; page = await page.next?.()) {
    entries.push(...(page.data.data ?? []))
    pages += 1
    if (pages > 20) throw new Error('the list has no end')
  }
  return { entries, pages }
}

interface Page<Entry> {
  readonly data: { readonly data?: Entry[] }
  readonly next?: () => Promise<Page<Entry>>
}

/** A cube of the app: which rows section access leaves shows in it. */
async function readGross(api: ReturnType<typeof createQlikApi>): Promise<Map<string, number>> {
  const session = api.qix.openAppSession({ appId: tenant.appId })
  const app = await session.getDoc()
  const object = await app.createSessionObject({
    qInfo: { qType: 'test' },
    qHyperCubeDef: {
      qDimensions: [{ qDef: { qFieldDefs: ['Major Genre'] }, qNullSuppression: true }],
      qMeasures: [{ qDef: { qDef: '=Sum([Worldwide Gross])' } }],
      qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 2, qHeight: 100 }],
    },
  })
  const layout = (await object.getLayout()) as unknown as {
    qHyperCube: { qDataPages: { qMatrix: { qText: string; qNum: number }[][] }[] }
  }
  await session.close()
  const matrix = layout.qHyperCube.qDataPages[0]?.qMatrix ?? []
  return new Map(matrix.map(([genre, gross]) => [genre?.qText ?? '', gross?.qNum ?? Number.NaN]))
}

describe('with an API key', () => {
  it('reads users and spaces page by page', async () => {
    const api = asAdministrator()
    for (const name of ['Bob', 'Carol', 'Dan'])
      await api.users.createUser({ subject: `acme|${name}`, name, email: `${name}@acme.example` })
    const users = await readAll(await api.users.getUsers({ limit: 2, sort: '+name' }))
    expect(users.pages).toBe(3)
    expect(users.entries.map(({ name }) => name)).toEqual([
      'Ada Lovelace',
      'Bob',
      'Carol',
      'Dan',
      'Emulator administrator',
    ])

    for (const name of ['Sales', 'Press', 'Studio'])
      await api.spaces.createSpace({ name, type: 'shared' })
    const spaces = await readAll(await api.spaces.getSpaces({ limit: 1 }))
    expect(spaces.pages).toBe(3)
    expect(spaces.entries.map(({ name }) => name)).toEqual(['Sales', 'Press', 'Studio'])
  })

  it('goes back a page too', async () => {
    const api = asAdministrator()
    const first = await api.users.getUsers({ limit: 1, sort: 'name' })
    const second = await first.next?.()
    const again = await second?.prev?.()
    expect(again?.data.data).toEqual(first.data.data)
  })

  it('acts as the user of the key, for REST and engine, until the key is deleted', async () => {
    const admin = asAdministrator()
    // Nobody's right follows from administering: section access names no administrator.
    expect((await admin.items.getItems({})).data.data).toEqual([])
    const found = await admin.users.getUsers({ filter: `subject eq "${ada.subject}"` })
    const userId = found.data.data?.[0]?.id ?? ''
    const key = await admin.apiKeys.createApiKey({ description: 'a job', sub: userId })
    const api = createQlikApi({
      hostConfig: { authType: 'apikey', apiKey: key.data.token, host },
    })
    expect((await api.users.getMyUser()).data.subject).toBe(ada.subject)
    await expect(api.users.getUsers({})).rejects.toMatchObject({ status: 403 })
    expect(await readGross(api)).toEqual(grossByGenre(['Warner Bros.']))
    const items = await readAll(await api.items.getItems({ resourceType: 'app', limit: 1 }))
    expect(items.entries).toMatchObject([{ resourceType: 'app', resourceId: tenant.appId }])
    await admin.apiKeys.deleteApiKey(key.data.id)
    await expect(api.spaces.getSpaces({})).rejects.toMatchObject({ status: 401 })
  })

  it('is told in Qlik’s words that an assignment is there already', async () => {
    const api = asAdministrator()
    const space = await api.spaces.createSpace({ name: 'Twice', type: 'managed' })
    const found = await api.users.getUsers({ filter: `subject eq "${ada.subject}"` })
    const assignment = {
      type: 'user' as const,
      assigneeId: found.data.data?.[0]?.id ?? '',
      roles: ['consumer' as const],
    }
    await api.spaces.createSpaceAssignment(space.data.id, assignment)
    await expect(api.spaces.createSpaceAssignment(space.data.id, assignment)).rejects.toMatchObject(
      {
        status: 409,
        data: { errors: [{ detail: 'assignment of assignee already exists in space' }] },
      },
    )
  })
})

describe('with an OAuth client', () => {
  const createClient = async (
    grants: ('client_credentials' | 'urn:qlik:oauth:user-impersonation')[],
  ) => {
    const { data } = await asAdministrator().oauthClients.createOAuthClient({
      appType: 'web',
      clientName: 'backend',
      allowedGrantTypes: grants,
      allowedScopes: ['user_default', 'admin_classic'],
      connectionConfig: { consentMethod: 'trusted' },
    })
    return { clientId: data.clientId, clientSecret: data.clientSecret }
  }

  it('is its own bot by client credentials, a tenant administrator as in Qlik’s samples', async () => {
    const client = await createClient(['client_credentials'])
    const open = (scope: string) =>
      createQlikApi({ hostConfig: { authType: 'oauth2', host, ...client, scope, noCache: true } })
    const bot = open('user_default')
    expect((await bot.users.getMyUser()).data.subject).toBe(`qlikbot\\${client.clientId}`)
    expect((await bot.users.getUsers({})).status).toBe(200)
    const admin = open('user_default admin_classic')
    expect((await admin.users.getUsers({})).status).toBe(200)
  })

  it('impersonates a user who is there, for REST and engine', async () => {
    const client = await createClient(['urn:qlik:oauth:user-impersonation'])
    const api = createQlikApi({
      hostConfig: { authType: 'oauth2', host, ...client, subject: ada.subject, noCache: true },
    })
    expect((await api.users.getMyUser()).data).toMatchObject({ subject: ada.subject })
    expect(await readGross(api)).toEqual(grossByGenre(['Warner Bros.']))
  })

  it('is refused for a user who is not there, and with a wrong secret', async () => {
    const client = await createClient(['urn:qlik:oauth:user-impersonation'])
    const open = (changes: object) =>
      createQlikApi({
        hostConfig: {
          authType: 'oauth2',
          host,
          ...client,
          subject: 'acme|nobody',
          noCache: true,
          ...changes,
        },
      })
    await expect(open({}).users.getMyUser()).rejects.toThrow('Unauthorized')
    await expect(
      open({ subject: ada.subject, clientSecret: 'wrong' }).users.getMyUser(),
    ).rejects.toThrow('Unauthorized')
  })
})

it('asks what docs/reference/emulator.json says of this client', async () => {
  const measured = await exercisedOperations(tenant.emulator, afterSetUp)
  expect(measured).toEqual(operationsOf('@qlik/api 2.19.0 in Node'))
})
