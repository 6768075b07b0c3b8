import { isJotgateError } from '../../../errors/index.ts'
import { createRemoteJwks } from '../../../keys/index.ts'
import type { SigningAlgorithm } from '../../../values/index.ts'
import { gatewayErrors } from '../../errors.ts'
import type { IdentifierContext } from '../identity.ts'
import { notIdentified } from '../token/not-identified.ts'
import type { TrustedKeys } from './trusted-keys.ts'

/** Where an issuer publishes its keys, and how they are fetched. */
export interface RemoteKeysOptions {
  readonly url: string
  readonly issuer: string
  /** Of a key that names no algorithm. */
  readonly alg: SigningAlgorithm
  readonly fetch: typeof globalThis.fetch | undefined
  readonly context: Pick<IdentifierContext, 'onEvent' | 'monotonicClock'>
}

/**
 * The keys of an issuer that publishes them. A key ID that is not known asks for the set again, at most once in 30
 * seconds, so a key that was added is known within them. A set that cannot be renewed is used for an hour.
 */
export function createRemoteKeys(options: RemoteKeysOptions): TrustedKeys {
  const { url, issuer, alg, fetch = globalThis.fetch, context } = options
  const { onEvent, monotonicClock: clock = () => performance.now() } = context
  const jwks = createRemoteJwks({
    url,
    alg,
    fetch,
    clock,
    onEvent: (event) =>
      onEvent?.(
        event.type === 'jwks-fetched'
          ? { type: 'issuer-read', issuer, about: 'keys' }
          : { type: 'issuer-failed', issuer, about: 'keys', problem: event.problem },
      ),
  })
  return {
    async keysFor(kid) {
      if (kid === undefined) return []
      try {
        return [await jwks.keyFor(kid)]
      } catch (cause) {
        if (isJotgateError(cause, 'ERR_KEY_JWKS_KID')) return []
        if (isJotgateError(cause, 'ERR_KEY_JWKS_FETCH'))
          throw gatewayErrors.ERR_GATEWAY_HOST_SILENT({ problem: cause.message }, { cause })
        throw notIdentified('the key that the token names is refused', cause)
      }
    },
    async prepare() {
      // No key is called so: this asks for the set. That it failed is an event, and is tried again.
      await jwks.keyFor('').catch(() => undefined)
    },
  }
}
