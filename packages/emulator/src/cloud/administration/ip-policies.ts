import { BlockList, isIPv4 } from 'node:net'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { isObject } from '../../http/read-body.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail, type QlikFailure } from '../error-envelope.ts'
import { requireAdministrator } from '../guards.ts'
import { newTextId } from '../state/identifiers.ts'
import type { IpPolicy } from '../state/state.ts'
import { answerList, type Listing } from './listing.ts'
import { cursorPaging } from './paging.ts'
import { parseReplaceOnly, readJsonBody } from './request-body.ts'

const notFound = { status: 404, code: 'IP-POLICIES-404', title: 'Not found' }
const badRequest = { status: 400, code: 'IP-POLICIES-400', title: 'Bad request' }
const listing: Listing = {
  paging: cursorPaging,
  style: 'string',
  badRequest,
  sortBy: ['enabled', 'createdAt', 'updatedAt', 'name'],
}

/** `192.0.2.7` or `192.0.2.0/24`. */
function isRange(text: unknown): text is string {
  const [address = '', bits, ...rest] = typeof text === 'string' ? text.split('/') : []
  const isBits = bits === undefined || (/^\d{1,2}$/.test(bits) && Number(bits) <= 32)
  return isIPv4(address) && isBits && rest.length === 0
}

function findFlaw({ name, allowedIps, enabled }: Record<string, unknown>): string | undefined {
  if (typeof name !== 'string' || name === '') return 'name is required'
  if (typeof enabled !== 'boolean') return 'enabled must be true or false'
  if (!Array.isArray(allowedIps) || allowedIps.length === 0 || !allowedIps.every(isRange))
    return 'allowedIps must be IPv4 addresses or CIDR ranges'
  return undefined
}

/** Whether the policies that are enabled let an address in; all of them do when there is none. */
export function lets(policies: Iterable<IpPolicy>, address = ''): boolean {
  const enabled = [...policies].filter((one) => one.enabled)
  const ranges = new BlockList()
  for (const range of enabled.flatMap(({ allowedIps }) => allowedIps)) {
    const [start = '', bits = '32'] = range.split('/')
    ranges.addSubnet(start, Number(bits))
  }
  return enabled.length === 0 || ranges.check(address.replace(/^::ffff:/, ''))
}

/** What every other address gets. No source shows Qlik's own words. */
export const addressRefused: QlikFailure = {
  status: 403,
  code: 'HTTP-403',
  title: 'Forbidden',
  detail: 'The IP address is in no IP policy of the tenant',
}

const addressOf = (c: Context<CloudEnv>) => c.env.incoming.socket.remoteAddress

/** Lets those pass who come from an allowed address, once a policy is enabled. */
export function refuseByAddress(cloud: Cloud): MiddlewareHandler<CloudEnv> {
  return async (c, next) =>
    lets(cloud.state.ipPolicies.values(), addressOf(c)) ? next() : fail(c, addressRefused)
}

/** `/api/core/ip-policies` (qlik.dev, REST, core/ip-policies): from where the tenant may be reached. */
export function ipPolicyRoutes(cloud: Cloud): Hono<CloudEnv> {
  const find = (id: string) => cloud.state.ipPolicies.get(id)
  const wrong = (c: Context<CloudEnv>, detail: string) => fail(c, { ...badRequest, detail })
  /** Keeps a policy, unless whoever asks would be locked out. */
  const keep = (c: Context<CloudEnv>, policy: IpPolicy): Response | undefined => {
    const others = [...cloud.state.ipPolicies.values()].filter(({ id }) => id !== policy.id)
    if (!lets([...others, policy], addressOf(c)))
      return wrong(c, 'Your own IP address must be in at least one policy')
    cloud.state.ipPolicies.set(policy.id, policy)
    return undefined
  }
  const now = () => cloud.clock.now().toISOString()
  return new Hono<CloudEnv>()
    .use(requireAdministrator('string'))
    .get('/', (c) =>
      answerList(
        cloud,
        c,
        [...cloud.state.ipPolicies.values()].map((one) => ({ ...one })),
        listing,
      ),
    )
    .post('/', async (c) => {
      const body = await readJsonBody(c, 'string')
      if ('response' in body) return body.response
      if (!isObject(body.value)) return wrong(c, 'The body must be a JSON object')
      const { name, allowedIps, enabled = false } = body.value
      const flaw = findFlaw({ name, allowedIps, enabled })
      if (flaw !== undefined) return wrong(c, flaw)
      const at = now()
      const policy: IpPolicy = {
        id: newTextId(),
        name: String(name),
        allowedIps: allowedIps as string[],
        enabled: enabled === true,
        createdAt: at,
        updatedAt: at,
      }
      return keep(c, policy) ?? c.json(policy, 201)
    })
    .get('/:id', (c) => {
      const policy = find(c.req.param('id'))
      return policy === undefined ? fail(c, notFound) : c.json(policy)
    })
    .patch('/:id', async (c) => {
      const policy = find(c.req.param('id'))
      if (policy === undefined) return fail(c, notFound)
      const body = await readJsonBody(c, 'string')
      if ('response' in body) return body.response
      const operations = parseReplaceOnly(body.value, ['/enabled', '/name', '/allowedIps'])
      if ('flaw' in operations)
        return fail(c, { ...badRequest, detail: operations.flaw, pointer: operations.pointer })
      const changes = Object.fromEntries(operations.map((one) => [one.path.slice(1), one.value]))
      const changed = { ...policy, ...changes, updatedAt: now() }
      const flaw = findFlaw(changed)
      if (flaw !== undefined) return wrong(c, flaw)
      return keep(c, changed) ?? c.body(null, 204)
    })
    .delete('/:id', (c) => {
      const policy = find(c.req.param('id'))
      if (policy === undefined) return fail(c, notFound)
      cloud.state.ipPolicies.delete(policy.id)
      if (lets(cloud.state.ipPolicies.values(), addressOf(c))) return c.body(null, 204)
      cloud.state.ipPolicies.set(policy.id, policy)
      return wrong(c, 'Your own IP address must be in at least one other policy')
    })
}
