import { Hono } from 'hono'
import { parseReplaceOnly, readJsonBody } from '../administration/request-body.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail } from '../error-envelope.ts'
import { requireAdministrator } from '../guards.ts'

const badRequest = { status: 400, code: 'AUTH-SETTINGS-400', title: 'Bad request' }
const inactivityPath = '/userSessionInactivityTimeoutMinutes'
const lifespanPath = '/maxUserSessionLifespanMinutes'
const registrationPath = '/dynamicClientRegistrationEnabled'
const methodsPath = '/dcrAllowedAuthenticationMethods'

/** What is wrong with a value; the bounds are those of Qlik's administration page. */
function findFlaw(path: string, value: unknown): string | undefined {
  const isMinutes = (from: number, to: number) =>
    Number.isInteger(value) && Number(value) >= from && Number(value) <= to
  if (path === inactivityPath)
    return isMinutes(15, 1440) ? undefined : `${path} must be 15 to 1440 minutes`
  if (path === lifespanPath)
    return isMinutes(60, 10_080) && Number(value) % 60 === 0
      ? undefined
      : `${path} must be whole hours from 60 to 10080 minutes`
  if (path === registrationPath)
    return typeof value === 'boolean' ? undefined : `${path} must be true or false`
  const isMethods =
    Array.isArray(value) && value.every((one) => one === 'none' || one === 'client_secret')
  return isMethods ? undefined : `${path} must hold none and client_secret at most`
}

/** `/api/core/auth-settings` (qlik-cloud.md §2.5): session times, for sessions that begin afterwards. */
export function authSettingsRoutes(cloud: Cloud): Hono<CloudEnv> {
  return new Hono<CloudEnv>()
    .use(requireAdministrator('string'))
    .get('/', (c) => {
      const { settings, tenantId } = cloud.state
      const { inactivityMinutes, lifespanMinutes } = settings
      return c.json({
        id: tenantId,
        tenantId,
        isDefault: inactivityMinutes === 30 && lifespanMinutes === 1440,
        maxUserSessionLifespanMinutes: lifespanMinutes,
        userSessionInactivityTimeoutMinutes: inactivityMinutes,
        dynamicClientRegistrationEnabled: settings.dynamicClientRegistration,
        dcrAllowedAuthenticationMethods: settings.clientRegistrationMethods,
      })
    })
    .patch('/', async (c) => {
      const body = await readJsonBody(c, 'string')
      if ('response' in body) return body.response
      const paths = [inactivityPath, lifespanPath, registrationPath, methodsPath]
      const operations = parseReplaceOnly(body.value, paths)
      if ('flaw' in operations)
        return fail(c, { ...badRequest, detail: operations.flaw, pointer: operations.pointer })
      for (const { path, value } of operations) {
        const flaw = findFlaw(path, value)
        if (flaw !== undefined) return fail(c, { ...badRequest, detail: flaw, pointer: path })
      }
      const { settings } = cloud.state
      for (const { path, value } of operations) {
        if (path === inactivityPath) settings.inactivityMinutes = Number(value)
        else if (path === lifespanPath) settings.lifespanMinutes = Number(value)
        else if (path === registrationPath) settings.dynamicClientRegistration = value === true
        else settings.clientRegistrationMethods = value as string[]
      }
      return c.body(null, 204)
    })
}
