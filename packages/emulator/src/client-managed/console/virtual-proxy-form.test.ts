import { describe, expect, it } from 'vitest'
import { newHead } from '../repository/entity.ts'
import { type VirtualProxyConfig, virtualProxyDefaults } from '../repository/virtual-proxy.ts'
import { readVirtualProxyForm } from './virtual-proxy-form.ts'
import { noticesOn } from './virtual-proxy-notices.ts'

const nodes = [{ id: 'n1', name: 'Central' }]
const others: readonly VirtualProxyConfig[] = [
  {
    ...virtualProxyDefaults(),
    ...newHead(new Date(0)),
    prefix: 'old',
    sessionCookieHeaderName: 'X-Qlik-Session-old',
  },
]
const form = {
  description: 'Tokens',
  prefix: 'jwt',
  sessionInactivityTimeout: '30',
  sessionCookieHeaderName: 'X-Qlik-Session-jwt',
  anonymousAccessMode: '0',
  authenticationMethod: '4',
  jwtPublicKeyCertificate: '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----',
  jwtAttributeUserId: 'userId',
  jwtAttributeUserDirectory: 'userDirectory',
  jwtAudience: '',
  jwtAttributeMap: 'group = group\nlevel=level mandatory\n',
  loadBalancingServerNodes: 'Central',
  extendedSecurityEnvironment: 'true',
  sessionCookieDomain: '',
  hasSecureAttributeHttps: 'true',
  sameSiteAttributeHttps: '1',
  hasSecureAttributeHttp: 'false',
  sameSiteAttributeHttp: '0',
  additionalResponseHeaders: '',
  websocketCrossOriginWhiteList: 'a.example\n b.example ',
}
const read = (changes: object = {}, before?: VirtualProxyConfig) =>
  readVirtualProxyForm({ ...form, ...changes }, { before, others, nodes })

const fieldsOf = (reading: ReturnType<typeof read>) => {
  if ('fields' in reading) return reading.fields
  throw new Error(`${reading.field}: ${reading.error}`)
}

describe('the form of a virtual proxy', () => {
  it.each([
    ['prefix', 100],
    ['description', 1000],
    ['sessionCookieHeaderName', 200],
    ['jwtPublicKeyCertificate', 20_000],
  ])('takes a %s of at most %i characters', (field, maximum) => {
    expect(fieldsOf(read({ [field]: 'a'.repeat(maximum) }))).toHaveProperty(field)
    const refusal = {
      field,
      error: 'This is too long',
      hint: `Give ${maximum} characters at most.`,
    }
    expect(read({ [field]: 'a'.repeat(maximum + 1) })).toEqual(refusal)
  })

  it('becomes the fields that QRS has', () => {
    expect(fieldsOf(read())).toEqual({
      ...virtualProxyDefaults(),
      description: 'Tokens',
      prefix: 'jwt',
      sessionCookieHeaderName: 'X-Qlik-Session-jwt',
      authenticationMethod: 4,
      jwtPublicKeyCertificate: form.jwtPublicKeyCertificate,
      jwtAttributeUserId: 'userId',
      jwtAttributeUserDirectory: 'userDirectory',
      jwtAttributeMap: [
        { jwtAttribute: 'group', senseAttribute: 'group', isMandatory: false },
        { jwtAttribute: 'level', senseAttribute: 'level', isMandatory: true },
      ],
      loadBalancingServerNodes: [{ id: 'n1' }],
      extendedSecurityEnvironment: true,
      sameSiteAttributeHttps: 1,
      websocketCrossOriginWhiteList: ['a.example', 'b.example'],
    })
  })

  it.each([
    [{ prefix: '' }, 'prefix', 'missing'],
    [{ prefix: 'JWT' }, 'prefix', 'upper case'],
    [{ prefix: 'a/b' }, 'prefix', 'character'],
    [{ prefix: 'old' }, 'prefix', 'Another virtual proxy'],
    [{ sessionCookieHeaderName: '' }, 'sessionCookieHeaderName', 'missing'],
    [{ sessionCookieHeaderName: 'a b' }, 'sessionCookieHeaderName', 'cannot be'],
    [
      { sessionCookieHeaderName: 'X-Qlik-Session-old' },
      'sessionCookieHeaderName',
      'Another virtual proxy',
    ],
    [{ sessionInactivityTimeout: 'soon' }, 'sessionInactivityTimeout', 'whole number'],
    [{ sessionInactivityTimeout: '1e300' }, 'sessionInactivityTimeout', 'whole number'],
    [{ authenticationMethod: 'jwt' }, 'authenticationMethod', 'no such choice'],
    [{ anonymousAccessMode: '9' }, 'anonymousAccessMode', 'no such choice'],
    [{ sessionCookieDomain: 'a\r\nX: y' }, 'sessionCookieDomain', 'cannot be'],
    [
      { jwtPublicKeyCertificate: '-----BEGIN PRIVATE KEY-----\nx' },
      'jwtPublicKeyCertificate',
      'private key',
    ],
    [{ jwtAttributeMap: 'group' }, 'jwtAttributeMap', 'another form'],
    [{ loadBalancingServerNodes: 'Rim' }, 'loadBalancingServerNodes', 'no node Rim'],
    [{ jwtPublicKeyCertificate: ' ' }, 'jwtPublicKeyCertificate', 'mandatory'],
    [{ jwtAttributeUserId: '' }, 'jwtAttributeUserId', 'mandatory'],
  ])('is refused with %j', (changes, field, error) => {
    expect(read(changes)).toMatchObject({ field, error: expect.stringContaining(error) })
  })

  it('needs no certificate for other methods, and keeps what it does not have', () => {
    const before = { ...others[0], samlEntityId: 'kept' } as VirtualProxyConfig
    const fields = fieldsOf(
      read({ authenticationMethod: '0', jwtPublicKeyCertificate: '' }, before),
    )
    expect(fields).toMatchObject({ authenticationMethod: 0, samlEntityId: 'kept' })
  })

  it('lets the default virtual proxy alone have no prefix', () => {
    const before = { ...others[0], defaultVirtualProxy: true } as VirtualProxyConfig
    expect(fieldsOf(read({ prefix: '' }, before)).prefix).toBe('')
  })
})

describe('what the QMC saves without a word', () => {
  const texts = (changes: object, linkedTo = 1) =>
    noticesOn({ ...newHead(new Date(0)), ...fieldsOf(read()), ...changes }, linkedTo).map(
      ({ text }) => text,
    )
  const pem = (kind: string) => `-----BEGIN ${kind}-----\nMII\n-----END ${kind}-----`

  it.each([
    [{ jwtPublicKeyCertificate: pem('CERTIFICATE').replaceAll('\n', '') }, 'on one line'],
    [{ jwtPublicKeyCertificate: pem('PUBLIC KEY') }, 'a public key'],
    [{ jwtPublicKeyCertificate: pem('PRIVATE KEY') }, 'a private key'],
    [{ jwtPublicKeyCertificate: pem('CERTIFICATE') }, 'cannot be read'],
    [{ jwtPublicKeyCertificate: `${pem('CERTIFICATE')}\n${pem('CERTIFICATE')}` }, 'several'],
    [{ jwtAttributeUserId: 'sub' }, 'reserved'],
    [{ loadBalancingServerNodes: [] }, 'no load balancing node'],
    [{ websocketCrossOriginWhiteList: ['https://a.example'] }, 'host name alone'],
    [{ sameSiteAttributeHttps: 1, hasSecureAttributeHttps: false }, 'browsers refuse'],
  ])('is said: %j', (changes, text) => {
    expect(texts(changes).join(' ')).toContain(text)
  })

  it('is that it is not linked', () => {
    expect(texts({}, 0).join(' ')).toContain('answered with 400')
    expect(texts({}, 1).join(' ')).not.toContain('answered with 400')
  })
})
