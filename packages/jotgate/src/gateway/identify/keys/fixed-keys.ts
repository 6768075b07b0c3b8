import type { NamedVerificationKey } from '../../../keys/index.ts'
import type { RsaPublicJwk } from '../../../token/index.ts'
import type { TrustedKeys } from './trusted-keys.ts'

/** Keys that do not change while the gateway runs. */
export function createFixedKeys(keys: readonly RsaPublicJwk[]): TrustedKeys {
  const named = keys.map((key) => ({ key, kid: key.kid }))
  return {
    keysFor: async (kid) => candidatesFor(kid, named),
    prepare: async () => undefined,
  }
}

/**
 * The keys that a token with this key ID may be signed by. A key ID that is missing chooses only where there is no
 * choice. A key whose source has no name for it, such as a certificate, may be called anything by the issuer.
 */
export function candidatesFor(
  kid: string | undefined,
  keys: readonly NamedVerificationKey[],
): readonly RsaPublicJwk[] {
  const exact = keys.filter((one) => one.kid !== undefined && one.kid === kid)
  const chosen =
    exact.length > 0
      ? exact
      : kid === undefined && keys.length === 1
        ? keys
        : keys.filter((one) => one.kid === undefined)
  return chosen.map(({ key }) => key)
}
