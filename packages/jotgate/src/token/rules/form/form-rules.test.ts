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

const claimsText = (change: string) =>
  JSON.stringify(goodCloudClaims).replace('"groups":["sales"]', change)
const withClaims = (change: string) => () => key.sign(goodCloudHeader, claimsText(change))
const withHeader = (change: object) => () =>
  key.sign({ ...goodCloudHeader, ...change }, goodCloudClaims)
const deep = (levels: number) => `"groups":${'['.repeat(levels)}${']'.repeat(levels)}`

/** What breaks each rule, and which other rules it breaks with it. */
const breaches: [string, () => string | Promise<string>, string[]?][] = [
  ['form-empty', () => ''],
  ['form-empty', () => '  \n'],
  ['form-empty', () => undefined as unknown as string],
  ['form-empty', () => 'Bearer '],
  [
    'form-key-in-place-of-token',
    () => '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
  ],
  ['form-scheme', () => `Bearer ${good}`],
  ['form-scheme', () => `Authorization: bearer ${good}`],
  ['form-scheme', () => `Authorization: ${good}`],
  ['form-scheme', () => `Bearer Bearer ${good}`],
  ['form-scheme', () => `bearer%20${good}`],
  ['form-quotes', () => `"${good}"`],
  ['form-quotes', () => `'${good}',`],
  ['form-white-space', () => `${good}\n`],
  ['form-white-space', () => `\ufeff${good}`],
  ['form-white-space', () => good.replace(/(.{64})/g, '$1\r\n')],
  ['form-white-space', () => `${good}\\n`],
  ['form-parts', () => 'token'],
  ['form-parts', () => good.split('.').slice(0, 2).join('.')],
  ['form-parts', () => `${good}.AA`],
  ['form-parts', () => JSON.stringify({ token: good })],
  ['form-parts', () => ' {"payload":"e30","protected":"e30","signature":""}'],
  ['form-parts', () => `["${good}"]`],
  ['form-encrypted', () => 'e30.AA.AA.AA.AA'],
  ['form-too-long', () => 'A'.repeat(70_000)],
  [
    'form-too-long',
    withClaims(`"groups":["${'g'.repeat(250)}${`","${'g'.repeat(250)}`.repeat(60)}"]`),
  ],
  ['form-long', withClaims(`"groups":["${'g'.repeat(250)}${`","${'g'.repeat(250)}`.repeat(30)}"]`)],
  ['form-base64url', () => `${good}==`],
  ['form-base64url', () => good.replace(/[-_]/, '+').replaceAll('-', '+')],
  ['form-base64url', () => `${good.slice(0, -1)}!`],
  ['form-json', () => key.sign('no', goodCloudClaims)],
  ['form-json', () => key.sign(goodCloudHeader, '[]')],
  ['form-json', () => good.replace(/\.[^.]+\./, '..')],
  ['form-json', () => key.sign(goodCloudHeader, '\ufeff{}')],
  ['form-json', async () => `${textToBase64url('{"alg":"RS256"}')}.gA.AA`],
  ['form-nesting', withClaims(deep(32))],
  ['form-duplicate-member', withClaims('"sub":"root"')],
  ['form-duplicate-member', withClaims('"\\u0073ub":"root"')],
  [
    'form-duplicate-member',
    () => key.sign('{"alg":"RS256","alg":"none","kid":"a"}', goodCloudClaims),
  ],
  ['form-unsafe-number', withClaims('"x":1e999')],
  ['form-unsafe-number', withClaims('"x":9007199254740993')],
  ['form-critical-header', withHeader({ crit: ['exp'] })],
  ['form-critical-header', withHeader({ b64: false })],
  ['form-compressed', withHeader({ zip: 'DEF' })],
  ['form-nested', withHeader({ cty: 'JWT' })],
  ['form-type', withHeader({ typ: 'at+jwt' })],
  ['form-type', withHeader({ typ: 1 })],
  ['form-embedded-key', withHeader({ jwk: { kty: 'RSA' } })],
  ['form-embedded-key', withHeader({ jku: 'https://evil.example/jwks' })],
  ['form-embedded-key', withHeader({ x5u: 'https://evil.example/cert' })],
]

const formIds = (ids: string[]) => [...new Set(ids.filter((id) => id.startsWith('form-')))]

describe('the rules of form', () => {
  it('say nothing of a good token', () => {
    expect(inspectToken(good, { at }).findings).toEqual([])
  })

  it.each(breaches.map(([id, make], index) => ({ id, make, index })))(
    'name $id ($index)',
    async ({ id, make }) => {
      const token = await make()
      expect(formIds(inspectToken(token, { at }).findings.map((one) => one.id))).toContain(id)
      const findings = await checkToken(token, tenant, { at, key: key.jwk })
      const ids = formIds(findings.map((one) => one.id))
      expect(ids).toContain(id)
      // A single breach is a single finding; the text that is too long to be read is one too.
      expect(ids).toHaveLength(1)
    },
  )

  it('are each broken above', () => {
    expect([...new Set(breaches.map(([id]) => id))].sort()).toEqual(
      formRules.map(({ id }) => id).sort(),
    )
  })

  it('let 32 levels of nesting pass', async () => {
    const { findings, payload } = inspectToken(await withClaims(deep(31))(), { at })
    expect(findings).toEqual([])
    expect(payload?.groups).toBeDefined()
  })
})
