// Qlik's own clients, unmodified, against the emulator: what they cannot tell from a tenant is right.
import { createQlikApi } from '@qlik/api'
import { registerAuthModule } from '@qlik/api/auth'
import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import {
  endSession,
  engineUrl,
  getCurrentUser,
  openSession,
  productFor,
  type QlikSession,
} from 'jotgate/qlik'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { operationsOf } from '../../scripts/docs/exercised-operations.ts'
import { exercisedOperations, onlyOfEngine } from './exercised-operations.ts'
import { grossByGenre } from './films.ts'
import { createTenant, type Tenant } from './stage.ts'

const ada = {
  subject: 'acme|ada',
  name: 'Ada Lovelace',
  email: 'ada@acme.example',
  emailVerified: true,
  groups: ['studio-warner'],
}
const nobody = { subject: 'acme|dana', name: 'Dana', email: 'dana@acme.example', groups: ['press'] }

const grossByGenreObject = {
  qInfo: { qType: 'test' },
  qHyperCubeDef: {
    qDimensions: [{ qDef: { qFieldDefs: ['Major Genre'] }, qNullSuppression: true }],
    qMeasures: [{ qDef: { qDef: '=Sum([Worldwide Gross])' } }],
    qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 2, qHeight: 100 }],
  },
}

/** What of enigma.js's mixed-in methods is used here; its own types know none of them. */
interface EngineGlobal {
  openDoc(appId: string): Promise<{
    createSessionObject(properties: unknown): Promise<{ getLayout(): Promise<unknown> }>
  }>
}

interface CubeLayout {
  qHyperCube: { qDataPages: { qMatrix: { qText: string; qNum: number }[][] }[] }
}

function rowsOf(layout: unknown): Map<string, number> {
  const matrix = (layout as CubeLayout).qHyperCube.qDataPages[0]?.qMatrix ?? []
  return new Map(matrix.map(([genre, gross]) => [genre?.qText ?? '', gross?.qNum ?? Number.NaN]))
}

/** The client's own type for an auth module; its package does not export it by name. */
type AuthModule = Parameters<typeof registerAuthModule>[1]
type HostConfig = NonNullable<NonNullable<Parameters<typeof createQlikApi>[0]>['hostConfig']>

let tenant: Tenant

beforeAll(async () => {
  tenant = await createTenant()
})

afterAll(async () => tenant?.close())

async function enter(user: typeof ada | typeof nobody): Promise<QlikSession> {
  const { token } = await tenant.signer.sign(user)
  return openSession({ deployment: tenant.deployment, token })
}

describe('enigma.js', () => {
  const open = async (session: QlikSession) => {
    const { headers } = productFor(tenant.deployment).authorizeUpgrade(session)
    const connection = enigma.create({
      schema,
      url: engineUrl({ session, appId: tenant.appId }),
      // The types of enigma.js name the browser's own WebSocket.
      createSocket: (url) => new WebSocket(url, { headers }) as unknown as globalThis.WebSocket,
    })
    return { connection, global: (await connection.open()) as unknown as EngineGlobal }
  }

  it('opens the app with our session and gets the user’s own figures', async () => {
    const { connection, global } = await open(await enter(ada))
    const app = await global.openDoc(tenant.appId)
    const object = await app.createSessionObject(grossByGenreObject)
    expect(rowsOf(await object.getLayout())).toEqual(grossByGenre(['Warner Bros.']))
    await connection.close()
  })

  it('gets an error when the user has no right to the app', async () => {
    const { connection, global } = await open(await enter(nobody))
    await expect(global.openDoc(tenant.appId)).rejects.toMatchObject({ code: 5 })
    await connection.close()
  })

  it('asks what docs/reference/emulator.json says of this client', async () => {
    // Of REST it asks nothing: what is recorded of that, the session before it did.
    const measured = onlyOfEngine(await exercisedOperations(tenant.emulator))
    expect(measured).toEqual(operationsOf('enigma.js 2.15.0 in Node'))
  })
})

describe('@qlik/api in Node', () => {
  /** The recipe for its own login with a token: a module that asks us for session and renewal. */
  const registerSession = (name: string, user: typeof ada) => {
    let session: Promise<QlikSession> | undefined
    const current = () => {
      session ??= enter(user)
      return session
    }
    const product = productFor(tenant.deployment)
    const module: AuthModule = {
      getRestCallAuthParams: async () => ({
        headers: product.authorizeHttp(await current()).headers,
        queryParams: {},
        credentials: 'omit',
      }),
      getWebSocketAuthParams: async () => ({
        headers: product.authorizeUpgrade(await current()).headers,
        queryParams: product.authorizeUpgrade(await current()).query,
      }),
      handleAuthenticationError: async () => {
        session = undefined
        return { retry: true }
      },
    }
    registerAuthModule(name as 'cookie', module)
    return {
      hostConfig: { authType: name, host: tenant.deployment.url } as unknown as HostConfig,
      current,
    }
  }

  it('asks who it is and opens the app', async () => {
    const { hostConfig } = registerSession('jotgate-ada', ada)
    const api = createQlikApi({ hostConfig })
    const me = await api.users.getMyUser()
    expect(me.status).toBe(200)
    expect(me.data).toMatchObject({ subject: ada.subject, name: ada.name, email: ada.email })
    const appSession = api.qix.openAppSession({ appId: tenant.appId })
    const app = await appSession.getDoc()
    const object = await app.createSessionObject(grossByGenreObject)
    expect(rowsOf(await object.getLayout())).toEqual(grossByGenre(['Warner Bros.']))
    await appSession.close()
  })

  it('logs in again by itself when the session has ended', async () => {
    const { hostConfig, current } = registerSession('jotgate-renewed', ada)
    const api = createQlikApi({ hostConfig })
    await api.users.getMyUser()
    await endSession({ session: await current() })
    expect((await api.users.getMyUser()).data.subject).toBe(ada.subject)
  })
})

it('the library itself reads whose session it is, with the groups of the token', async () => {
  const user = await getCurrentUser({ session: await enter(ada) })
  expect(user).toMatchObject({ subject: ada.subject, name: ada.name })
  expect(user.assignedGroups.map(({ name }) => name)).toEqual(['studio-warner'])
})
