import { randomUUID } from 'node:crypto'
import type { SigningKey, User } from 'jotgate'

/** Signs assertions for a gateway. */
export interface AssertionSigner {
  sign(user: User): Promise<{ readonly token: string; readonly jti: string }>
}

/** One for the gateway in front of each Qlik. */
export interface AssertionSigners {
  readonly cloud: AssertionSigner
  readonly server?: AssertionSigner
}

/** How long an assertion is valid: a page hands it over at once. */
const lifetimeSeconds = 60

/**
 * Makes a signer of host assertions: a JWT that tells one gateway who is logged in here.
 *
 * It is for the gateway alone: Qlik does not know its key. A real application may use any JWT library for it.
 *
 * @param options.issuer names this application, as `identifyByAssertion` has it
 * @param options.gatewayUrl the gateway's `publicUrl`, which alone takes the assertion
 * @param options.clock the time now, in milliseconds since 1970; the system's by default
 */
export function createAssertionSigner(options: {
  key: SigningKey
  issuer: string
  gatewayUrl: string
  clock?: () => number
}): AssertionSigner {
  const { key, issuer, gatewayUrl, clock = Date.now } = options
  const header = encode({ alg: key.alg, kid: key.kid, typ: 'JWT' })
  return {
    async sign({ subject, name, email, emailVerified, groups }) {
      const jti = randomUUID()
      const issuedAt = Math.floor(clock() / 1000)
      const claims = encode({
        iss: issuer,
        aud: gatewayUrl,
        sub: subject,
        name,
        email,
        email_verified: emailVerified,
        groups,
        jti,
        iat: issuedAt,
        exp: issuedAt + lifetimeSeconds,
      })
      const signed = `${header}.${claims}`
      const signature = await key.sign(Buffer.from(signed))
      return { token: `${signed}.${Buffer.from(signature).toString('base64url')}`, jti }
    },
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
