import type { Transport } from '../qlik/index.ts'
import type { SigningKey, User } from '../token/index.ts'
import type { GatewayContext } from './gateway/context.ts'

/** What the checks of every product are told. */
export interface DoctorOptions {
  /** Signs the token of the test login. */
  readonly key: SigningKey
  /** Its certificate, in PEM. Default none: its dates are then not checked. */
  readonly certificate?: string
  /** Who logs in. Default nobody: what needs a login is then not checked. */
  readonly user?: User
  /** Whether the login may make a user whom Qlik does not know; they are deleted afterwards. Default false. */
  readonly createsUser?: boolean
  /** The app that is opened. Default none. */
  readonly appId?: string
  /** Origins of pages that speak to Qlik without a gateway. Default none. */
  readonly origins?: readonly string[]
  /** The gateway in front of it. Default none: it is then not checked. */
  readonly gateway?: GatewayContext
  /** How Qlik is reached. Default Node’s own way. */
  readonly transport?: Transport
  /** Certificates in PEM of authorities that are trusted beside the others, as for `transport`. */
  readonly ca?: string
  /** Trusts this machine’s authorities in place of Node’s, as for `transport`. Default false. */
  readonly systemCa?: boolean
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are, as for `transport`. Default none. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** How long a token is valid, in seconds. Default 60. */
  readonly lifetimeSeconds?: number
  /** How long before it was made a token is valid already, in seconds. Default 5. */
  readonly notBeforeSkewSeconds?: number
  /** The time now, in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number
  /** Gives the addresses of a host name. Default the system’s. */
  readonly lookup?: (hostname: string) => Promise<readonly { readonly address: string }[]>
  /** How long each step of a connection may take, in milliseconds. Default 10000. */
  readonly timeoutMs?: number
}
