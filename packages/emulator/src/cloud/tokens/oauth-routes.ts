import { Hono } from 'hono'
import { baseUrlOf } from '../../http/request-target.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail } from '../error-envelope.ts'
import { digestOf } from '../state/token-store.ts'
import { exchangeGrant, impersonationGrant } from './oauth-client-payload.ts'
import { grantToken } from './oauth-grants.ts'
import { authenticateClient, oauthFailures, readOAuthParameters } from './oauth-request.ts'

/** `/oauth/token` and `/oauth/revoke` (qlik-cloud.md §5.6). */
export function oauthRoutes(cloud: Cloud): Hono<CloudEnv> {
  return new Hono<CloudEnv>()
    .post('/token', async (c) => {
      const parameters = await readOAuthParameters(c)
      if (typeof parameters === 'string') return fail(c, oauthFailures.invalid(parameters))
      const client = authenticateClient(cloud, c, parameters)
      if ('status' in client) return fail(c, client)
      const outcome = grantToken(cloud, client, parameters)
      return 'answer' in outcome ? c.json(outcome.answer) : fail(c, outcome)
    })
    .post('/revoke', async (c) => {
      const parameters = await readOAuthParameters(c)
      if (typeof parameters === 'string') return fail(c, oauthFailures.invalid(parameters))
      const { token } = parameters
      if (typeof token !== 'string') return fail(c, oauthFailures.invalid('token is required'))
      // RFC 7009 §2.2: an unknown token is not an error. Whoever holds a token may revoke it.
      cloud.state.tokens.accessTokens.delete(digestOf(token))
      return c.body(null, 200)
    })
}

/** `/.well-known/oauth-authorization-server` (RFC 8414), with what the emulator has. */
export function wellKnownRoutes(): Hono<CloudEnv> {
  return new Hono<CloudEnv>().get('/oauth-authorization-server', (c) => {
    const base = baseUrlOf(c.env.incoming)
    return c.json({
      issuer: base,
      token_endpoint: `${base}/oauth/token`,
      revocation_endpoint: `${base}/oauth/revoke`,
      grant_types_supported: ['client_credentials', impersonationGrant, exchangeGrant],
      token_endpoint_auth_methods_supported: [
        'client_secret_post',
        'client_secret_basic',
        'private_key_jwt',
      ],
      response_types_supported: [],
    })
  })
}
