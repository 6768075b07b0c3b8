import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { type AppAnswer, callApp } from '../../http/call-app.ts'
import { createRepository, type RepositoryOptions } from '../repository/repository.ts'
import type { Requester } from '../repository/rules/question.ts'
import type { RequestContext } from '../repository/rules/system-rule.ts'
import { newUser } from '../repository/users.ts'
import type { QrsSite } from './qrs-env.ts'
import { qrsRoutes } from './qrs-routes.ts'
import { qrsSwitches } from './qrs-switches.ts'
import type { QrsRefusal } from './refusal.ts'

type Switches = ReturnType<QrsSite['switches']['get']>

/** An entity as QRS answers it. */
export type Answered = Readonly<Record<string, unknown>> & { readonly id: string }

/** A repository behind the routes of QRS, without the way to them. */
export function startQrs(options: RepositoryOptions = {}) {
  let nowMs = Date.parse('2026-01-01T00:00:00Z')
  const now = () => new Date(nowMs)
  const repository = createRepository({
    now,
    apps: [{ id: 'b9c0a3a5-1c3d-4d2e-9d55-3f0c2a4f0001', name: 'Movies' }],
    ...options,
  })
  const defaults = Object.entries(qrsSwitches).map(([name, definition]) => [
    name,
    definition.default,
  ])
  const switches = Object.fromEntries(defaults) as Switches
  const site: QrsSite = { repository, clock: { now }, switches: { get: () => switches } }
  const routes = qrsRoutes(site)
  const administrator = repository.findUser({ directory: 'EMULATOR', id: 'administrator' })
  if (administrator === undefined) throw new TypeError('no administrator')
  const asAdministrator: Requester = { user: administrator }
  const refusals: QrsRefusal[] = []

  /** Calls QRS as the administrator, or as another requester. */
  async function call(
    method: string,
    path: string,
    more: { body?: unknown; as?: Requester; context?: RequestContext } = {},
  ): Promise<AppAnswer> {
    const { body, as = asAdministrator, context = 'qmc' } = more
    const app = new Hono<{ Bindings: HttpBindings }>().all('*', (c) =>
      routes.fetch(c.req.raw, {
        ...c.env,
        qrs: {
          caller: { requester: as, userName: 'EMULATOR\\administrator', context },
          path: new URL(c.req.url).pathname,
          onRefusal: (refusal) => refusals.push(refusal),
        },
      }),
    )
    return callApp(app, { method, path, headers: {}, ...(body === undefined ? {} : { body }) })
  }
  return {
    repository,
    switches,
    refusals,
    call,
    advance: (ms: number) => {
      nowMs += ms
    },
    get: async (path: string) => (await call('GET', path)).body as Answered,
    list: async (path: string) => (await call('GET', path)).body as readonly Answered[],
    /** Somebody of the directory ACME without roles. */
    userNamed: (id: string): Requester => ({
      user: repository.users.add(newUser({ directory: 'ACME', id })),
    }),
  }
}

/** What the guide of a JWT virtual proxy creates. */
export const jwtBody = {
  prefix: 'jwt',
  description: 'jwt',
  sessionCookieHeaderName: 'X-Qlik-Session-jwt',
  authenticationMethod: 4,
  jwtPublicKeyCertificate: '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----',
  jwtAttributeUserId: 'userId',
  jwtAttributeUserDirectory: 'userDirectory',
  jwtAttributeMap: [{ jwtAttribute: 'group', senseAttribute: 'group', isMandatory: false }],
  websocketCrossOriginWhiteList: ['qlik.example.com'],
} as const
