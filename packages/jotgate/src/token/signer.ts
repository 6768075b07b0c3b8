import { readWholeNumber, valueOrThrow } from '../values/index.ts'
import {
  base64urlLength,
  parseBase64url,
  textToBase64url,
  toBase64url,
  writeBase64url,
} from './base64url.ts'
import { prepareClaims, type TokenStamp } from './claims.ts'
import { maxTokenLength } from './decode.ts'
import type { Deployment } from './deployment.ts'
import { tokenErrors } from './errors.ts'
import { readLifetime } from './lifetime.ts'
import { policyFor } from './policy.ts'
import { createQueue } from './queue.ts'
import { parseKid, type SigningKey } from './signing-key.ts'
import type { User } from './user.ts'

/** What `createSigner` takes. */
export interface SignerOptions {
  /** The Qlik that the tokens are for. */
  deployment: Deployment
  /** The key that signs them. Qlik Cloud accepts only RS256, client-managed Qlik also RS384 and RS512. */
  key: SigningKey
  /**
   * From `nbf` to `exp`, a whole number of seconds. Default 60; from 1 to 3600 for Qlik Cloud, which
   * refuses more, and to 315576000 (ten years) for client-managed Qlik. A token cannot be revoked
   * before its end; `checkToken` advises against a day and more.
   */
  lifetimeSeconds?: number
  /**
   * How far `nbf` lies before now, so that a slow clock at Qlik does not refuse the token. Default 5
   * (less when the lifetime is shorter), 0 to 300 and less than the lifetime.
   */
  notBeforeSkewSeconds?: number
  /** The time now, in milliseconds since 1970. Default `Date.now`. */
  clock?: () => number
  /** A source of unpredictable bytes. Default `crypto.getRandomValues`. */
  randomBytes?: (length: number) => Uint8Array
  /**
   * How many signatures are under way at once. Default 12, three times the threads of Node's pool, so
   * that these have work while the event loop waits for a core (docs/decisions/0001); 1 to 64.
   */
  maxConcurrent?: number
  /** How many more may wait before others are refused. Default 1000, 0 to 100000. */
  maxQueued?: number
}

/** A token, with its ID and timestamps in seconds since 1970, as in its claims. */
export interface SignedToken extends TokenStamp {
  /** The token: for one request to Qlik, not for a log, a cache or a URL. */
  token: string
}

/** Makes tokens for one deployment. */
export interface Signer {
  /**
   * Signs a token for one user.
   *
   * @throws ERR_TOKEN_USER, ERR_TOKEN_QUEUE_FULL (503), ERR_TOKEN_SIZE or ERR_TOKEN_SIGNING, and the
   * signal's reason when it aborts
   */
  sign(user: User, options?: { signal?: AbortSignal }): Promise<SignedToken>
}

/**
 * Makes a signer, which turns a user into a signed token. Its options are checked once, here.
 *
 * A token's timestamps are those of its signature, not of its place in the queue. Its `jti` is 32 random
 * bytes, since Qlik accepts each only once. The algorithm is the key's own.
 *
 * @param options see `SignerOptions` for units, defaults and bounds
 * @throws ERR_TOKEN_ALGORITHM, ERR_TOKEN_DEPLOYMENT, ERR_TOKEN_KEY, ERR_TOKEN_LIFETIME,
 * ERR_TOKEN_OPTION
 * @see https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/
 * @example
 * const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
 * const key = await readSigningKey({ file: 'keys/qlik.pem', kid: 'acme-1' })
 * const signer = createSigner({ deployment: tenant, key })
 * const { token } = await signer.sign({ subject: '42', name: 'Ada', email: 'ada@acme.example' })
 */
export function createSigner(options: SignerOptions): Signer {
  if (typeof options !== 'object' || options === null) throw new TypeError('Options are needed')
  const { algorithms, deployment, headerFor } = policyFor(options.deployment)
  const { key, clock = Date.now, randomBytes = createRandomSource() } = options
  const { alg } = key
  const kid = parseKid(key.kid)
  if (!algorithms.includes(alg))
    throw tokenErrors.ERR_TOKEN_ALGORITHM({ algorithm: String(alg), allowed: algorithms })
  const signatureLength = parseBase64url(key.publicJwk.n)?.length ?? 0
  const { lifetimeSeconds, notBeforeSkewSeconds } = valueOrThrow(
    readLifetime(deployment, options),
    ({ problem: _, ...details }) => tokenErrors.ERR_TOKEN_LIFETIME(details),
  )
  const maxQueued = readCount('maxQueued', options.maxQueued, {
    min: 0,
    max: 100_000,
    fallback: 1000,
  })
  const queue = createQueue({
    maxConcurrent: readCount('maxConcurrent', options.maxConcurrent, {
      min: 1,
      max: 64,
      fallback: 12,
    }),
    maxQueued,
    refusal: () => tokenErrors.ERR_TOKEN_QUEUE_FULL({ maxQueued, retryAfterSeconds: 1 }),
  })
  const header = encoder.encode(`${textToBase64url(JSON.stringify(headerFor(alg, kid)))}.`)

  const stampNow = (): TokenStamp => {
    const issuedAt = Math.floor(clock() / 1000)
    if (!Number.isSafeInteger(issuedAt) || issuedAt < 0)
      throw tokenErrors.ERR_TOKEN_OPTION({ option: 'clock', problem: 'did not return a time' })
    const random = randomBytes(32)
    if (!(random instanceof Uint8Array) || random.length !== 32)
      throw tokenErrors.ERR_TOKEN_OPTION({
        option: 'randomBytes',
        problem: 'did not return 32 bytes',
      })
    const notBefore = issuedAt - notBeforeSkewSeconds
    const expiresAt = notBefore + lifetimeSeconds
    return { jti: toBase64url(random), issuedAt, notBefore, expiresAt }
  }

  const signBytes = async (bytes: Uint8Array): Promise<Uint8Array> => {
    let signature: Uint8Array
    try {
      signature = await key.sign(bytes)
    } catch (cause) {
      throw tokenErrors.ERR_TOKEN_SIGNING({ kid, problem: 'it failed' }, { cause })
    }
    // A key service may return another encoding; Qlik would only refuse the token.
    if (!(signature instanceof Uint8Array) || signature.length !== signatureLength)
      throw tokenErrors.ERR_TOKEN_SIGNING({
        kid,
        problem: 'what it returned is not an RSA signature',
      })
    return signature
  }

  return Object.freeze({
    async sign(user: User, { signal }: { signal?: AbortSignal } = {}): Promise<SignedToken> {
      const claimsAt = prepareClaims(deployment, user)
      return queue.run(async () => {
        const stamp = stampNow()
        const claims = encoder.encode(JSON.stringify(claimsAt(stamp)))
        const unsignedLength = header.length + base64urlLength(claims.length)
        const length = unsignedLength + 1 + base64urlLength(signatureLength)
        if (length > maxTokenLength)
          throw tokenErrors.ERR_TOKEN_SIZE({ length, max: maxTokenLength })
        const token = new Uint8Array(length)
        token.set(header)
        writeBase64url(claims, token, header.length)
        const signature = await signBytes(token.subarray(0, unsignedLength))
        token[unsignedLength] = dot
        writeBase64url(signature, token, unsignedLength + 1)
        return { token: decoder.decode(token), ...stamp }
      }, signal)
    },
  })
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const dot = 0x2e

/** How many random bytes are requested at once: for 64 tokens, since each request costs as much as JSON. */
const drawnBytes = 2048

function createRandomSource(): (length: number) => Uint8Array {
  let drawn = new Uint8Array(0)
  return (length) => {
    if (drawn.length < length) drawn = crypto.getRandomValues(new Uint8Array(drawnBytes))
    const taken = drawn.subarray(0, length)
    drawn = drawn.subarray(length)
    return taken
  }
}

function readCount(...given: Parameters<typeof readWholeNumber>): number {
  return valueOrThrow(readWholeNumber(...given), tokenErrors.ERR_TOKEN_OPTION)
}
