import {
  createSigner,
  type Signer,
  type SignerOptions,
  type SigningKey,
} from '../../token/index.ts'

/** A signer whose key can be replaced while it is used. */
export interface ReplaceableSigner extends Signer {
  /**
   * Signs with this key from now on; what is under way is signed with the one before.
   *
   * @throws ERR_TOKEN_ALGORITHM, ERR_TOKEN_KEY; the key before stays then
   */
  replaceKey(key: SigningKey): void
}

/** @throws what `createSigner` throws */
export function createReplaceableSigner(options: SignerOptions): ReplaceableSigner {
  let signer = createSigner(options)
  return {
    sign: (user, how) => signer.sign(user, how),
    replaceKey(key) {
      signer = createSigner({ ...options, key })
    },
  }
}
