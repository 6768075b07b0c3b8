import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import { isObject } from '../../http/read-body.ts'
import { answerList, type Listing, type Resource } from '../administration/listing.ts'
import { cursorPaging } from '../administration/paging.ts'
import { readJsonBody } from '../administration/request-body.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail } from '../error-envelope.ts'
import { knownCaller, requireAdministrator } from '../guards.ts'
import { newHexId } from '../state/identifiers.ts'
import { digestOf, type OAuthClient } from '../state/token-store.ts'
import { type ClientValues, findClientFlaw, parseNewClient } from './oauth-client-payload.ts'

const notFound = { status: 404, code: 'OAUTH-CLIENTS-404', title: 'Not found' }
const badRequest = { status: 400, code: 'OAUTH-CLIENTS-400', title: 'Bad request' }
const listing: Listing = {
  paging: cursorPaging,
  style: 'number',
  badRequest,
  filterBy: ['clientId', 'clientName', 'appType'],
  sortBy: ['clientId', 'clientName', 'appType', 'createdAt', 'updatedAt'],
}
const changeable = [
  'allowedOrigins',
  'clientName',
  'description',
  'redirectUris',
  'allowedScopes',
  'allowedGrantTypes',
  'allowedAuthMethods',
  'publicKeys',
]

function toResource(client: OAuthClient): Resource {
  const { secrets, consentMethod, publishedAt, usedAssertions, ...rest } = client
  return {
    ...rest,
    clientSecrets: secrets.map(({ hint, createdAt }) => ({ hint, createdAt })),
    connectionConfig: { consentMethod },
    ...(publishedAt === undefined ? {} : { publishedAt }),
  }
}

/** A new secret of a client: shown once, kept as its digest. */
function addSecret(client: OAuthClient, at: string): { clientSecret: string; hint: string } {
  const clientSecret = randomBytes(32).toString('hex')
  const hint = clientSecret.slice(0, 5)
  const record = { digest: digestOf(clientSecret), hint, createdAt: at }
  client.secrets = [...client.secrets, record]
  return { clientSecret, hint }
}

/** Reads a patch: `replace`, and for lists `add` and `remove` of one value. */
function parseClientPatch(client: OAuthClient, body: unknown): string | Partial<ClientValues> {
  if (!Array.isArray(body) || body.length === 0) return 'The body must be an array of operations'
  let change: Partial<ClientValues> = {}
  for (const one of body as unknown[]) {
    const { op, path, value } = isObject(one) ? one : {}
    const name = String(path).replace(/^\//, '') as keyof ClientValues
    if (!changeable.includes(name)) return `Only ${changeable.join(', ')} can be changed`
    const before = change[name] ?? client[name]
    let next: unknown = value
    if (op === 'add' || op === 'remove') {
      if (!Array.isArray(before)) return `${name} takes replace only`
      const given = Array.isArray(value) ? (value as unknown[]) : [value]
      next =
        op === 'add'
          ? [...new Set([...before, ...given])]
          : before.filter((entry) => !given.includes(entry))
    } else if (op !== 'replace') return 'op must be add, remove or replace'
    const flaw = findClientFlaw(name, next)
    if (flaw !== undefined) return flaw
    change = { ...change, [name]: next }
  }
  return change
}

/** `/api/v1/oauth-clients` (qlik-cloud.md §5.6): clients with secrets, and pages. */
export function oauthClientRoutes(cloud: Cloud): Hono<CloudEnv> {
  const clients = () => cloud.state.tokens.clients
  const at = () => cloud.clock.now().toISOString()
  return new Hono<CloudEnv>()
    .use(requireAdministrator('number'))
    .get('/', (c) => answerList(cloud, c, [...clients().values()].map(toResource), listing))
    .post('/', async (c) => {
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const parsed = parseNewClient(body.value)
      if (typeof parsed === 'string') return fail(c, { ...badRequest, detail: parsed }, 'number')
      const created = at()
      const client: OAuthClient = {
        clientId: newHexId() + randomBytes(4).toString('hex'),
        appType: parsed.appType,
        ...parsed.values,
        consentMethod: parsed.isTrusted ? 'trusted' : 'required',
        secrets: [],
        usedAssertions: new Map(),
        createdAt: created,
        updatedAt: created,
      }
      clients().set(client.clientId, client)
      // A page cannot keep a secret.
      const secret = client.appType === 'spa' ? undefined : addSecret(client, created)
      return c.json(
        {
          ...toResource(client),
          ...(secret === undefined ? {} : { clientSecret: secret.clientSecret }),
        },
        201,
      )
    })
    .get('/:id', (c) => {
      const client = clients().get(c.req.param('id'))
      return client === undefined ? fail(c, notFound, 'number') : c.json(toResource(client))
    })
    .patch('/:id', async (c) => {
      const client = clients().get(c.req.param('id'))
      if (client === undefined) return fail(c, notFound, 'number')
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const change = parseClientPatch(client, body.value)
      if (typeof change === 'string') return fail(c, { ...badRequest, detail: change }, 'number')
      Object.assign(client, change)
      client.updatedAt = at()
      return c.body(null, 204)
    })
    .delete('/:id', (c) => {
      const id = c.req.param('id')
      if (!clients().delete(id)) return fail(c, notFound, 'number')
      const { accessTokens } = cloud.state.tokens
      for (const [digest, token] of accessTokens)
        if (token.clientId === id) accessTokens.delete(digest)
      return c.body(null, 204)
    })
    .post('/:id/actions/publish', (c) => {
      const client = clients().get(c.req.param('id'))
      if (client === undefined) return fail(c, notFound, 'number')
      client.publishedAt ??= at()
      return c.json({ publishedAt: client.publishedAt })
    })
    .post('/:id/client-secrets', (c) => {
      const client = clients().get(c.req.param('id'))
      if (client === undefined) return fail(c, notFound, 'number')
      const createdAt = at()
      const createdBy = knownCaller(c).user.id
      const secret = addSecret(client, createdAt)
      return c.json({ clientId: client.clientId, ...secret, createdAt, createdBy }, 201)
    })
    .delete('/:id/client-secrets/:hint', (c) => {
      const client = clients().get(c.req.param('id'))
      const hint = c.req.param('hint')
      if (!client?.secrets.some((one) => one.hint === hint)) return fail(c, notFound, 'number')
      client.secrets = client.secrets.filter((one) => one.hint !== hint)
      return c.body(null, 204)
    })
    .patch('/:id/connection-configs/me', async (c) => {
      const client = clients().get(c.req.param('id'))
      if (client === undefined) return fail(c, notFound, 'number')
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const operations = Array.isArray(body.value) ? (body.value as unknown[]) : [undefined]
      for (const one of operations) {
        const { op, path, value } = isObject(one) ? one : {}
        if (
          op !== 'replace' ||
          path !== '/consentMethod' ||
          (value !== 'required' && value !== 'trusted')
        )
          return fail(
            c,
            {
              ...badRequest,
              detail: 'Only /consentMethod can be replaced, by required or trusted',
            },
            'number',
          )
        client.consentMethod = value
      }
      return c.body(null, 204)
    })
}
