// Tokens changed at random, by the seed that JOTGATE_TEST_SEED gives or that is printed: 50,000, and
// 1,000,000 where JOTGATE_TEST_LONG is set.
import { execFileSync } from 'node:child_process'
import { createPublicKey, type KeyObject, randomInt, verify } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkToken } from './check.ts'
import { clientManaged } from './client-managed.ts'
import { decodeToken } from './decode.ts'
import { cloud } from './deployment.ts'
import { inspectToken } from './inspect.ts'
import {
  goodClientManagedClaims,
  goodCloudClaims,
  goodCloudHeader,
  makeTestKey,
  type TestKey,
  testNow,
} from './rules/tokens.fixture.ts'
import type { SigningAlgorithm } from './signing-key.ts'
import type { TrustOptions } from './verify/trust.ts'

const seed = Number(process.env.JOTGATE_TEST_SEED ?? randomInt(2 ** 31))
if (process.env.JOTGATE_TEST_SEED === undefined) console.info(`JOTGATE_TEST_SEED=${seed}`)
const long = process.env.JOTGATE_TEST_LONG !== undefined
const numRuns = long ? 1_000_000 : 50_000
const timeoutMs = long ? 3_600_000 : 240_000

const at = new Date(testNow * 1000)
const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const server = clientManaged({
  url: 'https://sense.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' },
  audience: 'sense.acme.example',
})
const judges = [
  {
    deployment: tenant,
    algorithms: ['RS256'],
    issuer: tenant.issuer,
    audience: goodCloudClaims.aud,
  },
  { deployment: server, algorithms: [...server.algorithms], audience: goodClientManagedClaims.aud },
]

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

let key: TestKey
let publicKey: KeyObject
let bases: string[]
/** The same key in the ways in which it may be given; a set may leave open which key is meant. */
let trusts: readonly TrustOptions[]

beforeAll(async () => {
  key = await makeTestKey()
  const other = await makeTestKey()
  trusts = [
    { key: key.jwk },
    { key: { ...key.jwk, kid: 'acme-1' } },
    { jwks: { keys: [key.jwk] } },
    {
      jwks: {
        keys: [
          { ...other.jwk, kid: 'acme-2' },
          { ...key.jwk, kid: 'acme-1' },
        ],
      },
    },
  ]
  publicKey = createPublicKey({ key: { ...key.jwk }, format: 'jwk' })
  const plain = { alg: 'RS256', header: {}, claims: {} }
  const parts = [
    { ...plain, isCloud: true },
    { ...plain, isCloud: false },
    ...fc.sample(signedParts, { seed, numRuns: long ? 4000 : 1000 }),
  ]
  bases = await Promise.all(
    parts.map(({ isCloud, alg, header, claims }) =>
      isCloud
        ? key.sign({ ...goodCloudHeader, alg, ...header }, { ...goodCloudClaims, ...claims })
        : key.sign({ alg, typ: 'JWT', ...header }, { ...goodClientManagedClaims, ...claims }),
    ),
  )
}, 120_000)

const baseAt = (index: number) => bases[index % bases.length] ?? ''

function mutate(token: string, { kind, place, other, text }: Change): string {
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
      parts[part] = baseAt(other).split('.')[part] ?? ''
      return parts.join('.')
    case 'swap':
      parts[part] = baseAt(other).split('.')[(part + 1) % 3] ?? ''
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

const mutated = fc
  .tuple(fc.nat(), fc.array(change, { maxLength: 2 }))
  .map(([index, changes]) => changes.reduce(mutate, baseAt(index % 5 === 0 ? index % 2 : index)))

/** Pieces of what must not be shown: of the signature's text, and of the modulus. */
function secretPieces(token: string): string[] {
  const signature = token.split('.').at(-1) ?? ''
  return [signature, key.jwk.n].flatMap((secret) =>
    secret.length < 24
      ? []
      : [secret.slice(0, 10), secret.slice(secret.length >> 1).slice(0, 10), secret.slice(-12, -2)],
  )
}

function errorTextOf(token: string): string {
  try {
    decodeToken(token)
    return ''
  } catch (error) {
    const { message, stack, cause, ...rest } = error as Error
    return `${message} ${stack} ${String(cause)} ${JSON.stringify(rest)}`
  }
}

const verifiedByNode = (token: string) => {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg: string }
  const message = Buffer.from(`${header}.${payload}`)
  return verify(`sha${alg.slice(2)}`, message, publicKey, Buffer.from(signature, 'base64url'))
}

function verifiedByOpenssl(folder: string, token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg: string }
  writeFileSync(join(folder, 'key.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
  writeFileSync(join(folder, 'signed'), `${header}.${payload}`)
  writeFileSync(join(folder, 'signature'), Buffer.from(signature, 'base64url'))
  const command = ['dgst', `-sha${alg.slice(2)}`, '-verify', 'key.pem', '-signature', 'signature']
  return execFileSync('openssl', [...command, 'signed'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
  })
}

describe(`tokens changed at random (seed ${seed})`, () => {
  it(
    'are never taken where jose, jsonwebtoken or openssl refuse, and nothing of them is shown',
    async () => {
      const accepted: string[] = []
      const compared = new Set<string>()
      await fc.assert(
        fc.asyncProperty(mutated, fc.boolean(), fc.nat(), async (token, isCloud, way) => {
          const judge = judges[isCloud ? 0 : 1] ?? judges[0]
          if (judge === undefined) throw new Error('There is no judge')
          const { findings: formFindings } = inspectToken(token, { at })
          const findings = await checkToken(token, judge.deployment, {
            at,
            ...(trusts[way % trusts.length] ?? {}),
            earlier: [{ ...goodCloudClaims, jti: 'another' }],
            clockToleranceSeconds: 0,
          })
          const told = JSON.stringify([formFindings, findings]) + errorTextOf(token)
          // Not by expect(): it would take half of the time.
          if (secretPieces(token).some((secret) => told.includes(secret)))
            throw new Error('A piece of the signature or key is shown')
          if (findings.some(({ effect }) => effect === 'refused' || effect === 'unknown')) return
          accepted.push(token)
          if (compared.has(token)) return
          compared.add(token)
          const { algorithms, audience, issuer } = judge
          const expected = { algorithms, audience, ...(issuer === undefined ? {} : { issuer }) }
          await jwtVerify(token, publicKey, { ...expected, currentDate: at })
          jsonwebtoken.verify(token, publicKey, {
            ...expected,
            algorithms: algorithms as SigningAlgorithm[],
            clockTimestamp: testNow,
          })
          expect(verifiedByNode(token)).toBe(true)
        }),
        { seed, numRuns },
      )
      // Enough were taken for the comparison to mean something, and few enough for the changes to.
      const share = accepted.length / numRuns
      expect(share).toBeGreaterThan(0.01)
      expect(share).toBeLessThan(0.5)
      const folder = mkdtempSync(join(tmpdir(), 'jotgate-'))
      try {
        const sample = [...compared].slice(0, 20)
        for (const token of sample)
          expect(verifiedByOpenssl(folder, token)).toContain('Verified OK')
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
    timeoutMs,
  )

  it(
    'are not so much as looked into where they are no tokens at all',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 400 }), async (text) => {
          inspectToken(text, { at })
          const findings = await checkToken(text, tenant, { at, key: key.jwk })
          expect(findings.some(({ effect }) => effect === 'refused')).toBe(true)
        }),
        { seed, numRuns: numRuns / 10 },
      )
    },
    timeoutMs,
  )
})
