import { parseBase64url } from '../base64url.ts'

/**
 * Reads a number of a JWK, Base64urlUInt: "the octet sequence MUST utilize the minimum number of octets"
 * (RFC 7518 section 2), and for `n` section 6.3.1.1 says so again, since some libraries put a zero in
 * front. Taken, it would give one key two thumbprints, and two places on a list of blocked keys.
 *
 * @returns its bytes, or what is wrong, to go on a sentence such as "The key has …"
 */
export function readJwkNumber(
  member: 'n' | 'e',
  value: unknown,
): { readonly bytes: Uint8Array } | { readonly problem: string } {
  const bytes = typeof value === 'string' ? parseBase64url(value) : undefined
  const problem = (what: string) => ({ problem: `an \`${member}\` ${what}` })
  if (bytes === undefined || bytes.length === 0)
    return problem('that is not a number in canonical base64url')
  if (bytes[0] !== 0) return { bytes }
  return bytes.length === 1
    ? problem('that is 0')
    : problem('with a zero byte in front, which RFC 7518 section 6.3.1.1 leaves out')
}
