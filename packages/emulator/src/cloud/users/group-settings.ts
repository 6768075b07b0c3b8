import { Hono } from 'hono'
import { isObject } from '../../http/read-body.ts'
import { baseUrlOf } from '../../http/request-target.ts'
import { readJsonBody } from '../administration/request-body.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail } from '../error-envelope.ts'
import { parseRoles, toRoleList } from '../state/role-list.ts'

const badRequest = { status: 400, code: 'GROUPS-400', title: 'Bad request' }
const everyoneId = '000000000000000000000001'
const rolesPath = `/systemGroups/${everyoneId}/assignedRoles`

interface SettingsChange {
  autoCreateGroups?: boolean
  everyoneRoleIds?: readonly string[]
}

/** Reads a patch of the settings; nothing changes when one operation is wrong. */
function parseSettingsPatch(body: unknown): SettingsChange | { flaw: string; pointer: string } {
  if (!Array.isArray(body) || body.length === 0)
    return { flaw: 'The body must be an array of patch operations', pointer: '' }
  const change: SettingsChange = {}
  for (const [index, one] of (body as unknown[]).entries()) {
    const { op, path, value } = isObject(one) ? one : {}
    if (op !== 'replace')
      return { flaw: 'Only the operation replace is supported', pointer: `/${index}/op` }
    if (path === rolesPath) {
      const roles = parseRoles(value)
      if (roles === undefined)
        return { flaw: `${rolesPath} takes known roles`, pointer: `/${index}/value` }
      change.everyoneRoleIds = roles
    } else if (path === '/autoCreateGroups' || path === '/syncIdpGroups') {
      if (typeof value !== 'boolean')
        return { flaw: `${path} must be true or false`, pointer: `/${index}/value` }
      // syncIdpGroups is the deprecated name of a setting that is no longer read.
      if (path === '/autoCreateGroups') change.autoCreateGroups = value
    } else
      return {
        flaw: `Only /autoCreateGroups, /syncIdpGroups and ${rolesPath} can be replaced`,
        pointer: `/${index}/path`,
      }
  }
  return change
}

/** `/api/v1/groups/settings` (qlik-cloud.md §5.3). */
export function groupSettingsRoutes(cloud: Cloud): Hono<CloudEnv> {
  return new Hono<CloudEnv>()
    .get('/', (c) => {
      const { settings, createdAt, tenantId } = cloud.state
      const { autoCreateGroups, everyoneRoleIds } = settings
      const everyone = {
        id: everyoneId,
        name: 'com.qlik.Everyone',
        enabled: true,
        assignedRoles: toRoleList(everyoneRoleIds),
        createdAt,
        lastUpdatedAt: createdAt,
      }
      return c.json({
        tenantId,
        autoCreateGroups,
        syncIdpGroups: autoCreateGroups,
        systemGroups: { [everyoneId]: everyone },
        links: { self: { href: `${baseUrlOf(c.env.incoming)}/api/v1/groups/settings` } },
      })
    })
    .patch('/', async (c) => {
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const change = parseSettingsPatch(body.value)
      if ('flaw' in change)
        return fail(c, { ...badRequest, detail: change.flaw, pointer: change.pointer }, 'number')
      Object.assign(cloud.state.settings, change)
      return c.body(null, 204)
    })
}
