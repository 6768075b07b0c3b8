import type { RsaPublicJwk } from '../../../token/index.ts'

/** The keys that one issuer signs with. */
export interface TrustedKeys {
  /**
   * Those that a token with this key ID may be signed by; none when no key is called so.
   *
   * @param kid as the token has it: anyone may have written it
   * @throws ERR_GATEWAY_HOST_SILENT (503) when it is not known now which keys there are
   */
  keysFor(kid: string | undefined): Promise<readonly RsaPublicJwk[]>
  /** Fetches or reads them before the first token comes. */
  prepare(): Promise<void>
}

/** What happened to the keys of an issuer, or to a provider's description of itself; safe to log. */
export interface IssuerEvent {
  readonly type: 'issuer-read' | 'issuer-failed'
  readonly issuer: string
  /** What was read, or what failed. */
  readonly about: 'keys' | 'discovery'
  /** Of a failure. */
  readonly problem?: string
}
