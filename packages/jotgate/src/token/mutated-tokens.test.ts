// Tokens changed at random, by the seed that JOTGATE_TEST_SEED gives or that is printed: 50,000, and
// 1,000,000 in `npm run test:long`.
import { execFileSync } from 'node:child_process'
import { createPublicKey, type KeyObject, randomInt, verify } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { beforeAll, describe, expect, it } from 'vitest'
import type { SigningAlgorithm } from '../values/index.ts'
import { checkToken } from './check.ts'
import { clientManaged } from './client-managed.ts'
import { decodeToken } from './decode.ts'
import { cloud } from './deployment.ts'
import { inspectToken } from './inspect.ts'
import { mutatedToken, signBases } from './mutated-tokens.fixture.ts'
import {
  goodClientManagedClaims,
  goodCloudClaims,
  makeTestKey,
  type TestKey,
  testNow,
} from './rules/tokens.fixture.ts'
import type { TrustOptions } from './verify/trust.ts'

const seed = Number(process.env.JOTGATE_TEST_SEED ?? randomInt(2 ** 31))
if (process.env.JOTGATE_TEST_SEED === undefined) console.info(`JOTGATE_TEST_SEED=${seed}`)
const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)
const numRuns = 50_000 * scale

const at = new Date(testNow * 1000)
const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const server = clientManaged({
  url: 'https://sense.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' },
  audience: 'sense.acme.example',
})
const targets = [
  {
    deployment: tenant,
    algorithms: ['RS256'],
    issuer: tenant.issuer,
    audience: goodCloudClaims.aud,
  },
  { deployment: server, algorithms: [...server.algorithms], audience: goodClientManagedClaims.aud },
]

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
  bases = await signBases(key, { seed, count: 1000 * Math.min(scale, 4) })
})

/** Any code points, halves of pairs too. (fc.string's own way to it spends seconds on a table.) */
const anyText = fc
  .array(fc.nat(0x10ffff), { maxLength: 400 })
  .map((codePoints) => String.fromCodePoint(...codePoints))

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
  it('are never taken where jose, jsonwebtoken or openssl refuse, and nothing of them is shown', async () => {
    let accepted = 0
    const compared = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        mutatedToken(() => bases),
        fc.boolean(),
        fc.nat(),
        async (token, isCloud, way) => {
          const target = targets[isCloud ? 0 : 1] ?? targets[0]
          if (target === undefined) throw new Error('There is no target')
          const { findings: formFindings } = inspectToken(token, { at })
          const { findings } = await checkToken(token, target.deployment, {
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
          accepted += 1
          if (compared.has(token)) return
          compared.add(token)
          const { algorithms, audience, issuer } = target
          const expected = { algorithms, audience, ...(issuer === undefined ? {} : { issuer }) }
          await jwtVerify(token, publicKey, { ...expected, currentDate: at })
          jsonwebtoken.verify(token, publicKey, {
            ...expected,
            algorithms: algorithms as SigningAlgorithm[],
            clockTimestamp: testNow,
          })
          expect(verifiedByNode(token)).toBe(true)
        },
      ),
      { seed, numRuns },
    )
    // Enough were taken for the comparison to mean something, and few enough for the changes to.
    const share = accepted / numRuns
    expect(share).toBeGreaterThan(0.01)
    expect(share).toBeLessThan(0.5)
    const folder = mkdtempSync(join(tmpdir(), 'jotgate-'))
    try {
      const sample = [...compared].slice(0, 20)
      for (const token of sample) expect(verifiedByOpenssl(folder, token)).toContain('Verified OK')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('are not read at all when they are not tokens', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        inspectToken(text, { at })
        const { findings } = await checkToken(text, tenant, { at, key: key.jwk })
        expect(findings.some(({ effect }) => effect === 'refused')).toBe(true)
      }),
      { seed, numRuns: numRuns / 10 },
    )
  })
})
