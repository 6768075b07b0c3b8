import { describe, expect, it } from 'vitest'
import { textToBase64url } from '../../base64url.ts'
import { checkToken } from '../../check.ts'
import type { ClientManagedDeployment } from '../../client-managed.ts'
import {
  goodClientManagedClaims,
  goodClientManagedHeader,
  testNow,
  testServer,
} from '../tokens.fixture.ts'

const at = new Date(testNow * 1000)

interface Change {
  header?: object
  claims?: object
  deployment?: object
}

/** What is said of a token, word for word: it is all that a person has to go by. */
const words: [id: string, change: Change, detail: string][] = [
  ['client-managed-algorithm', { header: { alg: undefined } }, 'The header has no `alg`.'],
  ['client-managed-algorithm', { header: { alg: 5 } }, '`alg` is no text.'],
  [
    'client-managed-algorithm',
    { header: { alg: ' None' } },
    '`alg` is none: the token is not signed.',
  ],
  ['client-managed-algorithm', { header: { alg: 'HS256' } }, 'It uses a shared secret (HMAC).'],
  ['client-managed-algorithm', { header: { alg: 'es384' } }, 'It uses an elliptic curve (ECDSA).'],
  ['client-managed-algorithm', { header: { alg: 'PS512' } }, 'It uses RSA with PSS padding.'],
  ['client-managed-algorithm', { header: { alg: 'EdDSA' } }, 'It uses an Edwards curve.'],
  [
    'client-managed-algorithm',
    { header: { alg: 'RS256x' } },
    '`alg` is none of the three, letter for letter.',
  ],
  [
    'client-managed-algorithm',
    { header: { alg: 'xRS256' } },
    '`alg` is none of the three, letter for letter.',
  ],
  [
    'client-managed-algorithm',
    { header: { alg: 'xHS256' } },
    '`alg` is none of the three, letter for letter.',
  ],
  [
    'client-managed-algorithm-not-configured',
    { header: { alg: 'RS512' }, deployment: { algorithms: ['RS256', 'RS384'] } },
    '`alg` is RS512; the deployment has RS256, RS384.',
  ],
  [
    'client-managed-made-for-cloud',
    { claims: { userId: undefined, aud: 'qlik.api/login/jwt-session' } },
    '`aud` is Qlik Cloud’s login.',
  ],
  [
    'client-managed-user-id-missing',
    { claims: { userId: undefined } },
    'The payload has no `userId`.',
  ],
  [
    'client-managed-user-id-missing',
    {
      claims: {
        userId: undefined,
        userid: 1,
        UserId: 1,
        userID: 1,
        UserID: 1,
        user: 1,
        User: 1,
        uid: 1,
        sub: 1,
      },
    },
    'The payload has no `userId`. There is `userid`, `UserId`, `userID`, `UserID`, `user`, `User`, `uid` and `sub` in its place.',
  ],
  ['client-managed-user-id-missing', { claims: { userId: ' ' } }, '`userId` is empty.'],
  [
    'client-managed-user-directory-missing',
    { claims: { userDirectory: undefined } },
    'The payload has no `userDirectory`.',
  ],
  [
    'client-managed-user-directory-missing',
    {
      claims: {
        userDirectory: undefined,
        userdirectory: 1,
        UserDirectory: 1,
        directory: 1,
        Directory: 1,
        userDir: 1,
      },
    },
    'The payload has no `userDirectory`. There is `userdirectory`, `UserDirectory`, `directory`, `Directory` and `userDir` in its place.',
  ],
  [
    'client-managed-user-directory-missing',
    { claims: { userDirectory: '' } },
    '`userDirectory` is empty.',
  ],
  [
    'client-managed-user-id-missing',
    { claims: { userId: undefined, userDirectory: undefined, user: 'ada', directory: 'ACME' } },
    'The payload has no `userId`. There is `user` in its place. This is what the example of enigma.js (sense-using-jwt) makes: `user` and `directory`.',
  ],
  [
    'client-managed-user-directory-missing',
    { claims: { userId: undefined, userDirectory: undefined, user: 'ada', directory: 'ACME' } },
    'The payload has no `userDirectory`. There is `directory` in its place. This is what the example of enigma.js (sense-using-jwt) makes: `user` and `directory`.',
  ],
  [
    'client-managed-user-id-missing',
    {
      claims: { userId: undefined, userDirectory: undefined, userid: 'ada', userdirectory: 'ACME' },
    },
    'The payload has no `userId`. There is `userid` in its place. This is what create_jwt_client_managed.js of withdave/qlik makes: `userid` and `userdirectory`.',
  ],
  [
    'client-managed-user-directory-missing',
    {
      claims: { userId: undefined, userDirectory: undefined, userid: 'ada', userdirectory: 'ACME' },
    },
    'The payload has no `userDirectory`. There is `userdirectory` in its place. This is what create_jwt_client_managed.js of withdave/qlik makes: `userid` and `userdirectory`.',
  ],
  [
    'client-managed-user-id-missing',
    { claims: { userId: undefined, user: 'ada' } },
    'The payload has no `userId`. There is `user` in its place.',
  ],
  [
    'client-managed-user-type',
    { claims: { userId: 42, userDirectory: ['ACME'] } },
    '`userId` is a number. `userDirectory` is a list.',
  ],
  [
    'client-managed-user-directory-differs',
    { claims: { userDirectory: 'OTHER' } },
    'The deployment has "ACME". In the token it is another text.',
  ],
  [
    'client-managed-internal-directory',
    { claims: { userDirectory: ' internal' } },
    'The user directory is INTERNAL.',
  ],
  [
    'client-managed-audience',
    { claims: { aud: undefined } },
    'The virtual proxy demands "sense.acme.example", and the payload has no `aud`.',
  ],
  [
    'client-managed-audience',
    { claims: { aud: ['sense.acme.example', 'x'] } },
    'The virtual proxy demands "sense.acme.example"; `aud` names others beside it.',
  ],
  [
    'client-managed-audience',
    { claims: { aud: [] } },
    'The virtual proxy demands "sense.acme.example". In the token it is a list.',
  ],
  [
    'client-managed-audience',
    { claims: { aud: 'other' } },
    'The virtual proxy demands "sense.acme.example". In the token it is another text.',
  ],
  [
    'client-managed-audience-unasked',
    { deployment: { audience: undefined } },
    'The payload has `aud`.',
  ],
  [
    'client-managed-expiry-missing',
    { claims: { exp: undefined, userId: undefined, dept: undefined } },
    'The payload has no `exp`. The page of jackBrioschi/JWT_Iframe_QSEoW has a token pasted into it, which therefore has to last.',
  ],
  [
    'client-managed-expiry-missing',
    { claims: { exp: undefined } },
    'The payload has no `exp`. This is what the example of enigma.js or goldbergjeffrey/qs-jwt-examples makes: no `exp`. The page of jackBrioschi/JWT_Iframe_QSEoW has a token pasted into it, which therefore has to last.',
  ],
  [
    'client-managed-long-life',
    { claims: { nbf: undefined, exp: testNow + 86_400 } },
    'It is valid for 1 day. ctrl-q takes such a token on its command line and shows it in its debug log.',
  ],
  [
    'client-managed-long-life',
    { claims: { exp: testNow + 90_000 } },
    'It is valid for 1 day and 1 hour. ctrl-q takes such a token on its command line and shows it in its debug log.',
  ],
  [
    'client-managed-time-type',
    { claims: { iat: `${testNow}`, nbf: -1, exp: null } },
    '`iat` is a text. `nbf` is no time. `exp` is no time.',
  ],
  [
    'client-managed-time-in-milliseconds',
    { claims: { iat: testNow * 1000, nbf: testNow * 1000, exp: testNow * 1000 } },
    '`iat`, `nbf` and `exp` would be thousands of years from now.',
  ],
  ['client-managed-time-order', { claims: { exp: testNow - 5 } }, '`exp` is not after `nbf`.'],
  [
    'client-managed-expired',
    { claims: { iat: testNow - 100, nbf: testNow - 100, exp: testNow - 60 } },
    'It ended 1 minute ago.',
  ],
  [
    'client-managed-not-yet-valid',
    { claims: { nbf: testNow + 61, exp: testNow + 99 } },
    'It begins in 1 minute and 1 second.',
  ],
  ['client-managed-clock-tolerance', { claims: { exp: testNow } }, 'It ended now.'],
  ['client-managed-issued-in-future', { claims: { iat: testNow + 2 } }, '`iat` is in 2 seconds.'],
  [
    'client-managed-group-name',
    { claims: { group: undefined, Group: 1, groups: 1, Groups: 1, roles: 1, memberOf: 1 } },
    'The payload has `Group`, `groups`, `Groups`, `roles` and `memberOf`, and the deployment has `group`.',
  ],
  [
    'client-managed-mapped-claim-missing',
    { claims: { group: undefined, dept: undefined } },
    'The payload has no `group` and no `dept`.',
  ],
  [
    'client-managed-attribute-type',
    { claims: { group: ['a', 1], dept: null } },
    '`group` is a list of other things. `dept` is null.',
  ],
  [
    'client-managed-semicolon',
    { claims: { group: ['a', 'b;c'], dept: ';' } },
    'There is one in `group` and `dept`.',
  ],
  [
    'client-managed-unmapped-claims',
    { claims: { email: 'a', mine: 1 } },
    'Not mapped: `email` and 1 other.',
  ],
  [
    'client-managed-unmapped-claims',
    { claims: { email: 'a', name: 'a' } },
    'Not mapped: `name` and `email`.',
  ],
  ['client-managed-unmapped-claims', { claims: { mine: 1 } }, 'Not mapped: 1 claim.'],
  ['client-managed-unmapped-claims', { claims: { user: 'ada' } }, 'Not mapped: 1 claim.'],
]

describe('what is said of a token for client-managed Qlik', () => {
  it.each(words.map(([id, change, detail], index) => ({ id, change, detail, index })))(
    'by $id ($index)',
    async ({ id, change, detail }) => {
      const header = JSON.stringify({ ...goodClientManagedHeader, ...change.header })
      const claims = JSON.stringify({ ...goodClientManagedClaims, dept: 'R&D', ...change.claims })
      const token = `${textToBase64url(header)}.${textToBase64url(claims)}.AAAA`
      const deployment = { ...testServer, ...change.deployment } as ClientManagedDeployment
      const findings = await checkToken(token, deployment, { at })
      expect(findings.find((finding) => finding.id === id)?.detail).toBe(detail)
    },
  )
})
