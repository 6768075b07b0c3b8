import { beforeAll, describe, expect, it } from 'vitest'
import { textToBase64url } from '../../base64url.ts'
import { checkToken } from '../../check.ts'
import { cloud } from '../../deployment.ts'
import { inspectToken } from '../../inspect.ts'
import {
  goodCloudClaims,
  goodCloudHeader,
  makeTestKey,
  type TestKey,
  testNow,
} from '../tokens.fixture.ts'
import { formRules } from './index.ts'

const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const at = new Date(testNow * 1000)
let key: TestKey
let good: string

beforeAll(async () => {
  key = await makeTestKey()
  good = await key.sign(goodCloudHeader, goodCloudClaims)
})

const header = textToBase64url(JSON.stringify(goodCloudHeader))
const payload = textToBase64url(JSON.stringify(goodCloudClaims))
const claimsText = (change: string) =>
  JSON.stringify(goodCloudClaims).replace('"groups":["sales"]', change)
const withClaims = (change: string) => () => key.sign(goodCloudHeader, claimsText(change))
const withHeader = (change: object) => () =>
  key.sign({ ...goodCloudHeader, ...change }, goodCloudClaims)
const deep = (levels: number) => `"groups":${'['.repeat(levels)}${']'.repeat(levels)}`
const long = (length: number) => `e30.e30.${'A'.repeat(length - 8)}`

type Make = () => string | Promise<string>

/** Texts: the rule that each breaks, what is said word for word, and the other rules of form. */
const breaches: [id: string, make: Make, detail: string, also?: string[]][] = [
  ['form-empty', () => '', 'The text is empty.'],
  ['form-empty', () => '  \n', 'The text is empty.'],
  ['form-empty', () => undefined as unknown as string, 'The value is not a string.'],
  ['form-empty', () => 'Bearer ', 'The text is empty.'],
  ['form-empty', () => 7 as unknown as string, 'The value is not a string.'],
  ['form-empty', () => ' \n', 'The text is empty.'],
  ['form-empty', () => '""', 'The text is empty.'],
  ['form-empty', () => ' '.repeat(65_535), 'The text is empty.', ['form-too-long']],
  [
    'form-key-in-place-of-token',
    () => '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
    'The text holds a PEM block.',
  ],
  [
    'form-scheme',
    () => `Bearer ${good}`,
    'The text begins with words that belong to the HTTP header.',
  ],
  [
    'form-scheme',
    () => `Authorization: bearer ${good}`,
    'The text begins with words that belong to the HTTP header.',
  ],
  [
    'form-scheme',
    () => `Authorization: ${good}`,
    'The text begins with words that belong to the HTTP header.',
  ],
  [
    'form-scheme',
    () => `Bearer Bearer ${good}`,
    'The text begins with words that belong to the HTTP header.',
  ],
  [
    'form-scheme',
    () => `bearer%20${good}`,
    'The text begins with words that belong to the HTTP header.',
  ],
  [
    'form-scheme',
    () => `"Bearer ${good}"`,
    'The text begins with words that belong to the HTTP header.',
    ['form-quotes'],
  ],
  ['form-quotes', () => `"${good}"`, 'There are quotation marks at one end or both.'],
  ['form-quotes', () => `'${good}',`, 'There are quotation marks at one end or both.'],
  ['form-quotes', () => `${good}",`, 'There are quotation marks at one end or both.'],
  ['form-white-space', () => `${good}\n`, 'A terminal, an e-mail or a file has wrapped it.'],
  ['form-white-space', () => `\ufeff${good}`, 'A terminal, an e-mail or a file has wrapped it.'],
  [
    'form-white-space',
    () => good.replace(/(.{64})/g, '$1\r\n'),
    'A terminal, an e-mail or a file has wrapped it.',
  ],
  ['form-white-space', () => `${good}\\n`, 'A terminal, an e-mail or a file has wrapped it.'],
  ['form-white-space', () => ` ${good}`, 'A terminal, an e-mail or a file has wrapped it.'],
  ['form-parts', () => 'token', 'There is 1 part between the dots.'],
  [
    'form-parts',
    () => good.split('.').slice(0, 2).join('.'),
    'There are 2 parts between the dots.',
  ],
  ['form-parts', () => `${good}.AA`, 'There are 4 parts between the dots.'],
  [
    'form-parts',
    () => JSON.stringify({ token: good }),
    'The text is JSON: the token is inside it, or it is the JSON form of a token.',
  ],
  [
    'form-parts',
    () => ' {"payload":"e30","protected":"e30","signature":""}',
    'The text is JSON: the token is inside it, or it is the JSON form of a token.',
  ],
  [
    'form-parts',
    () => `["${good}"]`,
    'The text is JSON: the token is inside it, or it is the JSON form of a token.',
  ],
  ['form-parts', () => 'a.b', 'There are 2 parts between the dots.'],
  [
    'form-parts',
    () => '{}',
    'The text is JSON: the token is inside it, or it is the JSON form of a token.',
  ],
  ['form-parts', () => 'a{}', 'There is 1 part between the dots.'],
  [
    'form-encrypted',
    () => 'e30.AA.AA.AA.AA',
    'It has five parts: that is the form of an encrypted token (JWE).',
  ],
  ['form-too-long', () => 'A'.repeat(70_000), 'It has 70,000 characters.'],
  [
    'form-too-long',
    withClaims(`"groups":["${'g'.repeat(250)}${`","${'g'.repeat(250)}`.repeat(60)}"]`),
    'It has 21,330 characters.',
  ],
  ['form-too-long', () => long(16_385), 'It has 16,385 characters.', ['form-base64url']],
  [
    'form-long',
    withClaims(`"groups":["${'g'.repeat(250)}${`","${'g'.repeat(250)}`.repeat(30)}"]`),
    'It has 11,210 characters; jotgate itself signs up to 8,192.',
  ],
  [
    'form-long',
    () => long(8193),
    'It has 8,193 characters; jotgate itself signs up to 8,192.',
    ['form-base64url'],
  ],
  ['form-long', () => long(16_384), 'It has 16,384 characters; jotgate itself signs up to 8,192.'],
  [
    'form-base64url',
    () => `${good}==`,
    'In the signature there is padding, another character, or a bit too many.',
  ],
  [
    'form-base64url',
    () => good.replace(/[-_]/, '+').replaceAll('-', '+'),
    'In the signature there is padding, another character, or a bit too many.',
  ],
  [
    'form-base64url',
    () => `${good.slice(0, -1)}!`,
    'In the signature there is padding, another character, or a bit too many.',
  ],
  [
    'form-base64url',
    () => `${header}=.${payload}.AAAA=`,
    'In the header and the signature there is padding, another character, or a bit too many.',
  ],
  ['form-json', () => key.sign('no', goodCloudClaims), 'The header is not JSON.'],
  ['form-json', () => key.sign(goodCloudHeader, '[]'), 'The payload is JSON, but not an object.'],
  ['form-json', () => good.replace(/\.[^.]+\./, '..'), 'The payload is empty.'],
  ['form-json', () => key.sign(goodCloudHeader, '\ufeff{}'), 'The payload is not JSON.'],
  [
    'form-json',
    async () => `${textToBase64url('{"alg":"RS256"}')}.gA.AA`,
    'The payload is not UTF-8.',
  ],
  [
    'form-json',
    () => `.${textToBase64url('[]')}.AAAA`,
    'The header is empty. The payload is JSON, but not an object.',
  ],
  ['form-json', () => '_w.bm8.AAAA', 'The header is not UTF-8. The payload is not JSON.'],
  ['form-nesting', withClaims(deep(32)), 'Objects or arrays are nested more than 32 deep.'],
  [
    'form-nesting',
    () => `${header}.${textToBase64url(`{"a":${'['.repeat(40)}${']'.repeat(40)}}`)}.AAAA`,
    'Objects or arrays are nested more than 32 deep.',
  ],
  ['form-duplicate-member', withClaims('"sub":"root"'), 'More than once: `sub`.'],
  ['form-duplicate-member', withClaims('"\\u0073ub":"root"'), 'More than once: `sub`.'],
  [
    'form-duplicate-member',
    () => key.sign('{"alg":"RS256","alg":"none","kid":"a"}', goodCloudClaims),
    'More than once: `alg`.',
  ],
  [
    'form-duplicate-member',
    () =>
      `${textToBase64url('{"alg":1,"alg":2}')}.${textToBase64url('{"sub":1,"sub":2,"x":1,"x":2,"alg":1}')}.AAAA`,
    'More than once: `alg`, `sub` and 1 other.',
  ],
  [
    'form-duplicate-member',
    () => `${textToBase64url('{"a":1,"a":2,"b":1,"b":2}')}.e30.AAAA`,
    'More than once: 2 names.',
  ],
  [
    'form-duplicate-member',
    () => `${textToBase64url('{"kid":1,"kid":2}')}.e30.AAAA`,
    'More than once: `kid`.',
  ],
  ['form-unsafe-number', withClaims('"x":1e999'), 'Numbers beyond 2^53 - 1: 1.'],
  ['form-unsafe-number', withClaims('"x":9007199254740993'), 'Numbers beyond 2^53 - 1: 1.'],
  [
    'form-unsafe-number',
    () => `${textToBase64url('{"a":1e99}')}.${textToBase64url('{"a":1e99,"b":1e99}')}.AAAA`,
    'Numbers beyond 2^53 - 1: 3.',
  ],
  ['form-critical-header', withHeader({ crit: ['exp'] }), 'The header has `crit`.'],
  ['form-critical-header', withHeader({ b64: false }), 'The header has `b64`.'],
  ['form-critical-header', withHeader({ crit: [], b64: true }), 'The header has `crit` and `b64`.'],
  ['form-compressed', withHeader({ zip: 'DEF' }), 'The header has `zip`.'],
  ['form-nested', withHeader({ cty: 'JWT' }), 'The header has `cty`.'],
  ['form-type', withHeader({ typ: 'at+jwt' }), '`typ` is not JWT.'],
  ['form-type', withHeader({ typ: 1 }), '`typ` is not a string.'],
  ['form-type', withHeader({ typ: null }), '`typ` is not a string.'],
  ['form-embedded-key', withHeader({ jwk: { kty: 'RSA' } }), 'The header has `jwk`.'],
  ['form-embedded-key', withHeader({ jku: 'https://evil.example/jwks' }), 'The header has `jku`.'],
  ['form-embedded-key', withHeader({ x5u: 'https://evil.example/cert' }), 'The header has `x5u`.'],
  [
    'form-embedded-key',
    withHeader({ jwk: 1, jku: 1, x5c: 1, x5u: 1 }),
    'The header has `jwk`, `jku`, `x5c` and `x5u`.',
  ],
]

/** Texts that are just within a rule. */
const within: [id: string, make: Make][] = [
  ['form-empty', () => ' '.repeat(65_537)],
  ['form-scheme', () => `${good}bearer x`],
  ['form-quotes', () => `${header}".${payload}.AAAA`],
  ['form-quotes', () => `${good};`],
  ['form-too-long', () => long(16_384)],
  ['form-long', () => long(8192)],
  ['form-long', () => long(16_385)],
  ['form-type', withHeader({ typ: 'jwt' })],
]

describe('the rules of form', () => {
  it('say nothing of a good token', () => {
    expect(inspectToken(good, { at }).findings).toEqual([])
  })

  it.each(
    breaches.map(([id, make, detail, also = []], index) => ({ id, make, detail, also, index })),
  )(
    'name $id ($index), and no other, whether a deployment is known or not',
    async ({ id, make, detail, also }) => {
      const token = await make()
      const { findings } = inspectToken(token, { at })
      expect(findings.find((one) => one.id === id)?.detail).toBe(detail)
      expect(findings.map((one) => one.id).sort()).toEqual([id, ...also].sort())
      const { findings: all } = await checkToken(token, tenant, { at, key: key.jwk })
      expect(all.filter((one) => one.id.startsWith('form-'))).toEqual(findings)
    },
  )

  it.each(within)('%s is kept by what is just within it', async (id, make) => {
    const { findings } = inspectToken(await make(), { at })
    expect(findings.map((one) => one.id)).not.toContain(id)
  })

  it('are each broken above', () => {
    expect([...new Set(breaches.map(([id]) => id))].sort()).toEqual(
      formRules.map(({ id }) => id).sort(),
    )
  })

  it('accept 32 levels of nesting', async () => {
    const { findings, payload } = inspectToken(await withClaims(deep(31))(), { at })
    expect(findings).toEqual([])
    expect(payload?.groups).toBeDefined()
  })

  it('are the only ones where neither claims nor header can be read', async () => {
    const idsOf = async (token: string) =>
      (await checkToken(token, tenant, { at })).findings.map(({ id }) => id)
    expect(await idsOf(`!.${payload}.AAAA`)).toEqual([
      'form-base64url',
      'form-json',
      'signature-not-checked',
    ])
    expect(await idsOf(`${header}.bm8.AAAA`)).toEqual(['form-json', 'signature-not-checked'])
  })

  it('leave readable what has padding or the alphabet of plain base64', () => {
    const claims = { a: '>>>???~~' }
    const plain = btoa(JSON.stringify(claims))
    expect(plain).toMatch(/\+.*\/|\/.*\+/)
    expect(inspectToken(`e30.${plain}.`).payload).toEqual(claims)
    const mixed = plain.replace('+', '-').replace('/', '_')
    expect(inspectToken(`e30.${mixed}=.`).payload).toEqual(claims)
  })
})
