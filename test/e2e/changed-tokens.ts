// Good tokens with one or two members changed at random, by the seed that JOTGATE_TEST_SEED gives or that is printed.
import { randomInt, sign } from 'node:crypto'
import fc from 'fast-check'

export const seed = Number(process.env.JOTGATE_TEST_SEED ?? randomInt(2 ** 31))
if (process.env.JOTGATE_TEST_SEED === undefined) console.info(`JOTGATE_TEST_SEED=${seed}`)
/** 400, and 8,000 in `npm run test:long`. */
export const numRuns = 400 * Number(process.env.JOTGATE_TEST_SCALE ?? 1)

/** What String() and Number() throw for. */
export const noPrimitive = { toString: 1, valueOf: 1 }

/** A member with its new value; one with `offset` is a time, in seconds from now. */
interface Change {
  readonly part: 'header' | 'claims'
  readonly name: string
  readonly value: unknown
}

const headerNames = 'alg typ kid sub exp crit b64 zip cty jwk jku x5c x5t x'

/**
 * Up to two changes of a token.
 *
 * @param claimNames of the claims that change, with spaces between them
 */
export const changesOf = (
  claimNames: string,
  value: fc.Arbitrary<unknown>,
): fc.Arbitrary<Change[]> =>
  fc.array(
    fc.oneof(
      fc.record({
        part: fc.constant('claims' as const),
        name: fc.constantFrom(...claimNames.split(' '), '__proto__', 'constructor'),
        value,
      }),
      fc.record({
        part: fc.constant('header' as const),
        name: fc.constantFrom(...headerNames.split(' ')),
        value,
      }),
    ),
    { maxLength: 2 },
  )

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** Changes a good token, and signs it. */
export function signChanged(
  parts: { readonly header: object; readonly claims: object },
  changes: readonly Change[],
  { now, privateKeyPem }: { now: number; privateKeyPem: string },
): string {
  for (const { part, name, value: changed } of changes) {
    const isTime = typeof changed === 'object' && changed !== null && 'offset' in changed
    Object.defineProperty(parts[part], name, {
      value: isTime ? now + Number(changed.offset) : changed,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  const unsigned = `${encode(parts.header)}.${encode(parts.claims)}`
  const signature = sign('sha256', Buffer.from(unsigned), privateKeyPem)
  return `${unsigned}.${signature.toString('base64url')}`
}
