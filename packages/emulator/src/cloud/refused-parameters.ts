import type { Context, MiddlewareHandler } from 'hono'
import type { CloudEnv } from './cloud.ts'
import { fail, type QlikFailure, type StatusStyle } from './error-envelope.ts'

/** What of a call Qlik reads and the emulator does not. */
interface RefusedParameters {
  readonly query?: readonly string[]
  readonly body?: readonly string[]
}

/**
 * Parameters that Qlik documents and the emulator does not have: to ignore them would give an answer to
 * another question. By method and path; a test holds the names against @qlik/api.
 */
export const refusedParameters: Readonly<Record<string, RefusedParameters>> = {
  'GET /api/v1/web-integrations': { query: ['tenantId'] },
  'POST /api/v1/identity-providers': {
    body: ['createNewUsersOnLogin', 'pendingOptions', 'postLogoutRedirectUri', 'skipVerify'],
  },
  'GET /api/v1/spaces': { query: ['action', 'environment.name', 'environmentId', 'roles'] },
  'GET /api/v1/items': {
    query: [
      'collectionId',
      'createdByUserId',
      'id',
      'noActions',
      'notCreatedByUserId',
      'notOwnerId',
      'resourceLink',
      'resourceSubType',
      'shared',
      'spaceType',
    ],
  },
  'GET /api/v1/licenses/assignments': { query: ['orphans'] },
  'POST /api/v1/oauth-clients': { body: ['clientUri', 'logoUri', 'jwksUri'] },
}

function refusal(kind: 'query parameter' | 'member', name: string, c: Context): QlikFailure {
  return {
    status: 400,
    code: 'EMULATOR-NOT-IMPLEMENTED',
    title: 'Not part of the emulator',
    detail: `The emulator does not read the ${kind} ${name} of ${c.req.method} ${c.req.path}; Qlik Cloud does`,
  }
}

function refusedOf(c: Context): RefusedParameters {
  return refusedParameters[`${c.req.method} ${c.req.path}`] ?? {}
}

/** Refuses a query that asks for what the emulator does not do. */
export const refuseQueries: MiddlewareHandler<CloudEnv> = async (c, next) => {
  const name = refusedOf(c).query?.find((one) => c.req.query(one) !== undefined)
  return name === undefined ? next() : fail(c, refusal('query parameter', name, c), 'number')
}

/** The same for a body; undefined when the emulator reads all of it. */
export function refuseMembers(
  c: Context<CloudEnv>,
  body: Readonly<Record<string, unknown>>,
  style: StatusStyle,
): Response | undefined {
  const name = refusedOf(c).body?.find((one) => body[one] !== undefined)
  return name === undefined ? undefined : fail(c, refusal('member', name, c), style)
}
