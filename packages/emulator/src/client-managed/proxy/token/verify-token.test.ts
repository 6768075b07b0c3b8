import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSwitches } from '../../../control/switches.ts'
import { makeTestKey } from '../../../jwt/testing/certificate.ts'
import { signTestToken } from '../../../jwt/testing/sign-test-token.ts'
import { newHead } from '../../repository/entity.ts'
import { type VirtualProxyConfig, virtualProxyDefaults } from '../../repository/virtual-proxy.ts'
import { type ClientManagedSwitches, clientManagedSwitches } from '../../switches.ts'
import { verifyProxyToken } from './verify-token.ts'

const nowMs = Date.parse('2026-06-01T12:00:00Z')
const now = nowMs / 1000
const key = makeTestKey()

const jwt: VirtualProxyConfig = {
  ...virtualProxyDefaults(),
  ...newHead(new Date(nowMs)),
  prefix: 'jwt',
  sessionCookieHeaderName: 'X-Qlik-Session-jwt',
  jwtPublicKeyCertificate: key.certificatePem,
  jwtAttributeUserId: 'userId',
  jwtAttributeUserDirectory: 'userDirectory',
  jwtAttributeMap: [{ jwtAttribute: 'group', senseAttribute: 'group', isMandatory: false }],
}

interface Change {
  claims?: object
  header?: object
  config?: Partial<VirtualProxyConfig>
  switches?: Partial<ClientManagedSwitches>
}

function verify({ claims = {}, header = {}, config = {}, switches = {} }: Change) {
  const good = { userId: 'ada', userDirectory: 'acme', group: ['sales'], exp: now + 60 }
  const token = signTestToken({ ...good, ...claims }, { key, header })
  return verifyProxyToken(token, {
    virtualProxy: { ...jwt, ...config },
    switches: createSwitches(clientManagedSwitches, switches).get(),
    nowMs,
  })
}

/** The rule that refuses, with what it says; `accepted` when none does. */
function verdictOf(change: Change): string {
  const { record } = verify(change)
  const refused = record.verdict.find(({ outcome }) => outcome === 'refused')
  return refused === undefined ? 'accepted' : `${refused.rule}: ${refused.detail}`
}

describe('a token at a virtual proxy', () => {
  it('gives the user, the directory in upper case, and the mapped attributes', () => {
    expect(verify({ claims: { department: 'R&D' } })).toMatchObject({
      user: { directory: 'ACME', id: 'ada' },
      attributes: new Map([['group', ['sales']]]),
      record: { accepted: true },
    })
  })

  it.each(['RS256', 'RS384', 'RS512'])('is accepted with %s', (alg) => {
    expect(verdictOf({ header: { alg } })).toBe('accepted')
  })

  const audience = { jwtAudience: 'qlik' }
  const mandatory = {
    jwtAttributeMap: [{ jwtAttribute: 'role', senseAttribute: 'role', isMandatory: true }],
  }
  it.each<[string, Change, string]>([
    ['kid of any kind', { header: { kid: 'anything' } }, 'accepted'],
    ['no exp', { claims: { exp: undefined } }, 'accepted'],
    ['iat in the future', { claims: { iat: now + 500 } }, 'accepted'],
    ['the right audience', { claims: { aud: 'qlik' }, config: audience }, 'accepted'],
    ['a mandatory attribute', { claims: { role: 'x' }, config: mandatory }, 'accepted'],
    ['a constant directory', { config: { jwtAttributeUserDirectory: '[Acme]' } }, 'accepted'],
    [
      'PS256',
      { header: { alg: 'PS256' } },
      'algorithm: alg is PS256; RS256, RS384 and RS512 are supported',
    ],
    [
      'no alg',
      { header: { alg: undefined } },
      'algorithm: alg is not a string; RS256, RS384 and RS512 are supported',
    ],
    ['crit', { header: { crit: ['x'] } }, 'header: The header has crit'],
    ['another typ', { header: { typ: 'at+jwt' } }, 'header: typ is not JWT'],
    [
      'no certificate in the virtual proxy',
      { config: { jwtPublicKeyCertificate: '' } },
      'certificate: The virtual proxy has no JWT certificate',
    ],
    [
      'a certificate that is none',
      {
        config: {
          jwtPublicKeyCertificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
        },
      },
      'certificate: The JWT certificate cannot be read',
    ],
    [
      'the certificate of another key',
      { config: { jwtPublicKeyCertificate: makeTestKey().certificatePem } },
      'signature: The signature is not that of the certificate',
    ],
    [
      'no audience',
      { config: audience },
      'audience: aud is not the JWT audience of the virtual proxy',
    ],
    [
      'two audiences',
      { claims: { aud: ['qlik', 'other'] }, config: audience },
      'audience: aud is not the JWT audience of the virtual proxy',
    ],
    ['exp as a string', { claims: { exp: '1' } }, 'time-types: exp must be seconds since 1970'],
    ['exp now', { claims: { exp: now } }, 'times: The token expired 0 s ago'],
    ['nbf in the future', { claims: { nbf: now + 1 } }, 'times: The token becomes valid in 1 s'],
    [
      'nbf after exp',
      { claims: { nbf: now + 1, exp: now + 1 } },
      'times: The token expires before it becomes valid',
    ],
    [
      'no user ID',
      { claims: { userId: undefined, UserId: 'ada' } },
      'user: The token has no userId, the JWT attribute for user ID',
    ],
    [
      'a number as user ID',
      { claims: { userId: 42 } },
      'user: userId, the JWT attribute for user ID, is not a string',
    ],
    [
      'an empty directory',
      { claims: { userDirectory: ' ' } },
      'user: userDirectory, the JWT attribute for user directory, is empty',
    ],
    [
      'a virtual proxy without attribute names',
      { config: { jwtAttributeUserId: '' } },
      'user: The virtual proxy has no JWT attribute for user ID',
    ],
    [
      'a reserved name',
      { claims: { jti: 'ada' }, config: { jwtAttributeUserId: 'jti' } },
      'user: jti is a reserved claim of JWT',
    ],
    [
      'a mandatory attribute that is missing',
      { config: mandatory },
      'attributes: The token has no role, which the attribute map has as mandatory',
    ],
  ])('with %s', (_, change, verdict) => {
    expect(verdictOf(change)).toBe(verdict)
  })

  it.each(['', 'a.b', 'a.b.c', `${signTestToken({}, { key })}=`])('is not %j', (token) => {
    const switches = createSwitches(clientManagedSwitches).get()
    const { record } = verifyProxyToken(token, { virtualProxy: jwt, switches, nowMs })
    expect(record.verdict[0]).toMatchObject({ rule: 'form', outcome: 'refused' })
  })
})

describe('by switch, a token', () => {
  const publicKeyPem = key.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const expired = makeTestKey({ to: new Date('2021-01-01') })
  const two = `${makeTestKey().certificatePem}${key.certificatePem}`
  const at = (pem: string) => ({ jwtPublicKeyCertificate: pem })
  /** What it is about, the change, and for each value of the switch the rule that refuses, or none. */
  const cases: [
    keyof ClientManagedSwitches,
    Change,
    Readonly<Record<string, string | undefined>>,
  ][] = [
    [
      'tokenWithoutExp',
      { claims: { exp: undefined } },
      { accepted: undefined, refused: 'time-types' },
    ],
    [
      'jwtAudience',
      { claims: { aud: 'x' }, config: { jwtAudience: 'qlik' } },
      { checked: 'audience', ignored: undefined },
    ],
    ['unexpectedAudience', { claims: { aud: 'x' } }, { accepted: undefined, refused: 'audience' }],
    [
      'futureIssuedAtAtProxy',
      { claims: { iat: now + 9 } },
      { accepted: undefined, refused: 'times' },
    ],
    [
      'subAsAttribute',
      { claims: { sub: 'ada' }, config: { jwtAttributeUserId: 'sub' } },
      { accepted: undefined, refused: 'user' },
    ],
    [
      'bracketDirectory',
      { config: { jwtAttributeUserDirectory: '[ACME]' } },
      { constant: undefined, literal: 'user' },
    ],
    [
      'attributeOfOtherType',
      { claims: { group: [1, 'a'] } },
      { text: undefined, dropped: undefined, refused: 'attributes' },
    ],
    ['userNameForm', { claims: { userId: 'a\u0007' } }, { accepted: undefined, refused: 'user' }],
    [
      'proxyPublicKey',
      { config: at(publicKeyPem) },
      { refused: 'certificate', accepted: undefined },
    ],
    [
      'severalCertificates',
      { config: at(two) },
      { first: 'signature', any: undefined, refused: 'certificate' },
    ],
  ]

  it.each(
    cases.flatMap(([name, change, outcomes]) =>
      Object.entries(outcomes).map(([value, rule]) => [name, value, rule, change] as const),
    ),
  )('%s=%s is refused by %s', (name, value, rule, change) => {
    const { record } = verify({ ...change, switches: { [name]: value } })
    const refused = record.verdict.find(({ outcome }) => outcome === 'refused')
    expect(refused?.rule).toBe(rule)
    if (rule !== undefined && rule !== 'signature') expect(refused?.decidedBy).toBe(name)
  })

  it('takes what openssl x509 -pubkey prints for a certificate', () => {
    const config = at(`${publicKeyPem}${key.certificatePem}`)
    expect(verdictOf({ config })).toBe('accepted')
  })

  it('proxyCertificateDates', () => {
    const token = signTestToken(
      { userId: 'ada', userDirectory: 'acme', exp: now + 60 },
      { key: expired },
    )
    const accepted = (['ignored', 'checked'] as const).map((value) => {
      const switches = createSwitches(clientManagedSwitches, { proxyCertificateDates: value }).get()
      const virtualProxy = { ...jwt, ...at(expired.certificatePem) }
      return verifyProxyToken(token, { virtualProxy, switches, nowMs }).record.accepted
    })
    expect(accepted).toEqual([true, false])
  })

  it('proxyClockToleranceSec lets clocks differ, and no further', () => {
    const switches = { proxyClockToleranceSec: 30 }
    expect(verdictOf({ claims: { exp: now - 29 }, switches })).toBe('accepted')
    expect(verdictOf({ claims: { exp: now - 30 }, switches })).toMatch('times')
    expect(verdictOf({ claims: { nbf: now + 30 }, switches })).toBe('accepted')
    expect(verdictOf({ claims: { nbf: now + 31 }, switches })).toMatch('times')
  })

  it('attributeOfOtherType=text writes JSON, dropped leaves the name without a value', () => {
    const attributesOf = (attributeOfOtherType: 'text' | 'dropped') => {
      const verified = verify({ claims: { group: [1, 'a'] }, switches: { attributeOfOtherType } })
      return 'attributes' in verified ? verified.attributes.get('group') : 'refused'
    }
    expect(attributesOf('text')).toEqual(['1', 'a'])
    expect(attributesOf('dropped')).toEqual([])
  })

  it('a key that is not RSA verifies nothing', () => {
    const { publicKey } = generateKeyPairSync('ed25519')
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const switches = { proxyPublicKey: 'accepted' as const }
    expect(verdictOf({ config: at(pem), switches })).toMatch('signature')
  })
})
