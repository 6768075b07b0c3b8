import { randomUUID } from 'node:crypto'
import { type CallOptions, requestMachineToken, tokenEndpoint } from '../../qlik/index.ts'
import type { CloudDeployment, SigningKey } from '../../token/index.ts'
import { provisionErrors } from '../errors.ts'

/** What `machineAccess` takes. */
export interface MachineAccessOptions extends CallOptions {
  /** The tenant. */
  deployment: CloudDeployment
  /** The ID of an OAuth client of the tenant that may get tokens for itself. */
  clientId: string
  /** The secret of the client, or the key by which it proves itself: RS256 or RS512 (private_key_jwt). */
  proof: { readonly secret: string } | { readonly key: SigningKey }
  /** The time now, in milliseconds since 1970. Default `Date.now`. */
  clock?: () => number
}

/** An assertion is used at once, so it need not live for long. */
const assertionSeconds = 60
/** A token is not used in the last minute of its life, since the call with it takes time too. */
const marginSeconds = 60

/**
 * Administers a tenant as an OAuth machine client. The access token stays in memory until a minute before it
 * expires; calls at the same time wait for one.
 *
 * @param options see `MachineAccessOptions`
 * @returns what `createAdministration` takes as `accessToken`
 * @throws ERR_PROVISION_OPTION for a key that Qlik does not take here; each call throws the errors of the part `qlik`
 * @see RFC 7523 section 3, and https://qlik.dev/authenticate/oauth/oauth-private-key-jwt-reference/
 * @example
 * import { cloud } from 'jotgate'
 * import { readSigningKey } from 'jotgate/keys'
 * import { machineAccess } from 'jotgate/provision'
 * import { createAdministration } from 'jotgate/qlik'
 *
 * const deployment = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
 * const key = await readSigningKey({ file: 'keys/administrator.pem', kid: 'administrator-1' })
 * const accessToken = machineAccess({ deployment, clientId: 'from Qlik', proof: { key } })
 * const administration = createAdministration({ deployment, accessToken })
 */
export function machineAccess(options: MachineAccessOptions): () => Promise<string> {
  const { deployment, clientId, proof, clock = Date.now } = options
  if ('key' in proof && proof.key.alg === 'RS384')
    throw provisionErrors.ERR_PROVISION_OPTION({
      option: 'proof.key',
      problem: 'has the algorithm RS384; Qlik takes RS256 and RS512 here',
    })
  let current: { token: Promise<string>; usableUntilMs: number } | undefined

  const ask = async (asked: { usableUntilMs: number }): Promise<string> => {
    const askedMs = clock()
    const proved =
      'secret' in proof
        ? proof
        : { assertion: await signAssertion(deployment, clientId, proof.key, askedMs) }
    const { token, expiresInSeconds } = await requestMachineToken({ ...options, proof: proved })
    asked.usableUntilMs = askedMs + (expiresInSeconds - marginSeconds) * 1000
    return token
  }

  return () => {
    if (current !== undefined && clock() < current.usableUntilMs) return current.token
    const asked = { usableUntilMs: Number.POSITIVE_INFINITY }
    const token = ask(asked)
    const made = Object.assign(asked, { token })
    current = made
    token.catch(() => {
      if (current === made) current = undefined
    })
    return token
  }
}

async function signAssertion(
  deployment: CloudDeployment,
  clientId: string,
  key: SigningKey,
  nowMs: number,
): Promise<string> {
  const now = Math.floor(nowMs / 1000)
  const header = { alg: key.alg, typ: 'JWT', kid: key.kid }
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: tokenEndpoint(deployment),
    jti: randomUUID(),
    iat: now,
    exp: now + assertionSeconds,
  }
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const signed = `${encode(header)}.${encode(claims)}`
  const signature = await key.sign(Buffer.from(signed))
  return `${signed}.${Buffer.from(signature).toString('base64url')}`
}
