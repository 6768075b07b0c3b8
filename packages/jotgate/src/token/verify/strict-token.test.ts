// T-J01 to T-J05, T-J16, T-J22 and T-J23: what is not read at all, before a key is looked for.
import { SignJWT } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeTestKey, type TestKey } from '../rules/tokens.fixture.ts'
import type { RsaPublicJwk } from '../signing-key.ts'
import { readStrictToken } from './strict-token.ts'

let key: TestKey
let jwk: RsaPublicJwk

beforeAll(async () => {
  key = await makeTestKey()
  jwk = { ...key.jwk, kty: 'RSA', kid: 'k-1', alg: 'RS256', use: 'sig' }
})

const header = { alg: 'RS256', typ: 'JWT', kid: 'k-1' }
const problemOf = (text: string) => readStrictToken(text).problem
const nested = (depth: number): string => (depth === 1 ? '{}' : `{"a":${nested(depth - 1)}}`)

describe('readStrictToken', () => {
  it('reads a token, and verifies it by the given key and algorithms alone', async () => {
    const text = await key.sign(header, { sub: '42' })
    const { token } = readStrictToken(text)
    expect(token).toMatchObject({ header, claims: { sub: '42' } })
    expect(token?.signedText).toBe(text.slice(0, text.lastIndexOf('.')))
    expect(await token?.verify(jwk, ['RS256'])).toEqual({ verdict: 'valid' })
    expect(await token?.verify({ ...jwk, kid: 'another' }, ['RS256'])).toEqual({ verdict: 'valid' })
    expect(await token?.verify(jwk, ['RS512'])).toMatchObject({ reason: 'algorithm' })
    const other = await makeTestKey()
    expect(await token?.verify({ ...jwk, ...other.jwk, kty: 'RSA' }, ['RS256'])).toEqual({
      verdict: 'invalid',
    })
  })

  it('reads what jose and jsonwebtoken make', async () => {
    const pair = await crypto.subtle.generateKey(
      {
        name: 'RSASSA-PKCS1-v1_5',
        hash: 'SHA-256',
        modulusLength: 2048,
        publicExponent: Uint8Array.of(1, 0, 1),
      },
      true,
      ['sign', 'verify'],
    )
    const pem = Buffer.from(await crypto.subtle.exportKey('pkcs8', pair.privateKey)).toString(
      'base64',
    )
    const { n = '', e = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey)
    const tokens = [
      await new SignJWT({ sub: '42' }).setProtectedHeader({ alg: 'RS256' }).sign(pair.privateKey),
      jsonwebtoken.sign(
        { sub: '42' },
        `-----BEGIN PRIVATE KEY-----\n${pem}\n-----END PRIVATE KEY-----`,
        {
          algorithm: 'RS256',
        },
      ),
    ]
    for (const text of tokens)
      expect(await readStrictToken(text).token?.verify({ ...jwk, n, e }, ['RS256'])).toEqual({
        verdict: 'valid',
      })
  })

  it.each([
    ['', 'canonical'],
    ['a.b', 'canonical'],
    ['eyJ9.eyJ9.', 'JSON object'],
    ['Bearer HEADER.CLAIMS.SIGNATURE', 'canonical'],
    ['HEADER.CLAIMS.SIGNATURE ', 'canonical'],
    ['HEADER.CLAIMS.SIGNATURE\n', 'canonical'],
    ['"HEADER.CLAIMS.SIGNATURE"', 'canonical'],
    ['HEADER.CLAIMS.SIGNATURE==', 'canonical'],
    ['HEADER.CLAIMS.SIGNATURE.', 'canonical'],
    ['HEADER.CLAIMS.SIGNATURE.a.b', 'canonical'],
    ['HEADER..SIGNATURE', 'JSON object'],
  ])('does not read %j', async (form, problem) => {
    const [first = '', second = '', third = ''] = (await key.sign(header, { sub: '42' })).split('.')
    const text = form.replace('HEADER', first).replace('CLAIMS', second).replace('SIGNATURE', third)
    expect(problemOf(text)).toContain(problem)
  })

  it.each([
    ['{"alg":"RS256","alg":"RS256"}', '{"sub":"42"}', 'twice'],
    ['{"alg":"RS256"}', '{"sub":"42","sub":"43"}', 'twice'],
    ['{"alg":"RS256"}', '{"a":{"b":1,"\\u0062":2}}', 'twice'],
    ['{"alg":"RS256"}', '["42"]', 'JSON object'],
    ['{"alg":"RS256"}', 'null', 'JSON object'],
    ['{"alg":"RS256"}', '{"sub":"42"} ,', 'JSON object'],
    ['\ufeff{"alg":"RS256"}', '{"sub":"42"}', 'JSON object'],
    ['{"alg":"RS256"}', nested(9), 'too deep'],
    [`{"alg":"RS256","x":"${'y'.repeat(1024)}"}`, '{"sub":"42"}', 'header is too long'],
    ['{"alg":"RS256","crit":["exp"]}', '{}', 'crit'],
    ['{"alg":"RS256","crit":[]}', '{}', 'crit'],
    ['{"alg":"RS256","b64":false}', '{}', 'b64'],
    ['{"alg":"RS256","zip":"DEF"}', '{}', 'zip'],
    ['{"alg":"RS256","cty":"JWT"}', '{}', 'cty'],
    ['{"alg":"RS256","kid":7}', '{}', 'key ID'],
    ['{"alg":"RS256","kid":["k-1"]}', '{}', 'key ID'],
    ['{"alg":"RS256","kid":""}', '{}', 'key ID'],
  ])('does not read the header %s with %s', async (first, second, problem) => {
    expect(problemOf(await key.sign(first, second))).toContain(problem)
  })

  it('reads up to 8192 characters, and eight levels', async () => {
    expect(problemOf('a'.repeat(8193))).toBe('the token is too long')
    expect(problemOf(await key.sign('{"alg":"RS256"}', nested(8)))).toBeUndefined()
  })
})
