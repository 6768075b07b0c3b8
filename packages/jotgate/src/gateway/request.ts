import type { IncomingMessage } from 'node:http'

/**
 * A request that has been checked: one Host, one form of its path, no field twice that may come once. What
 * is decided on is what is sent.
 */
export interface GatewayRequest {
  /** Sixteen random bytes as hex: in the log, in the audit log, and in the answer's `x-request-id`. */
  readonly id: string
  /** The `publicUrl` of the site whose host it names. */
  readonly site: string
  readonly method: string
  /** As it came, percent-encoded: begins with one slash, and has no dot segment in any encoding. */
  readonly path: string
  /** As it came, with its question mark; empty when there is none. */
  readonly query: string
  /** The header's fields in their order, names in lower case. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** The value of a field; undefined when it is absent. Several lines of one name are joined by ", ". */
  field(name: string): string | undefined
  /** The client's address: of the connection, or what a listed peer says. IPv4 in IPv6 is IPv4. */
  readonly address: string
  /** For the body, and to learn that the client is gone. */
  readonly incoming: IncomingMessage
}
