import { beforeAll, describe, expect, it } from 'vitest'
import { type CheckOptions, checkToken } from '../../check.ts'
import { cloud } from '../../deployment.ts'
import {
  goodCloudClaims,
  goodCloudHeader,
  makeTestKey,
  type TestKey,
  testNow,
} from '../tokens.fixture.ts'
import { cloudRules } from './index.ts'

const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const at = new Date(testNow * 1000)
const { groups: _groups, ...withoutGroups } = goodCloudClaims
let key: TestKey
let otherKey: TestKey

beforeAll(async () => {
  key = await makeTestKey()
  otherKey = await makeTestKey()
})

interface Change {
  header?: object
  claims?: object
  options?: CheckOptions
}

/** Changes to a good token: the rule that each breaks, what is said word for word, and the other rules. */
const breaches: [id: string, change: Change, detail: string, also?: string[]][] = [
  ['cloud-algorithm-hmac', { header: { alg: 'HS256' } }, '`alg` begins with HS.'],
  ['cloud-algorithm-hmac', { header: { alg: ' hs512 ' } }, '`alg` begins with HS.'],
  ['cloud-algorithm-none', { header: { alg: 'none' } }, '`alg` is none.'],
  ['cloud-algorithm-none', { header: { alg: 'nOnE ' } }, '`alg` is none.'],
  ['cloud-algorithm-none', { header: { alg: undefined } }, 'The header has no `alg`.'],
  ['cloud-algorithm-none', { header: { alg: ['RS256'] } }, '`alg` is not a string.'],
  ['cloud-algorithm-none', { header: { alg: 'none ' } }, '`alg` is none.'],
  ['cloud-algorithm-none', { header: { alg: '' } }, '`alg` is empty.'],
  ['cloud-algorithm-none', { header: { alg: 7 } }, '`alg` is not a string.'],
  ['cloud-algorithm-other', { header: { alg: 'RS512' } }, '`alg` is RS512.'],
  [
    'cloud-algorithm-other',
    { header: { alg: 'PS256' } },
    '`alg` is PS256.',
    ['signature-not-verifiable'],
  ],
  [
    'cloud-algorithm-other',
    { header: { alg: 'rs256' } },
    '`alg` is not exactly RS256.',
    ['signature-not-verifiable'],
  ],
  [
    'cloud-algorithm-other',
    { header: { alg: 'XHS256' } },
    '`alg` is not exactly RS256.',
    ['signature-not-verifiable'],
  ],
  [
    'cloud-algorithm-other',
    { header: { alg: 'HS256x' } },
    '`alg` is not exactly RS256.',
    ['signature-not-verifiable'],
  ],
  [
    'cloud-key-id-missing',
    { header: { kid: undefined } },
    'There is no `kid` among the header’s members.',
  ],
  ['cloud-key-id-missing', { header: { kid: '' } }, '`kid` is empty.'],
  ['cloud-key-id-missing', { header: { kid: 7 } }, '`kid` is a number, not a string.'],
  ['cloud-key-id-missing', { header: { kid: null } }, '`kid` is null, not a string.'],
  ['cloud-key-id-missing', { header: { kid: true } }, '`kid` is a boolean, not a string.'],
  ['cloud-key-id-missing', { header: { kid: {} } }, '`kid` is an object, not a string.'],
  [
    'cloud-key-id-in-payload',
    { header: { kid: undefined }, claims: { kid: 'acme-1' } },
    'The payload has `kid`, and the header has no `kid`.',
  ],
  [
    'cloud-key-id-in-payload',
    { header: { kid: undefined }, claims: { keyid: 'acme-1' } },
    'The payload has `keyid`, and the header has no `kid`.',
  ],
  [
    'cloud-key-id-in-payload',
    { header: { kid: undefined }, claims: { kid: 'a', keyid: 'a' } },
    'The payload has `kid` and `keyid`, and the header has no `kid`.',
  ],
  [
    'cloud-key-id-unknown',
    { options: { key: { kid: 'acme-2' } } },
    'The header’s `kid` is none of the given key IDs.',
  ],
  ['cloud-issuer', { claims: { iss: undefined } }, 'The payload has no `iss`.'],
  [
    'cloud-issuer',
    { claims: { iss: 'Acme.example' } },
    'The tenant trusts "acme.example". In the token it differs in upper and lower case.',
  ],
  ['cloud-issuer', { claims: { iss: ['acme.example'] } }, '`iss` is an array.'],
  [
    'cloud-issuer',
    { claims: { iss: 'ACME.example' } },
    'The tenant trusts "acme.example". In the token it differs in upper and lower case.',
  ],
  ['cloud-issuer', { claims: { iss: ' ' } }, '`iss` is an empty string.'],
  [
    'cloud-issuer',
    { claims: { iss: 'acme.example/a' } },
    'The tenant trusts "acme.example". In the token it is a different string.',
  ],
  [
    'cloud-issuer',
    { claims: { iss: 'xhttps://acme.example' } },
    'The tenant trusts "acme.example". In the token it is a different string.',
  ],
  [
    'cloud-issuer-form',
    { claims: { iss: 'acme\u001b[2J' } },
    '`iss` contains a control character.',
  ],
  [
    'cloud-issuer-form',
    { claims: { iss: 'acme\ud800' } },
    '`iss` contains half of a surrogate pair.',
  ],
  [
    'cloud-issuer-form',
    { claims: { iss: 'x'.repeat(257) } },
    '`iss` is longer than 256 characters.',
  ],
  ['cloud-audience', { claims: { aud: undefined } }, 'The payload has no `aud`.'],
  [
    'cloud-audience',
    { claims: { aud: 'https://acme.eu.qlikcloud.com/' } },
    '`aud` is the tenant’s address.',
  ],
  [
    'cloud-audience',
    { claims: { aud: 'qlik.api/jwt-login-session' } },
    '`aud` is wrong: it is a different string.',
  ],
  [
    'cloud-audience',
    { claims: { aud: ['qlik.api/login/jwt-session', 'other'] } },
    '`aud` names others beside it, who could use the token.',
  ],
  ['cloud-audience', { claims: { aud: [] } }, '`aud` is wrong: it is an array.'],
  [
    'cloud-audience',
    { claims: { aud: 'https://qlik.api/login/jwt-session' } },
    '`aud` is wrong: it differs by the https:// in front.',
  ],
  [
    'cloud-audience',
    { claims: { aud: ['qlik.api/login/jwt-session', 'x'] } },
    '`aud` names others beside it, who could use the token.',
  ],
  [
    'cloud-audience-list',
    { claims: { aud: ['qlik.api/login/jwt-session'] } },
    '`aud` is a list with the right audience alone.',
  ],
  [
    'cloud-made-for-client-managed',
    {
      claims: { sub: undefined, userId: 'ada', userDirectory: 'ACME' },
    },
    'It has `userDirectory`, and no `sub`.',
    ['cloud-subject-missing', 'cloud-unread-claims'],
  ],
  [
    'cloud-made-for-client-managed',
    { claims: { sub: undefined, userId: 'a', UserDirectory: 'b', directory: 'c' } },
    'It has `UserDirectory` and `directory`, and no `sub`.',
    ['cloud-subject-missing', 'cloud-unread-claims'],
  ],
  ['cloud-subject-missing', { claims: { sub: undefined } }, 'The payload has no `sub`.'],
  ['cloud-subject-missing', { claims: { sub: '' } }, '`sub` is empty.'],
  ['cloud-subject-missing', { claims: { sub: 42 } }, '`sub` is not a string.'],
  [
    'cloud-subject-missing',
    {
      claims: {
        sub: undefined,
        subject: 1,
        user: 1,
        userId: 1,
        userid: 1,
        user_id: 1,
        uid: 1,
        oid: 1,
      },
    },
    'The payload has no `sub`. There is `subject`, `user`, `userId`, `userid`, `user_id`, `uid` and `oid`, which Qlik does not read.',
    ['cloud-unread-claims'],
  ],
  ['cloud-subject-missing', { claims: { sub: ' ' } }, '`sub` is empty.'],
  [
    'cloud-subject-type-missing',
    { claims: { subType: undefined } },
    'The payload has no `subType`.',
  ],
  [
    'cloud-subject-type-missing',
    { claims: { subType: undefined, subtype: 'user', sub_type: 'user', SubType: 'user' } },
    'The payload has no `subType`. There is `subtype`, `sub_type` and `SubType`, which Qlik does not read.',
    ['cloud-unread-claims'],
  ],
  ['cloud-subject-type', { claims: { subType: 'User' } }, '`subType` is not user.'],
  [
    'cloud-random-subject',
    { claims: { sub: '3f1c1a52-8f5e-4a51-9d2e-6f0b3a7c9d10' } },
    '`sub` has the form of something generated at random.',
  ],
  [
    'cloud-random-subject',
    { claims: { sub: 'x0dLkP3Yb8fQm2Zt7Wc5Rv9Ns4Hj6Ga1Eu0Iq_Bo-TyXlDwCzKpMr' } },
    '`sub` has the form of something generated at random.',
  ],
  [
    'cloud-random-subject',
    { claims: { sub: 'A1'.repeat(16) } },
    '`sub` has the form of something generated at random.',
  ],
  [
    'cloud-random-subject',
    { claims: { sub: '0f'.repeat(16) } },
    '`sub` has the form of something generated at random.',
  ],
  [
    'cloud-random-subject',
    { claims: { sub: `portal-user-${testNow * 1000 + 7}` } },
    '`sub` has the time in it at which the token was made.',
  ],
  [
    'cloud-random-subject',
    { claims: { sub: 'user-0.8444218515250481' } },
    '`sub` has the form of something generated at random.',
  ],
  [
    'cloud-random-subject',
    { claims: { sub: `user-${goodCloudClaims.jti}` } },
    '`sub` has the token’s own ID in it.',
  ],
  [
    'cloud-subject-changes',
    {
      options: { earlier: [{ ...goodCloudClaims, jti: 'another', sub: 'acme|7' }] },
    },
    'An earlier token has this name and address, and another `sub`.',
    ['cloud-email-reused'],
  ],
  [
    'cloud-email-reused',
    {
      options: {
        earlier: [{ sub: 'acme|7', email: 'Ada@acme.example', name: 'Somebody else' }],
      },
    },
    'An earlier token has this address, and another `sub`.',
  ],
  ['cloud-name-missing', { claims: { name: undefined } }, 'The payload has no `name`.'],
  ['cloud-name-missing', { claims: { name: ' ' } }, '`name` is empty.'],
  ['cloud-name-missing', { claims: { name: null } }, '`name` is not a string.'],
  [
    'cloud-name-missing',
    {
      claims: {
        name: undefined,
        preferred_username: 'a',
        username: 'a',
        displayName: 'a',
        given_name: 'a',
      },
    },
    'The payload has no `name`. There is `preferred_username`, `username`, `displayName` and `given_name`, which Qlik does not read.',
    ['cloud-unread-claims'],
  ],
  ['cloud-email-missing', { claims: { email: undefined } }, 'The payload has no `email`.'],
  ['cloud-email-type', { claims: { email: [] } }, '`email` is not a string.'],
  ['cloud-email-type', { claims: { email: ' ' } }, '`email` is empty.'],
  [
    'cloud-email-missing',
    {
      claims: {
        email: undefined,
        mail: 'a',
        Email: 'a',
        emailAddress: 'a',
        email_address: 'a',
        upn: 'a',
      },
    },
    'The payload has no `email`. There is `mail`, `Email`, `emailAddress`, `email_address` and `upn`, which Qlik does not read.',
    ['cloud-unread-claims'],
  ],
  [
    'cloud-email-form',
    { claims: { email: 'ada.king lovelace@acme.example' } },
    '`email` has a space in it.',
  ],
  [
    'cloud-email-form',
    { claims: { email: 'ada' } },
    '`email` does not have one @ with something on each side.',
  ],
  [
    'cloud-email-form',
    { claims: { email: 'a@b@c' } },
    '`email` does not have one @ with something on each side.',
  ],
  ['cloud-email-form', { claims: { email: 'ada @acme.example' } }, '`email` has a space in it.'],
  [
    'cloud-email-verified-missing',
    { claims: { email_verified: undefined } },
    'The payload has no `email_verified`.',
  ],
  [
    'cloud-email-verified-missing',
    {
      claims: {
        email_verified: undefined,
        emailVerified: true,
        'email-verified': true,
        verified_email: true,
      },
    },
    'The payload has no `email_verified`. There is `emailVerified`, `email-verified` and `verified_email`, which Qlik does not read.',
    ['cloud-unread-claims'],
  ],
  ['cloud-email-verified-type', { claims: { email_verified: 'true' } }, 'It is a string.'],
  ['cloud-email-verified-type', { claims: { email_verified: null } }, 'It is null.'],
  ['cloud-email-verified-type', { claims: { email_verified: 1 } }, 'It is a number.'],
  ['cloud-email-verified-type', { claims: { email_verified: ' ' } }, 'It is an empty string.'],
  ['cloud-email-unverified', { claims: { email_verified: false } }, '`email_verified` is false.'],
  [
    'cloud-email-trusted-blindly',
    { claims: { sub: 'BackendApp|auth0|42' } },
    '`sub` has the form that this proxy gives it. This is what qlikcloud-jwt-proxy (goldbergjeffrey, ahervy) makes: `email_verified: true` for everybody.',
  ],
  [
    'cloud-email-trusted-blindly',
    { claims: { sub: 'BackendApp|1' } },
    '`sub` has the form that this proxy gives it. This is what qlikcloud-jwt-proxy (goldbergjeffrey, ahervy) makes: `email_verified: true` for everybody.',
  ],
  ['cloud-token-id-missing', { claims: { jti: undefined } }, 'The payload has no `jti`.'],
  [
    'cloud-token-id-missing',
    { claims: { jti: undefined, id: 1, jwtid: 1, tokenId: 1, nonce: 1, uid: 1 } },
    'The payload has no `jti`. There is `id`, `jwtid`, `tokenId`, `nonce` and `uid`, which Qlik does not read.',
    ['cloud-unread-claims'],
  ],
  ['cloud-token-id-type', { claims: { jti: '' } }, '`jti` is an empty string.'],
  [
    'cloud-token-id-type',
    { claims: { jti: 1.5 } },
    '`jti` is a number that is not whole, or beyond 2^53 - 1.',
  ],
  ['cloud-token-id-type', { claims: { jti: ['a'] } }, '`jti` is an array.'],
  ['cloud-token-id-number', { claims: { jti: 17_111_234_567 } }, '`jti` is a whole number.'],
  ['cloud-token-id-number', { claims: { jti: 17 } }, '`jti` is a whole number.'],
  ['cloud-token-id-short', { claims: { jti: '1' } }, '`jti` has 1 characters.'],
  ['cloud-token-id-short', { claims: { jti: 'j'.repeat(21) } }, '`jti` has 21 characters.'],
  [
    'cloud-token-id-reused',
    { options: { earlier: [goodCloudClaims] } },
    'An earlier token of this issuer has the same `jti`.',
  ],
  ['cloud-issued-at-missing', { claims: { iat: undefined } }, 'The payload has no `iat`.'],
  [
    'cloud-issued-at-missing',
    { claims: { iat: undefined, issuedAt: 1, issued_at: 1, created: 1 } },
    'The payload has no `iat`. There is `issuedAt`, `issued_at` and `created`, which Qlik does not read.',
    ['cloud-unread-claims'],
  ],
  ['cloud-not-before-missing', { claims: { nbf: undefined } }, 'The payload has no `nbf`.'],
  [
    'cloud-not-before-missing',
    { claims: { nbf: undefined, notBefore: 1, not_before: 1, validFrom: 1 } },
    'The payload has no `nbf`. There is `notBefore`, `not_before` and `validFrom`, which Qlik does not read.',
    ['cloud-unread-claims'],
  ],
  ['cloud-expiry-missing', { claims: { exp: undefined } }, 'The payload has no `exp`.'],
  [
    'cloud-expiry-missing',
    { claims: { exp: undefined, expires: 1, expiresIn: 1, expiry: 1 } },
    'The payload has no `exp`. There is `expires`, `expiresIn` and `expiry`, which Qlik does not read.',
    ['cloud-unread-claims'],
  ],
  ['cloud-time-type', { claims: { exp: String(testNow + 55) } }, '`exp` is a string.'],
  ['cloud-time-type', { claims: { iat: -1 } }, '`iat` is not a timestamp.'],
  ['cloud-time-type', { claims: { nbf: null } }, '`nbf` is not a timestamp.'],
  [
    'cloud-time-type',
    { claims: { iat: `${testNow}`, nbf: -1, exp: null } },
    '`iat` is a string. `nbf` is not a timestamp. `exp` is not a timestamp.',
  ],
  [
    'cloud-time-in-milliseconds',
    { claims: { exp: (testNow + 55) * 1000 } },
    '`exp` would be thousands of years from now.',
    ['cloud-validity-window'],
  ],
  [
    'cloud-time-in-milliseconds',
    { claims: { nbf: testNow * 1000, exp: testNow * 1000 + 60_000 } },
    '`nbf` and `exp` would be thousands of years from now.',
    ['cloud-not-yet-valid', 'cloud-validity-window', 'cloud-not-before-after-issue'],
  ],
  [
    'cloud-time-in-milliseconds',
    { claims: { exp: testNow * 100 + 1 } },
    '`exp` would be thousands of years from now.',
    ['cloud-validity-window'],
  ],
  [
    'cloud-time-order',
    { claims: { nbf: testNow - 5, exp: testNow - 5 } },
    '`exp` is not after `nbf`.',
    ['cloud-clock-tolerance'],
  ],
  [
    'cloud-time-order',
    { claims: { exp: testNow - 5 } },
    '`exp` is not after `nbf`.',
    ['cloud-clock-tolerance'],
  ],
  [
    'cloud-validity-window',
    { claims: { exp: testNow - 5 + 3601 } },
    'From `nbf` to `exp` it is 1 hour and 1 second.',
  ],
  [
    'cloud-validity-window',
    { claims: { exp: testNow + 7200 } },
    'From `nbf` to `exp` it is 2 hours and 5 seconds.',
  ],
  [
    'cloud-expired',
    { claims: { iat: testNow - 180, nbf: testNow - 180, exp: testNow - 60 } },
    'It expired 1 minute ago.',
  ],
  [
    'cloud-expired',
    {
      claims: { iat: testNow - 60, nbf: testNow - 60, exp: testNow },
      options: { clockToleranceSeconds: 0 },
    },
    'It expired now.',
  ],
  [
    'cloud-expired',
    { claims: { iat: testNow - 100, nbf: testNow - 100, exp: testNow - 60 } },
    'It expired 1 minute ago.',
  ],
  [
    'cloud-not-yet-valid',
    { claims: { nbf: testNow + 61, exp: testNow + 120 } },
    'It becomes valid in 1 minute and 1 second.',
    ['cloud-not-before-after-issue'],
  ],
  [
    'cloud-not-yet-valid',
    { claims: { nbf: testNow + 61, exp: testNow + 99 } },
    'It becomes valid in 1 minute and 1 second.',
    ['cloud-not-before-after-issue'],
  ],
  [
    'cloud-clock-tolerance',
    { claims: { iat: testNow - 60, nbf: testNow - 60, exp: testNow - 1 } },
    'It expired 1 second ago.',
  ],
  [
    'cloud-clock-tolerance',
    { claims: { nbf: testNow + 1 } },
    'It becomes valid in 1 second.',
    ['cloud-not-before-after-issue'],
  ],
  [
    'cloud-clock-tolerance',
    { claims: { nbf: testNow + 60, exp: testNow + 99 } },
    'It becomes valid in 1 minute.',
    ['cloud-not-before-after-issue'],
  ],
  ['cloud-clock-tolerance', { claims: { exp: testNow } }, 'It expired now.'],
  ['cloud-clock-tolerance', { claims: { exp: testNow - 4 } }, 'It expired 4 seconds ago.'],
  ['cloud-issued-in-future', { claims: { iat: testNow + 1 } }, '`iat` is in 1 second.'],
  [
    'cloud-not-before-after-issue',
    { claims: { iat: testNow - 10, nbf: testNow - 9 } },
    '`nbf` is 1 second after `iat`.',
  ],
  [
    'cloud-not-before-after-issue',
    { claims: { iat: testNow - 30, nbf: testNow - 29 } },
    '`nbf` is 1 second after `iat`.',
  ],
  [
    'cloud-group-for-groups',
    { claims: { groups: undefined, group: ['sales'] } },
    'The payload has `group` and no `groups`.',
  ],
  [
    'cloud-group-for-groups',
    { claims: { groups: undefined, roles: 'sales' } },
    'The payload has `roles` and no `groups`.',
  ],
  [
    'cloud-group-for-groups',
    {
      claims: {
        groups: undefined,
        group: 'a',
        Group: [],
        Groups: [],
        GROUPS: [],
        roles: [],
        role: 'a',
        memberOf: [],
        member_of: [],
      },
    },
    'The payload has `group`, `Group`, `Groups`, `GROUPS`, `roles`, `role`, `memberOf` and `member_of` and no `groups`.',
  ],
  ['cloud-groups-type', { claims: { groups: 'sales' } }, 'It is a string.'],
  ['cloud-groups-type', { claims: { groups: ['sales', 1] } }, 'It holds a number.'],
  ['cloud-groups-type', { claims: { groups: ['sales', 7] } }, 'It holds a number.'],
  ['cloud-group-name', { claims: { groups: [''] } }, 'One is empty.'],
  ['cloud-group-name', { claims: { groups: ['sales', ' '] } }, 'One is empty.'],
  [
    'cloud-group-name',
    { claims: { groups: ['g'.repeat(257)] } },
    'The longest has 257 characters.',
  ],
  ['cloud-group-name', { claims: { groups: [' '] } }, 'One is empty.'],
  [
    'cloud-group-name',
    { claims: { groups: ['a', 'g'.repeat(257)] } },
    'The longest has 257 characters.',
  ],
  ...[
    ['3f1c1a52-8f5e-4a51-9d2e-6f0b3a7c9d10', 'is a GUID'],
    ['S-1-5-21-3623811015-3361044348-30300820-1013', 'is a security identifier (SID) of Windows'],
    ['CN=Sales,OU=Groups,DC=acme,DC=example', 'is a distinguished name of a directory'],
    ['/Sales', 'is a path: it begins with a slash'],
    ['Sales,Finance', 'looks like several names in one string'],
    ['Sales; Finance', 'looks like several names in one string'],
    [' Sales', 'has white space around it'],
  ].map(([group, problem]): (typeof breaches)[number] => [
    'cloud-group-form',
    { claims: { groups: ['sales', group] } },
    `One ${problem}.`,
  ]),
  ['cloud-groups-empty', { claims: { groups: [] } }, 'The user is in no group after this login.'],
  ['cloud-unread-claims', { claims: { role: 'TenantAdmin' } }, 'Not read: `role`.'],
  ['cloud-unread-claims', { claims: { anything: 1 } }, 'Not read: 1 claim.'],
  ['cloud-unread-claims', { claims: { kid: 'acme-1' } }, 'Not read: 1 claim.'],
  ['cloud-unread-claims', { claims: { role: 'a' } }, 'Not read: `role`.'],
  ['cloud-unread-claims', { claims: { mine: 1, theirs: 2 } }, 'Not read: 2 claims.'],
  [
    'cloud-unread-claims',
    { claims: { locale: 'en', mine: 1, theirs: 2 } },
    'Not read: `locale` and 2 others.',
  ],
  ['cloud-unread-claims', { claims: { mine: 1 } }, 'Not read: 1 claim.'],
  [
    'cloud-unread-claims',
    { claims: { picture: 'a', locale: 'en', mine: 1 } },
    'Not read: `picture`, `locale` and 1 other.',
  ],
]

async function check({ header = {}, claims = {}, options = {} }: Change, signer = key) {
  const token = await signer.sign(
    { ...goodCloudHeader, ...header },
    { ...goodCloudClaims, ...claims },
  )
  const { key: changed = {}, ...others } = options
  const trusted = { ...key.jwk, ...(changed as object) }
  return (await checkToken(token, tenant, { at, key: trusted, ...others })).findings
}

describe('the rules of Qlik Cloud', () => {
  it('say nothing of a good token, whether it has groups or not', async () => {
    expect(await check({})).toEqual([])
    const token = await key.sign(goodCloudHeader, withoutGroups)
    expect((await checkToken(token, tenant, { at, key: key.jwk })).findings).toEqual([])
  })

  it.each(
    breaches.map(([id, change, detail, also = []], index) => ({ id, change, detail, also, index })),
  )('name $id ($index), and no other', async ({ id, change, detail, also }) => {
    const findings = await check(change)
    expect(findings.find((one) => one.id === id)?.detail).toBe(detail)
    expect(findings.map((one) => one.id).sort()).toEqual([id, ...also].sort())
    for (const finding of findings) expect(finding.detail).toMatch(/^[A-Z`].*\.$/)
  })

  it('are each broken above', () => {
    expect([...new Set(breaches.map(([id]) => id))].sort()).toEqual(
      cloudRules.map(({ id }) => id).sort(),
    )
  })

  it('accept what is just within the limits', async () => {
    for (const within of [
      { claims: { exp: testNow - 5 + 3600 } },
      { claims: { jti: 'j'.repeat(22) } },
      { claims: { groups: ['g'.repeat(256)] } },
      { claims: { iat: testNow - 59, nbf: testNow - 59, exp: testNow + 1 } },
      { claims: { nbf: testNow } },
      { claims: { sub: 'auth0|a08D000001C6YtJIAV' } },
      { claims: { sub: 'customer-4912345678' } },
      { claims: { groups: ['Sales, EMEA'.replace(', ', ' '), 'R&D', 'a/b'] } },
      { options: { earlier: [{ ...goodCloudClaims, iss: 'other.example' }] } },
      { options: { earlier: [{ ...goodCloudClaims, jti: 'another' }] } },
    ])
      expect(await check(within), JSON.stringify(within)).toEqual([])
  })

  it('compare addresses without case, and no ID where there is none', async () => {
    const other = { ...goodCloudClaims, sub: 'acme|7', name: 'Grace', jti: 'x' }
    const idsWith = async (claims: object, earlier: object) =>
      (await check({ claims, options: { earlier: [earlier as Record<string, unknown>] } })).map(
        ({ id }) => id,
      )
    expect(await idsWith({}, { ...other, email: 'Ada@ACME.example' })).toEqual([
      'cloud-email-reused',
    ])
    expect(await idsWith({ email: 'ADA@acme.example' }, other)).toEqual(['cloud-email-reused'])
    expect(await idsWith({}, { ...other, email: 'grace@acme.example' })).toEqual([])
    expect(await idsWith({}, { ...other, email: 7 })).toEqual([])
    expect(await idsWith({ jti: undefined }, { iss: 'acme.example' })).toEqual([
      'cloud-token-id-missing',
    ])
  })

  it('name a time zone where a timestamp is off by its difference', async () => {
    const shifted = async (hours: number) => {
      const [iat, nbf, exp] = [testNow, testNow - 5, testNow + 55].map((at) => at + hours * 3600)
      const findings = await check({ claims: { iat, nbf, exp } })
      return findings.map(({ id, detail, hint }) => `${id}: ${detail} ${hint}`).join(' ')
    }
    for (const hours of [2, -3, 5.5, -11]) {
      const said = await shifted(hours)
      expect(said, String(hours)).toMatch(hours > 0 ? /^cloud-not-yet-valid/ : /^cloud-expired/)
      expect(said).toMatch(/That is [^.]* UTC, the difference of a time zone\./)
      expect(said).toContain('written as local time: use UTC')
      expect(said).not.toContain('et the clock')
    }
    for (const hours of [1.25, -0.2, 15]) expect(await shifted(hours)).toContain('et the clock')
    const byLibrary = await check({ claims: { nbf: undefined, exp: testNow - 3 * 3600 } })
    expect(byLibrary.find(({ id }) => id === 'cloud-expired')?.hint).toContain('use UTC')
  })

  it('take the identity provider’s clock tolerance when it is known', async () => {
    const ahead = { nbf: testNow + 5, iat: testNow + 5 }
    expect(await check({ claims: ahead, options: { clockToleranceSeconds: 5 } })).toEqual([])
    const findings = await check({ claims: ahead, options: { clockToleranceSeconds: 4 } })
    expect(findings.map(({ id }) => id)).toEqual(['cloud-not-yet-valid', 'cloud-issued-in-future'])
  })

  it('name a signature of another key, and a missing key', async () => {
    const wrong = await check({}, otherKey)
    expect(wrong.map(({ id }) => id)).toEqual(['signature-mismatch'])
    const token = await key.sign(goodCloudHeader, goodCloudClaims)
    const { findings } = await checkToken(token, tenant, { at })
    expect(findings.map(({ id }) => id)).toEqual(['signature-not-checked'])
  })

  it('say how a text differs, and show the expected one alone', async () => {
    const detailOf = async (claims: object) => (await check({ claims }))[0]?.detail
    const tells = 'The tenant trusts "acme.example". In the token'
    expect(await detailOf({ iss: 'ACME.example' })).toBe(
      `${tells} it differs in upper and lower case.`,
    )
    expect(await detailOf({ iss: 'acme.example/' })).toBe(
      `${tells} it differs by a slash at the end.`,
    )
    expect(await detailOf({ iss: ' acme.example' })).toBe(`${tells} it has white space around it.`)
    expect(await detailOf({ iss: 'https://acme.example' })).toBe(
      `${tells} it differs by the https:// in front.`,
    )
    expect(await detailOf({ iss: 'secret' })).toBe(`${tells} it is a different string.`)
    expect(await detailOf({ email_verified: undefined, emailVerified: true })).toBe(
      'The payload has no `email_verified`. There is `emailVerified`, which Qlik does not read.',
    )
  })
})
