import { describe, expect, it } from 'vitest'
import { textToBase64url as part } from '../../base64url.ts'
import { checkToken } from '../../check.ts'
import { cloud } from '../../deployment.ts'
import { inspectToken } from '../../inspect.ts'
import { goodCloudClaims, goodCloudHeader, makeTestKey, testNow } from '../tokens.fixture.ts'

const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const at = new Date(testNow * 1000)
const header = part(JSON.stringify(goodCloudHeader))
const payload = part(JSON.stringify(goodCloudClaims))
const good = `${header}.${payload}.AAAA`
const withHeader = (change: object) =>
  `${part(JSON.stringify({ ...goodCloudHeader, ...change }))}.${payload}.AAAA`
const long = (length: number) => `e30.e30.${'A'.repeat(length - 8)}`

/** What is said of a text, word for word: it is all that a person has to go by. */
const words: [id: string, text: unknown, detail: string | undefined][] = [
  ['form-empty', 7, 'What was given is no text.'],
  ['form-empty', ' \n', 'The text is empty.'],
  ['form-empty', '""', 'The text is empty.'],
  ['form-empty', `${' '.repeat(65_535)}`, 'The text is empty.'],
  ['form-empty', `${' '.repeat(65_537)}`, undefined],
  ['form-scheme', `Bearer ${good}`, 'The text begins with words that belong to the header.'],
  ['form-scheme', `"Bearer ${good}"`, 'The text begins with words that belong to the header.'],
  ['form-scheme', `${good}bearer x`, undefined],
  ['form-quotes', `${good}",`, 'There are quotation marks at an end.'],
  ['form-quotes', `${header}".${payload}.AAAA`, undefined],
  ['form-quotes', `${good};`, undefined],
  ['form-white-space', ` ${good}`, 'A terminal, an e-mail or a file has wrapped it.'],
  ['form-parts', 'token', 'There is 1 part between the dots.'],
  ['form-parts', 'a.b', 'There are 2 parts between the dots.'],
  [
    'form-parts',
    '{}',
    'The text is JSON: the token is a part of it, or stands in another form there.',
  ],
  ['form-parts', 'a{}', 'There is 1 part between the dots.'],
  ['form-long', long(8192), undefined],
  ['form-long', long(8193), 'It has 8,193 characters; jotgate itself signs up to 8,192.'],
  ['form-long', long(16_384), 'It has 16,384 characters; jotgate itself signs up to 8,192.'],
  ['form-long', long(16_385), undefined],
  ['form-too-long', long(16_384), undefined],
  ['form-too-long', long(16_385), 'It has 16,385 characters.'],
  [
    'form-base64url',
    `${header}=.${payload}.AAAA=`,
    'In the header and the signature there is padding, another character, or a bit too many.',
  ],
  ['form-json', `.${part('[]')}.AAAA`, 'The header is empty. The payload is JSON, but no object.'],
  ['form-json', '_w.bm8.AAAA', 'The header is not UTF-8. The payload is not JSON.'],
  [
    'form-nesting',
    `${header}.${part(`{"a":${'['.repeat(40)}${']'.repeat(40)}}`)}.AAAA`,
    'Objects or arrays stand more than 32 deep in each other.',
  ],
  [
    'form-duplicate-member',
    `${part('{"alg":1,"alg":2}')}.${part('{"sub":1,"sub":2,"x":1,"x":2,"alg":1}')}.AAAA`,
    'More than once: `alg`, `sub` and 1 other.',
  ],
  [
    'form-duplicate-member',
    `${part('{"a":1,"a":2,"b":1,"b":2}')}.e30.AAAA`,
    'More than once: 2 names.',
  ],
  ['form-duplicate-member', `${part('{"kid":1,"kid":2}')}.e30.AAAA`, 'More than once: `kid`.'],
  [
    'form-unsafe-number',
    `${part('{"a":1e99}')}.${part('{"a":1e99,"b":1e99}')}.AAAA`,
    'Numbers beyond 2^53 - 1: 3.',
  ],
  ['form-critical-header', withHeader({ crit: [], b64: true }), 'The header has `crit` and `b64`.'],
  ['form-type', withHeader({ typ: 'at+jwt' }), '`typ` is not JWT.'],
  ['form-type', withHeader({ typ: null }), '`typ` is no text.'],
  ['form-type', withHeader({ typ: 'jwt' }), undefined],
  [
    'form-embedded-key',
    withHeader({ jwk: 1, jku: 1, x5c: 1, x5u: 1 }),
    'The header has `jwk`, `jku`, `x5c` and `x5u`.',
  ],
]

describe('what is said of the form of a token', () => {
  it.each(words.map(([id, text, detail], index) => ({ id, text, detail, index })))(
    'by $id ($index)',
    ({ id, text, detail }) => {
      const { findings } = inspectToken(text as string, { at })
      expect(findings.find((finding) => finding.id === id)?.detail).toBe(detail)
    },
  )

  it('says nothing of claims that cannot be read, nor of such a header', async () => {
    const idsOf = async (token: string) =>
      (await checkToken(token, tenant, { at })).map(({ id }) => id)
    expect(await idsOf(`!.${payload}.AAAA`)).toEqual([
      'form-base64url',
      'form-json',
      'signature-not-checked',
    ])
    expect(await idsOf(`${header}.bm8.AAAA`)).toEqual(['form-json', 'signature-not-checked'])
  })

  it('reads what was meant where the alphabet is the plain one, with padding', () => {
    const claims = { a: '>>>???~~' }
    const plain = btoa(JSON.stringify(claims))
    expect(plain).toMatch(/\+.*\/|\/.*\+/)
    expect(inspectToken(`e30.${plain}.`).payload).toEqual(claims)
    const mixed = plain.replace('+', '-').replace('/', '_')
    expect(inspectToken(`e30.${mixed}=.`).payload).toEqual(claims)
  })
})

describe('what is said of a signature', () => {
  it('that is another key’s, that was not checked, and whose key is unfit', async () => {
    const key = await makeTestKey()
    const token = await key.sign(goodCloudHeader, goodCloudClaims)
    const said = async (text: string, options: object) =>
      (await checkToken(text, tenant, { at, ...options })).map(
        ({ id, detail }) => `${id} ${detail}`,
      )
    expect(await said(token, { key: key.jwk })).toEqual([])
    expect(await said(good, { key: key.jwk })).toEqual([
      'signature-mismatch It was made with another key, or the token was changed afterwards.',
    ])
    expect(await said(token, {})).toEqual([
      'signature-not-checked No key was given to hold it against.',
    ])
    expect(await said(token, { key: { ...key.jwk, e: 'Aw' } })).toEqual([
      'signature-unfit-key What was given has a public exponent other than 65537.',
    ])
    expect(await said(token, { key: { ...key.jwk, kid: 'b' } })).toEqual([
      'cloud-key-id-unknown The header’s `kid` is none of the key IDs that were given.',
    ])
  })
})
