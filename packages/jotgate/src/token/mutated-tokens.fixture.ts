// What changes tokens at random: odd members, signed as they are, and changes to the finished text.
import fc from 'fast-check'
import {
  goodClientManagedClaims,
  goodClientManagedHeader,
  goodCloudClaims,
  goodCloudHeader,
  type TestKey,
  testNow,
} from './rules/tokens.fixture.ts'

/** Values that stand in for a claim or header member, good and bad. */
const oddValue = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    '',
    'RS256',
    'RS512',
    'none',
    'HS256',
    ' HS256',
    'hs256\t',
    'JWT',
    'acme-1',
    'acme.example',
    goodCloudClaims.aud,
    goodClientManagedClaims.aud,
    [goodCloudClaims.aud],
    [goodClientManagedClaims.aud, 'x'],
    ['exp'],
    {},
    { toString: 1, valueOf: 1 },
    [{ toString: 1, valueOf: 1 }],
    testNow,
    testNow + 1,
    testNow - 1,
    testNow + 3595,
    testNow + 3596,
    String(testNow + 9),
    1e21,
    -1,
    1.5,
  ),
  fc.string({ maxLength: 12 }),
)
const headerName = fc.constantFrom(
  'alg',
  'typ',
  'kid',
  'crit',
  'b64',
  'zip',
  'cty',
  'jwk',
  'jku',
  'x',
)
const claimName = fc.constantFrom(
  ...Object.keys({
    ...goodCloudClaims,
    ...goodClientManagedClaims,
    group: 1,
    kid: 1,
    __proto__: 1,
  }),
  'constructor',
)
const oddMembers = (name: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(name, oddValue), { maxLength: 2 }).map((pairs) => Object.fromEntries(pairs))

/** What is signed as it is: the signature is right, whatever the token says. */
const signedParts = fc.record({
  isCloud: fc.boolean(),
  alg: fc.constantFrom('RS256', 'RS256', 'RS384', 'RS512'),
  header: oddMembers(headerName),
  claims: oddMembers(claimName),
})

const base64urlCharacter = fc.constantFrom(
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
)
const piece = fc.oneof(
  fc.constantFrom(
    '=',
    '==',
    '.',
    '..',
    ' ',
    '\n',
    '\t',
    '+',
    '/',
    '"',
    'Bearer ',
    '\\n',
    '\ufeff',
    '%3D',
  ),
  base64urlCharacter,
  fc.string({ maxLength: 6 }),
)

interface Change {
  kind: 'replace' | 'insert' | 'remove' | 'part' | 'swap' | 'append' | 'prepend' | 'bits'
  place: number
  other: number
  text: string
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom<Change['kind']>(
    'replace',
    'insert',
    'remove',
    'part',
    'swap',
    'append',
    'prepend',
    'bits',
  ),
  place: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  other: fc.nat(),
  text: piece,
})

/** Tokens whose signature is right, to be changed: the good one of each product, then odd ones. */
export function signBases(key: TestKey, options: { seed: number; count: number }) {
  const plain = { alg: 'RS256', header: {}, claims: {} }
  const parts = [
    { ...plain, isCloud: true },
    { ...plain, isCloud: false },
    ...fc.sample(signedParts, { seed: options.seed, numRuns: options.count }),
  ]
  return Promise.all(
    parts.map(({ isCloud, alg, header, claims }) =>
      isCloud
        ? key.sign({ ...goodCloudHeader, alg, ...header }, { ...goodCloudClaims, ...claims })
        : key.sign(
            { ...goodClientManagedHeader, alg, ...header },
            { ...goodClientManagedClaims, ...claims },
          ),
    ),
  )
}

const baseAt = (bases: readonly string[], index: number) => bases[index % bases.length] ?? ''

function mutate(
  bases: readonly string[],
  token: string,
  { kind, place, other, text }: Change,
): string {
  const index = Math.floor(place * (token.length + 1))
  const parts = token.split('.')
  const part = other % 3
  switch (kind) {
    case 'replace':
      return token.slice(0, index) + text + token.slice(index + text.length)
    case 'insert':
      return token.slice(0, index) + text + token.slice(index)
    case 'remove':
      return token.slice(0, index) + token.slice(index + 1 + (other % 40))
    case 'part':
      parts[part] = baseAt(bases, other).split('.')[part] ?? ''
      return parts.join('.')
    case 'swap':
      parts[part] = baseAt(bases, other).split('.')[(part + 1) % 3] ?? ''
      return parts.join('.')
    case 'append':
      return token + text
    case 'prepend':
      return text + token
    case 'bits': {
      // The last character of the signature has four bits over: another spelling of the same bytes.
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
      const last = alphabet.indexOf(token.at(-1) ?? '')
      return last < 0 ? token : token.slice(0, -1) + (alphabet[last ^ (1 + (other % 15))] ?? '')
    }
  }
}

/** One of the bases (a fifth of the time a good one) with no, one or two changes. */
export const mutatedToken = (bases: () => readonly string[]) =>
  fc
    .tuple(fc.nat(), fc.array(change, { maxLength: 2 }))
    .map(([index, changes]) =>
      changes.reduce(
        (token, each) => mutate(bases(), token, each),
        baseAt(bases(), index % 5 === 0 ? index % 2 : index),
      ),
    )
