import { createHmac, generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestKey, type TestKey } from '../../jwt/testing/certificate.ts'
import {
  encode,
  signRs256,
  startTenant,
  type TestTenant,
  testIssuer,
  testKeyId,
} from '../testing/tenant.ts'

let tenant: TestTenant
let otherKey: TestKey
beforeAll(async () => {
  tenant = await startTenant()
  otherKey = makeTestKey()
})
afterAll(() => tenant.close())

interface Answer {
  readonly status: number
  readonly setCookies: readonly string[]
  readonly body: {
    errors?: { code: string; title: string; detail: string; status: string; meta?: unknown }[]
    traceId?: string
  }
}

async function answerTo(token: string): Promise<Answer> {
  const response = await tenant.postToken(token)
  return {
    status: response.status,
    setCookies: response.headers.getSetCookie(),
    body: (await response.json()) as Answer['body'],
  }
}

function lastVerdict() {
  const token = tenant.emulator.requests.at(-1)?.token
  return token?.verdict.find((one) => one.outcome === 'refused')?.rule
}

describe('a right token', () => {
  it('opens a session: 200, an empty object, four cookies and the load balancer’s two', async () => {
    const { status, setCookies, body } = await answerTo(tenant.token())
    expect(status).toBe(200)
    expect(body).toEqual({})
    const shapes = setCookies.map((line) =>
      line.replace(/=[^;]*/, (value) => `=${value.length - 1}`),
    )
    expect(shapes).toEqual([
      expect.stringMatching(/^AWSALB=128; Expires=\w{3}, [^;]+ GMT; Path=\/$/),
      expect.stringMatching(/^AWSALBCORS=128; Expires=[^;]+; Path=\/; SameSite=None; Secure$/),
      'eas.sid=32; Path=/; HttpOnly; SameSite=None; Secure',
      'eas.sid.sig=86; Path=/; HttpOnly; SameSite=None; Secure',
      '_csrfToken=36; Path=/; SameSite=None; Secure',
      '_csrfToken.sig=86; Path=/; SameSite=None; Secure',
    ])
    expect(tenant.emulator.requests.at(-1)).toMatchObject({
      path: '/login/jwt-session',
      status: 200,
      setCookies: [
        'AWSALB',
        'AWSALBCORS',
        'eas.sid',
        'eas.sid.sig',
        '_csrfToken',
        '_csrfToken.sig',
      ],
      token: { accepted: true, header: { kid: testKeyId }, claims: { sub: 'ada' } },
    })
  })

  it.each<[string, Record<string, unknown>]>([
    ['without subType, as an official sample sends it', { subType: undefined }],
    ['with a number as jti, as a support article shows it', { jti: 17_111_234_567 }],
    ['with a single-element audience list', { aud: ['qlik.api/login/jwt-session'] }],
    ['with group in place of groups, which is ignored', { group: ['sales'] }],
    ['with email_verified: false', { email_verified: false }],
    ['with claims that nobody knows', { constructor: 'x', toString: 1 }],
  ])('is taken %s', async (_, changes) => {
    expect((await answerTo(tenant.token(changes))).status).toBe(200)
  })

  it('may live for exactly an hour', async () => {
    const now = Math.floor(Date.now() / 1000)
    const { status } = await answerTo(tenant.token({ nbf: now - 1, exp: now + 3599 }))
    expect(status).toBe(200)
  })

  it('is not read by the keys that its own header offers', async () => {
    const jwk = otherKey.publicKey.export({ format: 'jwk' })
    const signedText = `${encode({ alg: 'RS256', kid: testKeyId, jwk })}.${encode(tenant.claims())}`
    const { status } = await answerTo(`${signedText}.${signRs256(signedText, otherKey)}`)
    expect(status).toBe(401)
    expect(lastVerdict()).toBe('signature')
  })
})

function tampered(change: (parts: [string, string, string]) => string): string {
  return change(tenant.token().split('.') as [string, string, string])
}

/** The last character of a 256-byte signature carries 2 bits; the other 4 must be zero. */
function flipUnusedBits(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = alphabet.indexOf(text.slice(-1))
  return text.slice(0, -1) + alphabet[last ^ 1]
}

function resigned(header: unknown, claims: unknown = tenant.claims(), key = tenant.key): string {
  const signedText = `${encode(header)}.${encode(claims)}`
  return `${signedText}.${signRs256(signedText, key)}`
}

function hmacWith(secret: string): string {
  const signedText = `${encode({ alg: 'HS256', typ: 'JWT', kid: testKeyId })}.${encode(tenant.claims())}`
  return `${signedText}.${createHmac('sha256', secret).update(signedText).digest('base64url')}`
}

const rightHeader = { alg: 'RS256', typ: 'JWT', kid: testKeyId }
const nowSecond = () => Math.floor(Date.now() / 1000)

describe('a faulty token opens nothing', () => {
  const faults: [fault: string, rule: string, status: number, token: () => string][] = [
    ['signed with another key', 'signature', 401, () => resigned(rightHeader, undefined, otherKey)],
    ['with another kid', 'issuer', 401, () => tenant.token({}, { kid: 'acme-2' })],
    ['without kid', 'key-id', 401, () => tenant.token({}, { kid: undefined })],
    ['with a number as kid', 'key-id', 401, () => tenant.token({}, { kid: 1 })],
    ['with another issuer', 'issuer', 401, () => tenant.token({ iss: 'evil.example' })],
    ['with another case of the issuer', 'issuer', 401, () => tenant.token({ iss: 'ACME.example' })],
    ['with __proto__ as issuer', 'issuer', 401, () => tenant.token({ iss: '__proto__' })],
    ['with another audience', 'audience', 400, () => tenant.token({ aud: 'qlik.api' })],
    [
      'with a second audience',
      'audience',
      400,
      () => tenant.token({ aud: ['qlik.api/login/jwt-session', 'other'] }),
    ],
    ['with an empty audience list', 'audience', 400, () => tenant.token({ aud: [] })],
    [
      'that is expired',
      'times',
      401,
      () => tenant.token({ nbf: nowSecond() - 60, exp: nowSecond() - 10 }),
    ],
    [
      'that is not valid yet',
      'times',
      401,
      () => tenant.token({ nbf: nowSecond() + 600, exp: nowSecond() + 660 }),
    ],
    [
      'that lives for over an hour',
      'lifetime',
      400,
      () => tenant.token({ exp: nowSecond() + 3602 }),
    ],
    [
      'that ends as it begins',
      'lifetime',
      400,
      () => {
        const nbf = nowSecond() + 60
        return tenant.token({ nbf, exp: nbf })
      },
    ],
    ['of another subType', 'claim-types', 400, () => tenant.token({ subType: 'bot' })],
    [
      'with a string as email_verified',
      'claim-types',
      400,
      () => tenant.token({ email_verified: 'true' }),
    ],
    ['with a string as groups', 'claim-types', 400, () => tenant.token({ groups: 'sales' })],
    ['with a string as exp', 'claim-types', 400, () => tenant.token({ exp: '9999999999' })],
    ['with null as jti', 'claim-types', 400, () => tenant.token({ jti: null })],
    ['with an empty sub', 'claim-types', 400, () => tenant.token({ sub: '' })],
    ['with blanks as name', 'claim-types', 400, () => tenant.token({ name: ' ' })],
    ['with blanks as a group', 'claim-types', 400, () => tenant.token({ groups: ['a', ' '] })],
    [
      'with alg none',
      'algorithm',
      401,
      () => `${encode({ ...rightHeader, alg: 'none' })}.${encode(tenant.claims())}.`,
    ],
    [
      'with alg nOnE and the signature left on',
      'algorithm',
      401,
      () => resigned({ ...rightHeader, alg: 'nOnE' }),
    ],
    ['with alg RS512', 'algorithm', 401, () => resigned({ ...rightHeader, alg: 'RS512' })],
    ['with an array as alg', 'algorithm', 401, () => resigned({ ...rightHeader, alg: ['RS256'] })],
    [
      'HS256 with the certificate’s line as secret',
      'algorithm',
      401,
      () => hmacWith(tenant.key.certificateLine),
    ],
    [
      'HS256 with the certificate’s file as secret',
      'algorithm',
      401,
      () => hmacWith(tenant.key.certificatePem),
    ],
    ['with a critical extension', 'header', 401, () => tenant.token({}, { crit: ['exp'] })],
    ['with an unencoded payload', 'header', 401, () => tenant.token({}, { b64: false })],
    ['of another type', 'header', 401, () => tenant.token({}, { typ: 'at+jwt' })],
    ['with padding', 'form', 401, () => tampered(([h, p, s]) => `${h}.${p}.${s}==`)],
    ['with + for -', 'form', 401, () => tampered(([h, p, s]) => `${h}.${p}.+${s.slice(1)}`)],
    [
      'with flipped unused bits',
      'form',
      401,
      () => tampered(([h, p, s]) => `${h}.${p}.${flipUnusedBits(s)}`),
    ],
    [
      'with a flipped bit of the signature',
      'signature',
      401,
      () => tampered(([h, p, s]) => `${h}.${p}.${s.startsWith('A') ? 'B' : 'A'}${s.slice(1)}`),
    ],
    [
      'with a changed payload',
      'signature',
      401,
      () => tampered(([h, , s]) => `${h}.${encode(tenant.claims({ sub: 'root' }))}.${s}`),
    ],
    ['without signature', 'signature', 401, () => tampered(([h, p]) => `${h}.${p}.`)],
    ['of two parts', 'form', 401, () => tampered(([h, p]) => `${h}.${p}`)],
    ['of five parts', 'form', 401, () => tampered(([h, p, s]) => `${h}.${p}.${s}.${p}.${s}`)],
    [
      'with a claim that stands twice',
      'form',
      401,
      () => {
        const payload = JSON.stringify(tenant.claims()).replace('{', '{"sub":"root",')
        const signedText = `${encode(rightHeader)}.${encode(payload)}`
        return `${signedText}.${signRs256(signedText, tenant.key)}`
      },
    ],
    [
      'with bytes after the payload',
      'form',
      401,
      () => {
        const signedText = `${encode(rightHeader)}.${encode(`${JSON.stringify(tenant.claims())}x`)}`
        return `${signedText}.${signRs256(signedText, tenant.key)}`
      },
    ],
    ['with an array as payload', 'form', 401, () => resigned(rightHeader, [tenant.claims()])],
  ]

  it.each(faults)('%s', async (_, rule, status, token) => {
    const sessionsBefore = tenant.emulator.state.sessions().length
    const answer = await answerTo(token())
    expect(lastVerdict()).toBe(rule)
    expect(answer.status).toBe(status)
    expect(answer.setCookies).toEqual([])
    expect(answer.body.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(answer.body.errors).toEqual([
      expect.objectContaining({ code: 'INTERNAL-TOKEN-1', status: String(status) }),
    ])
    expect(answer.body.errors?.[0]?.meta).toMatchObject({ emulator: 'inferred' })
    expect(tenant.emulator.state.sessions()).toHaveLength(sessionsBefore)
  })

  it.each(['iss', 'aud', 'sub', 'name', 'email', 'email_verified', 'jti', 'iat', 'nbf', 'exp'])(
    'without %s: 400 with the documented text',
    async (claim) => {
      const { status, setCookies, body } = await answerTo(tenant.token({ [claim]: undefined }))
      expect(status).toBe(400)
      expect(setCookies).toEqual([])
      expect(body).toEqual({
        errors: [
          {
            title: 'Invalid token request',
            detail: `JWT_LOGIN_VALIDATIONS Missing required claim: ${claim}`,
            code: 'INTERNAL-TOKEN-1',
            status: '400',
          },
        ],
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      })
    },
  )

  it('a second time with the same jti', async () => {
    const token = tenant.token()
    expect((await answerTo(token)).status).toBe(200)
    const again = await answerTo(token)
    expect(again.status).toBe(401)
    expect(again.setCookies).toEqual([])
    expect(lastVerdict()).toBe('once')
  })

  it('a second time with the jti as number and then as text', async () => {
    expect((await answerTo(tenant.token({ jti: 4711 }))).status).toBe(200)
    expect((await answerTo(tenant.token({ jti: '4711' }))).status).toBe(401)
  })

  it('in a hundred copies at once, but for one', async () => {
    const token = tenant.token()
    const all = await Promise.all(Array.from({ length: 100 }, () => tenant.postToken(token)))
    expect(all.filter((response) => response.status === 200)).toHaveLength(1)
    await Promise.all(all.map((response) => response.text()))
  })

  it('without a token at all', async () => {
    for (const authorization of ['', 'Bearer', 'Basic abc', 'Bearer a b']) {
      const response = await tenant.send('POST', '/login/jwt-session', { authorization })
      expect(response.status).toBe(401)
      expect(response.headers.getSetCookie()).toEqual([])
      await response.text()
    }
  })

  it('when a key of another kind than RSA is registered it is refused there already', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString().replaceAll('\n', '')
    const response = await tenant.admin('POST', '/api/v1/identity-providers', {
      protocol: 'jwtAuth',
      provider: 'external',
      options: { issuer: testIssuer, staticKeys: [{ kid: 'ec', pem }] },
    })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('RSA key of at least 2048 bits')
  })

  it('records nothing of the token but its decoded parts', async () => {
    const token = tenant.token()
    await answerTo(token)
    const record = JSON.stringify(tenant.emulator.requests.at(-1))
    for (const part of token.split('.')) expect(record).not.toContain(part)
  })
})
