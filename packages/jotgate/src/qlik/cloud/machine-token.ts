import type { CloudDeployment } from '../../token/index.ts'
import { parseJsonObject } from '../../values/index.ts'
import { qlikErrors } from '../errors.ts'
import { type CallOptions, callQlik } from '../http.ts'
import { refusalOf } from '../refusal.ts'

/** By what an OAuth machine client proves itself: its secret, or an assertion that its key has signed. */
export type MachineProof = { readonly secret: string } | { readonly assertion: string }

/** An access token of a machine client. */
export interface MachineToken {
  readonly token: string
  readonly expiresInSeconds: number
}

/** Where a machine client gets its tokens; also the audience of its assertions. */
export const tokenEndpoint = ({ url }: Pick<CloudDeployment, 'url'>): string =>
  new URL('/oauth/token', url).href

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Gets an access token for an OAuth machine client of a tenant: the grant `client_credentials`.
 *
 * @param options.deployment the tenant
 * @param options.clientId the ID of the client
 * @param options.proof its secret, or an assertion: a JWT by its key whose audience is `tokenEndpoint`
 * @param options.fetch the runtime's when omitted; `timeoutMs` and `signal` as in `createAdministration`
 * @throws ERR_QLIK_LOGIN_REFUSED, which repeats neither secret nor assertion, and the other errors of the part
 * @see https://qlik.dev/apis/rest/oauth/ and RFC 7523 section 2.2
 */
export async function requestMachineToken(
  options: CallOptions & { deployment: CloudDeployment; clientId: string; proof: MachineProof },
): Promise<MachineToken> {
  const { deployment, clientId, proof } = options
  const [secret, proved] =
    'secret' in proof
      ? [proof.secret, { client_secret: proof.secret }]
      : [
          proof.assertion,
          { client_assertion_type: assertionType, client_assertion: proof.assertion },
        ]
  const body = JSON.stringify({ grant_type: 'client_credentials', client_id: clientId, ...proved })
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  const url = new URL(tokenEndpoint(deployment))
  const answer = await callQlik({ url, method: 'POST', headers, body }, options)
  if (answer.status < 200 || answer.status > 299)
    throw refusalOf(answer, {
      secrets: [secret],
      causes: [
        'the client ID, or its secret or key, is not the one that the tenant has',
        'the client does not allow the grant type client_credentials (“Allow machine-to-machine”)',
        'the consent method of the client is not Trusted',
        'the bot user of the client is disabled',
      ],
    })
  const { access_token: token, expires_in: expires } = parseJsonObject(answer.text) ?? {}
  if (typeof token === 'string' && /^[\x21-\x7e]{1,8192}$/.test(token))
    return { token, expiresInSeconds: typeof expires === 'number' && expires > 0 ? expires : 0 }
  throw qlikErrors.ERR_QLIK_ANSWER({ call: answer.call, problem: 'has no access token' })
}
