import { describe, expect, it } from 'vitest'
import { textToBase64url } from '../../base64url.ts'
import { checkToken } from '../../check.ts'
import { cloud } from '../../deployment.ts'
import { goodCloudClaims, goodCloudHeader, testNow } from '../tokens.fixture.ts'

const deployment = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const at = new Date(testNow * 1000)

interface Change {
  header?: object
  claims?: object
}

/** What is said of a token, word for word: it is all that a person has to go by. */
const words: [id: string, change: Change, detail: string][] = [
  ['cloud-algorithm-hmac', { header: { alg: 'HS256' } }, '`alg` begins with HS.'],
  ['cloud-algorithm-none', { header: { alg: 'none ' } }, '`alg` is none.'],
  ['cloud-algorithm-none', { header: { alg: '' } }, '`alg` is empty.'],
  ['cloud-algorithm-none', { header: { alg: undefined } }, 'The header has no `alg`.'],
  ['cloud-algorithm-none', { header: { alg: 7 } }, '`alg` is no text.'],
  ['cloud-algorithm-other', { header: { alg: 'PS256' } }, '`alg` is PS256.'],
  ['cloud-algorithm-other', { header: { alg: 'rs256' } }, '`alg` is not RS256, letter for letter.'],
  [
    'cloud-algorithm-other',
    { header: { alg: 'XHS256' } },
    '`alg` is not RS256, letter for letter.',
  ],
  [
    'cloud-algorithm-other',
    { header: { alg: 'HS256x' } },
    '`alg` is not RS256, letter for letter.',
  ],
  [
    'cloud-key-id-missing',
    { header: { kid: undefined } },
    'There is no `kid` among the header’s members.',
  ],
  ['cloud-key-id-missing', { header: { kid: '' } }, '`kid` is empty.'],
  ['cloud-key-id-missing', { header: { kid: null } }, '`kid` is null, not a text.'],
  ['cloud-key-id-missing', { header: { kid: true } }, '`kid` is true or false, not a text.'],
  ['cloud-key-id-missing', { header: { kid: {} } }, '`kid` is an object, not a text.'],
  [
    'cloud-key-id-in-payload',
    { header: { kid: undefined }, claims: { kid: 'a', keyid: 'a' } },
    'The payload has `kid` and `keyid`, and the header has no `kid`.',
  ],
  ['cloud-issuer', { claims: { iss: undefined } }, 'The payload has no `iss`.'],
  [
    'cloud-issuer',
    { claims: { iss: 'ACME.example' } },
    'The tenant trusts "acme.example". In the token it differs in upper and lower case.',
  ],
  [
    'cloud-issuer',
    { claims: { iss: ['acme.example'] } },
    'The tenant trusts "acme.example". In the token it is a list.',
  ],
  [
    'cloud-issuer',
    { claims: { iss: ' ' } },
    'The tenant trusts "acme.example". In the token it is another text.',
  ],
  [
    'cloud-issuer',
    { claims: { iss: 'acme.example/a' } },
    'The tenant trusts "acme.example". In the token it is another text.',
  ],
  [
    'cloud-issuer',
    { claims: { iss: 'xhttps://acme.example' } },
    'The tenant trusts "acme.example". In the token it is another text.',
  ],
  ['cloud-audience', { claims: { aud: undefined } }, 'The payload has no `aud`.'],
  [
    'cloud-audience',
    { claims: { aud: 'https://acme.eu.qlikcloud.com/' } },
    '`aud` is the tenant’s address.',
  ],
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
  ['cloud-audience', { claims: { aud: [] } }, '`aud` is wrong: it is a list.'],
  [
    'cloud-audience-list',
    { claims: { aud: ['qlik.api/login/jwt-session'] } },
    '`aud` is a list with the right audience alone.',
  ],
  [
    'cloud-made-for-client-managed',
    { claims: { sub: undefined, userId: 'a', UserDirectory: 'b', directory: 'c' } },
    'It has `UserDirectory` and `directory`, and no `sub`.',
  ],
  ['cloud-subject-missing', { claims: { sub: undefined } }, 'The payload has no `sub`.'],
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
  ],
  ['cloud-subject-missing', { claims: { sub: ' ' } }, '`sub` is empty.'],
  ['cloud-subject-missing', { claims: { sub: 42 } }, '`sub` is no text.'],
  [
    'cloud-subject-type-missing',
    { claims: { subType: undefined, subtype: 'user', sub_type: 'user', SubType: 'user' } },
    'The payload has no `subType`. There is `subtype`, `sub_type` and `SubType`, which Qlik does not read.',
  ],
  ['cloud-subject-type', { claims: { subType: 'User' } }, '`subType` is not user.'],
  [
    'cloud-random-subject',
    { claims: { sub: 'A1'.repeat(16) } },
    '`sub` has the form of something drawn by chance.',
  ],
  [
    'cloud-random-subject',
    { claims: { sub: '0f'.repeat(16) } },
    '`sub` has the form of something drawn by chance.',
  ],
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
  ],
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
  ],
  ['cloud-email-form', { claims: { email: 'ada @acme.example' } }, '`email` has a blank in it.'],
  [
    'cloud-email-form',
    { claims: { email: 'ada' } },
    '`email` has not one @ with something on each side.',
  ],
  [
    'cloud-email-form',
    { claims: { email: 'a@b@c' } },
    '`email` has not one @ with something on each side.',
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
  ],
  ['cloud-email-verified-type', { claims: { email_verified: 'true' } }, 'It is a text.'],
  ['cloud-email-verified-type', { claims: { email_verified: 1 } }, 'It is a number.'],
  ['cloud-email-verified-type', { claims: { email_verified: null } }, 'It is null.'],
  ['cloud-email-verified-type', { claims: { email_verified: ' ' } }, 'It is an empty text.'],
  ['cloud-email-unverified', { claims: { email_verified: false } }, '`email_verified` is false.'],
  [
    'cloud-email-trusted-blindly',
    { claims: { sub: 'BackendApp|1' } },
    '`sub` has the form that this proxy gives it. This is what qlikcloud-jwt-proxy (goldbergjeffrey, ahervy) makes: `email_verified: true` for everybody.',
  ],
  [
    'cloud-token-id-missing',
    { claims: { jti: undefined, id: 1, jwtid: 1, tokenId: 1, nonce: 1, uid: 1 } },
    'The payload has no `jti`. There is `id`, `jwtid`, `tokenId`, `nonce` and `uid`, which Qlik does not read.',
  ],
  ['cloud-token-id-type', { claims: { jti: ['a'] } }, '`jti` is a list.'],
  [
    'cloud-token-id-type',
    { claims: { jti: 1.5 } },
    '`jti` is a number that is not whole, or beyond 2^53 - 1.',
  ],
  ['cloud-token-id-number', { claims: { jti: 17 } }, '`jti` is a whole number.'],
  ['cloud-token-id-short', { claims: { jti: 'j'.repeat(21) } }, '`jti` has 21 characters.'],
  [
    'cloud-issued-at-missing',
    { claims: { iat: undefined, issuedAt: 1, issued_at: 1, created: 1 } },
    'The payload has no `iat`. There is `issuedAt`, `issued_at` and `created`, which Qlik does not read.',
  ],
  [
    'cloud-not-before-missing',
    { claims: { nbf: undefined, notBefore: 1, not_before: 1, validFrom: 1 } },
    'The payload has no `nbf`. There is `notBefore`, `not_before` and `validFrom`, which Qlik does not read.',
  ],
  [
    'cloud-expiry-missing',
    { claims: { exp: undefined, expires: 1, expiresIn: 1, expiry: 1 } },
    'The payload has no `exp`. There is `expires`, `expiresIn` and `expiry`, which Qlik does not read.',
  ],
  [
    'cloud-time-type',
    { claims: { iat: `${testNow}`, nbf: -1, exp: null } },
    '`iat` is a text. `nbf` is no time. `exp` is no time.',
  ],
  [
    'cloud-time-in-milliseconds',
    { claims: { nbf: testNow * 1000, exp: testNow * 1000 + 60_000 } },
    '`nbf` and `exp` would be thousands of years from now.',
  ],
  [
    'cloud-time-in-milliseconds',
    { claims: { exp: testNow * 100 + 1 } },
    '`exp` would be thousands of years from now.',
  ],
  ['cloud-time-order', { claims: { exp: testNow - 5 } }, '`exp` is not after `nbf`.'],
  [
    'cloud-validity-window',
    { claims: { exp: testNow + 7200 } },
    'From `nbf` to `exp` it is 2 hours and 5 seconds.',
  ],
  [
    'cloud-expired',
    { claims: { iat: testNow - 100, nbf: testNow - 100, exp: testNow - 60 } },
    'It ended 1 minute ago.',
  ],
  [
    'cloud-not-yet-valid',
    { claims: { nbf: testNow + 61, exp: testNow + 99 } },
    'It begins in 1 minute and 1 second.',
  ],
  [
    'cloud-clock-tolerance',
    { claims: { nbf: testNow + 60, exp: testNow + 99 } },
    'It begins in 1 minute.',
  ],
  ['cloud-clock-tolerance', { claims: { exp: testNow } }, 'It ended now.'],
  ['cloud-clock-tolerance', { claims: { exp: testNow - 4 } }, 'It ended 4 seconds ago.'],
  ['cloud-issued-in-future', { claims: { iat: testNow + 1 } }, '`iat` is in 1 second.'],
  [
    'cloud-not-before-after-issue',
    { claims: { iat: testNow - 30, nbf: testNow - 29 } },
    '`nbf` is 1 second after `iat`.',
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
  ['cloud-groups-type', { claims: { groups: 'sales' } }, 'It is a text.'],
  ['cloud-groups-type', { claims: { groups: ['sales', 7] } }, 'It holds a number.'],
  ['cloud-group-name', { claims: { groups: [' '] } }, 'One is empty.'],
  [
    'cloud-group-name',
    { claims: { groups: ['a', 'g'.repeat(257)] } },
    'The longest has 257 characters.',
  ],
  ['cloud-groups-empty', { claims: { groups: [] } }, 'The user is in no group after this login.'],
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

describe('what is said of a token for Qlik Cloud', () => {
  it.each(words.map(([id, change, detail], index) => ({ id, change, detail, index })))(
    'by $id ($index)',
    async ({ id, change, detail }) => {
      const header = JSON.stringify({ ...goodCloudHeader, ...change.header })
      const claims = JSON.stringify({ ...goodCloudClaims, ...change.claims })
      const token = `${textToBase64url(header)}.${textToBase64url(claims)}.AAAA`

      const findings = await checkToken(token, deployment, { at })
      expect(findings.find((finding) => finding.id === id)?.detail).toBe(detail)
    },
  )
})
