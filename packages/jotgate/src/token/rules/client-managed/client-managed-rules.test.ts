import { beforeAll, describe, expect, it } from 'vitest'
import { type CheckOptions, checkDeployment, checkToken } from '../../check.ts'
import type { ClientManagedDeployment } from '../../client-managed.ts'
import {
  goodClientManagedClaims,
  goodClientManagedHeader,
  makeTestKey,
  type TestKey,
  testNow,
  testServer,
} from '../tokens.fixture.ts'
import { clientManagedRules } from './index.ts'

const at = new Date(testNow * 1000)
const goodClaims = { ...goodClientManagedClaims, dept: 'R&D' }
let key: TestKey

beforeAll(async () => {
  key = await makeTestKey()
})

interface Change {
  header?: object
  claims?: object
  deployment?: object
  options?: CheckOptions
}

const named = (claims: object) => ({ claims: { ...testServer.claims, ...claims } })

/** Changes to a good token: the rule that each breaks, what is said word for word, and the other rules. */
const breaches: [id: string, change: Change, detail: string, also?: string[]][] = [
  ['client-managed-algorithm', { header: { alg: 'HS256' } }, 'It uses a shared secret (HMAC).'],
  ['client-managed-algorithm', { header: { alg: 'ES256' } }, 'It uses an elliptic curve (ECDSA).'],
  ['client-managed-algorithm', { header: { alg: 'PS512' } }, 'It uses RSA with PSS padding.'],
  ['client-managed-algorithm', { header: { alg: 'EdDSA' } }, 'It uses an Edwards curve.'],
  [
    'client-managed-algorithm',
    { header: { alg: 'none' } },
    '`alg` is none: the token is not signed.',
  ],
  ['client-managed-algorithm', { header: { alg: undefined } }, 'The header has no `alg`.'],
  [
    'client-managed-algorithm',
    { header: { alg: 'rs256' } },
    '`alg` is not exactly one of the three.',
  ],
  ['client-managed-algorithm', { header: { alg: 5 } }, '`alg` is not a string.'],
  [
    'client-managed-algorithm',
    { header: { alg: ' None' } },
    '`alg` is none: the token is not signed.',
  ],
  ['client-managed-algorithm', { header: { alg: 'es384' } }, 'It uses an elliptic curve (ECDSA).'],
  [
    'client-managed-algorithm',
    { header: { alg: 'RS256x' } },
    '`alg` is not exactly one of the three.',
  ],
  [
    'client-managed-algorithm',
    { header: { alg: 'xRS256' } },
    '`alg` is not exactly one of the three.',
  ],
  [
    'client-managed-algorithm',
    { header: { alg: 'xHS256' } },
    '`alg` is not exactly one of the three.',
  ],
  [
    'client-managed-algorithm-not-configured',
    { header: { alg: 'RS512' }, deployment: { algorithms: ['RS256'] } },
    '`alg` is RS512; the deployment has RS256.',
  ],
  [
    'client-managed-algorithm-not-configured',
    { header: { alg: 'RS512' }, deployment: { algorithms: ['RS256', 'RS384'] } },
    '`alg` is RS512; the deployment has RS256, RS384.',
  ],
  [
    'client-managed-reserved-name',
    { deployment: named({ groups: 'jti' }) },
    '`claims.groups` is `jti`.',
    ['client-managed-unmapped-claims'],
  ],
  [
    'client-managed-sub-as-name',
    { deployment: named({ userId: 'sub' }), claims: { sub: 'ada', userId: undefined } },
    '`claims.userId` is `sub`.',
  ],
  [
    'client-managed-made-for-cloud',
    {
      claims: { userId: undefined, sub: 'ada', aud: 'qlik.api/login/jwt-session' },
    },
    '`aud` is Qlik Cloud’s login.',
    ['client-managed-user-id-missing', 'client-managed-audience'],
  ],
  [
    'client-managed-made-for-cloud',
    { claims: { userId: undefined, aud: 'qlik.api/login/jwt-session' } },
    '`aud` is Qlik Cloud’s login.',
    ['client-managed-user-id-missing', 'client-managed-audience'],
  ],
  [
    'client-managed-user-id-missing',
    { claims: { userId: undefined, userid: 'ada' } },
    'The payload has no `userId`. There is `userid` instead.',
  ],
  ['client-managed-user-id-missing', { claims: { userId: '' } }, '`userId` is empty.'],
  ['client-managed-user-id-missing', { claims: { userId: ' \t' } }, '`userId` is empty.'],
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
    'The payload has no `userId`. There is `userid`, `UserId`, `userID`, `UserID`, `user`, `User`, `uid` and `sub` instead.',
  ],
  ['client-managed-user-id-missing', { claims: { userId: ' ' } }, '`userId` is empty.'],
  [
    'client-managed-user-id-missing',
    { claims: { userId: undefined, userDirectory: undefined, user: 'ada', directory: 'ACME' } },
    'The payload has no `userId`. There is `user` instead. This is what the example of enigma.js (sense-using-jwt) makes: `user` and `directory`.',
    ['client-managed-user-directory-missing'],
  ],
  [
    'client-managed-user-id-missing',
    {
      claims: { userId: undefined, userDirectory: undefined, userid: 'ada', userdirectory: 'ACME' },
    },
    'The payload has no `userId`. There is `userid` instead. This is what create_jwt_client_managed.js of withdave/qlik makes: `userid` and `userdirectory`.',
    ['client-managed-user-directory-missing'],
  ],
  [
    'client-managed-user-id-missing',
    { claims: { userId: undefined, user: 'ada' } },
    'The payload has no `userId`. There is `user` instead.',
  ],
  [
    'client-managed-user-directory-missing',
    { claims: { userDirectory: undefined, directory: 'ACME' } },
    'The payload has no `userDirectory`. There is `directory` instead.',
  ],
  [
    'client-managed-user-directory-missing',
    { claims: { userDirectory: '' } },
    '`userDirectory` is empty.',
  ],
  [
    'client-managed-user-directory-missing',
    { claims: { userDirectory: ' ' } },
    '`userDirectory` is empty.',
  ],
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
    'The payload has no `userDirectory`. There is `userdirectory`, `UserDirectory`, `directory`, `Directory` and `userDir` instead.',
  ],
  [
    'client-managed-user-directory-missing',
    { claims: { userId: undefined, userDirectory: undefined, user: 'ada', directory: 'ACME' } },
    'The payload has no `userDirectory`. There is `directory` instead. This is what the example of enigma.js (sense-using-jwt) makes: `user` and `directory`.',
    ['client-managed-user-id-missing'],
  ],
  [
    'client-managed-user-directory-missing',
    {
      claims: { userId: undefined, userDirectory: undefined, userid: 'ada', userdirectory: 'ACME' },
    },
    'The payload has no `userDirectory`. There is `userdirectory` instead. This is what create_jwt_client_managed.js of withdave/qlik makes: `userid` and `userdirectory`.',
    ['client-managed-user-id-missing'],
  ],
  ['client-managed-user-type', { claims: { userId: 42 } }, '`userId` is a number.'],
  [
    'client-managed-user-type',
    { claims: { userDirectory: ['ACME'] } },
    '`userDirectory` is an array.',
  ],
  [
    'client-managed-user-type',
    { claims: { userId: 42, userDirectory: ['ACME'] } },
    '`userId` is a number. `userDirectory` is an array.',
  ],
  [
    'client-managed-user-form',
    { claims: { userId: 'ada\u0007', userDirectory: 'ACME\ud800' } },
    '`userId` contains a control character. `userDirectory` contains half of a surrogate pair.',
  ],
  [
    'client-managed-user-form',
    { claims: { userDirectory: 'A'.repeat(256) } },
    '`userDirectory` is longer than 255 characters.',
  ],
  [
    'client-managed-user-id-form',
    { claims: { userId: 'ACME\\ada' } },
    '`userId` has a backslash in it.',
  ],
  [
    'client-managed-random-user-id',
    { claims: { userId: `guest-${testNow * 1000}` } },
    '`userId` has the time in it at which the token was made.',
  ],
  [
    'client-managed-random-user-id',
    { claims: { userId: '3f1c1a52-8f5e-4a51-9d2e-6f0b3a7c9d10' } },
    '`userId` has the form of something generated at random.',
  ],
  [
    'client-managed-user-directory-differs',
    { claims: { userDirectory: 'OTHER' } },
    'The deployment has "ACME". In the token it is a different string.',
  ],
  [
    'client-managed-internal-directory',
    { claims: { userDirectory: 'Internal' } },
    'The user directory is INTERNAL.',
    ['client-managed-user-directory-differs'],
  ],
  [
    'client-managed-internal-directory',
    { claims: { userDirectory: ' internal' } },
    'The user directory is INTERNAL.',
    ['client-managed-user-directory-differs'],
  ],
  [
    'client-managed-audience',
    { claims: { aud: undefined } },
    'The virtual proxy requires "sense.acme.example", and the payload has no `aud`.',
  ],
  [
    'client-managed-audience',
    { claims: { aud: 'Sense.acme.example' } },
    'The virtual proxy requires "sense.acme.example". In the token it differs in upper and lower case.',
  ],
  [
    'client-managed-audience',
    { claims: { aud: ['sense.acme.example', 'x'] } },
    'The virtual proxy requires "sense.acme.example"; `aud` names others beside it.',
  ],
  [
    'client-managed-audience',
    { claims: { aud: [] } },
    'The virtual proxy requires "sense.acme.example". In the token it is an array.',
  ],
  [
    'client-managed-audience',
    { claims: { aud: 'other' } },
    'The virtual proxy requires "sense.acme.example". In the token it is a different string.',
  ],
  [
    'client-managed-audience-unasked',
    { deployment: { audience: undefined } },
    'The payload has `aud`.',
  ],
  ['client-managed-expiry-missing', { claims: { exp: undefined } }, 'The payload has no `exp`.'],
  [
    'client-managed-expiry-missing',
    { claims: { exp: undefined, userId: undefined, dept: undefined } },
    'The payload has no `exp`.',
    ['client-managed-user-id-missing', 'client-managed-mapped-claim-missing'],
  ],
  ['client-managed-long-life', { claims: { exp: testNow - 5 + 86_400 } }, 'It is valid for 1 day.'],
  [
    'client-managed-long-life',
    { claims: { nbf: undefined, iat: undefined, exp: testNow + 86_400 } },
    'It is valid for 1 day.',
  ],
  [
    'client-managed-long-life',
    { claims: { nbf: undefined, exp: testNow + 86_400 } },
    'It is valid for 1 day.',
  ],
  [
    'client-managed-long-life',
    { claims: { exp: testNow + 90_000 } },
    'It is valid for 1 day and 1 hour.',
  ],
  ['client-managed-time-type', { claims: { exp: String(testNow) } }, '`exp` is a string.'],
  [
    'client-managed-time-type',
    { claims: { iat: `${testNow}`, nbf: -1, exp: null } },
    '`iat` is a string. `nbf` is not a timestamp. `exp` is not a timestamp.',
  ],
  [
    'client-managed-time-in-milliseconds',
    { claims: { exp: (testNow + 55) * 1000 } },
    '`exp` would be thousands of years from now.',
    ['client-managed-long-life'],
  ],
  [
    'client-managed-time-in-milliseconds',
    {
      claims: { nbf: testNow * 1000, exp: (testNow + 55) * 1000 },
    },
    '`nbf` and `exp` would be thousands of years from now.',
    ['client-managed-not-yet-valid'],
  ],
  [
    'client-managed-time-in-milliseconds',
    { claims: { iat: testNow * 1000, nbf: testNow * 1000, exp: testNow * 1000 } },
    '`iat`, `nbf` and `exp` would be thousands of years from now.',
    [
      'client-managed-time-order',
      'client-managed-not-yet-valid',
      'client-managed-issued-in-future',
    ],
  ],
  [
    'client-managed-semicolon',
    { claims: { userId: 'ada; UserDirectory=INTERNAL' } },
    'There is one in `userId`.',
  ],
  [
    'client-managed-semicolon',
    { claims: { group: ['sales', 'a;b'] } },
    'There is one in `group`.',
    ['client-managed-group-form'],
  ],
  [
    'client-managed-semicolon',
    { claims: { group: ['a', 'b;c'], dept: ';' } },
    'There is one in `group` and `dept`.',
    ['client-managed-group-form'],
  ],
  [
    'client-managed-time-order',
    { claims: { nbf: testNow - 5, exp: testNow - 6 } },
    '`exp` is not after `nbf`.',
    ['client-managed-clock-tolerance'],
  ],
  [
    'client-managed-time-order',
    { claims: { exp: testNow - 5 } },
    '`exp` is not after `nbf`.',
    ['client-managed-clock-tolerance'],
  ],
  [
    'client-managed-expired',
    { claims: { iat: testNow - 90, nbf: testNow - 90, exp: testNow - 60 } },
    'It expired 1 minute ago.',
  ],
  [
    'client-managed-expired',
    { claims: { iat: testNow - 100, nbf: testNow - 100, exp: testNow - 60 } },
    'It expired 1 minute ago.',
  ],
  [
    'client-managed-not-yet-valid',
    { claims: { nbf: testNow + 61, exp: testNow + 99 } },
    'It becomes valid in 1 minute and 1 second.',
  ],
  [
    'client-managed-clock-tolerance',
    { claims: { nbf: testNow + 60, exp: testNow + 99 } },
    'It becomes valid in 1 minute.',
  ],
  ['client-managed-clock-tolerance', { claims: { exp: testNow } }, 'It expired now.'],
  ['client-managed-issued-in-future', { claims: { iat: testNow + 1 } }, '`iat` is in 1 second.'],
  ['client-managed-issued-in-future', { claims: { iat: testNow + 2 } }, '`iat` is in 2 seconds.'],
  [
    'client-managed-group-name',
    { claims: { group: undefined, groups: ['sales'] } },
    'The payload has `groups`, and the deployment has `group`.',
  ],
  [
    'client-managed-group-name',
    { claims: { group: undefined, Group: 1, groups: 1, Groups: 1, roles: 1, memberOf: 1 } },
    'The payload has `Group`, `groups`, `Groups`, `roles` and `memberOf`, and the deployment has `group`.',
  ],
  [
    'client-managed-group-form',
    { claims: { group: 'Sales,Finance' } },
    'One looks like several names in one string.',
  ],
  [
    'client-managed-group-form',
    { claims: { group: ['sales', '/Sales'] } },
    'One is a path: it begins with a slash.',
  ],
  [
    'client-managed-mapped-claim-missing',
    { claims: { group: undefined } },
    'The payload has no `group`.',
  ],
  [
    'client-managed-mapped-claim-missing',
    { claims: { dept: undefined, group: undefined } },
    'The payload has no `group` and no `dept`.',
  ],
  [
    'client-managed-mapped-claim-missing',
    { claims: { group: undefined, dept: undefined } },
    'The payload has no `group` and no `dept`.',
  ],
  ['client-managed-attribute-type', { claims: { dept: 7 } }, '`dept` is a number.'],
  [
    'client-managed-attribute-type',
    { claims: { group: [{ name: 'sales' }] } },
    '`group` is a list of other things.',
  ],
  [
    'client-managed-attribute-type',
    { claims: { group: ['a', 1], dept: null } },
    '`group` is a list of other things. `dept` is null.',
  ],
  [
    'client-managed-unmapped-claims',
    { claims: { email: 'ada@acme.example' } },
    'Not mapped: `email`.',
  ],
  ['client-managed-unmapped-claims', { claims: { anything: 'x' } }, 'Not mapped: 1 claim.'],
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
  [
    'client-managed-key-not-named',
    { options: { key: undefined, jwks: { keys: [] } } },
    'The header’s `kid` is none of the key IDs in the set, or there is none.',
  ],
]

async function check({ header = {}, claims = {}, deployment = {}, options = {} }: Change) {
  const token = await key.sign(
    { ...goodClientManagedHeader, ...header },
    { ...goodClaims, ...claims },
  )
  const changed = { ...testServer, ...deployment } as ClientManagedDeployment
  const { findings } = await checkToken(token, changed, { at, key: key.jwk, ...options })
  return findings
}

describe('the rules of client-managed Qlik', () => {
  it('say nothing of a good token, by each of the three algorithms', async () => {
    for (const alg of ['RS256', 'RS384', 'RS512'])
      expect(await check({ header: { alg } })).toEqual([])
    expect(await check({ claims: { dept: ['R&D'], group: 'sales' } })).toEqual([])
    expect(await check({ claims: { exp: testNow - 5 + 86_399 } })).toEqual([])
    const deployment = { audience: undefined }
    expect(await check({ deployment, claims: { aud: undefined } })).toEqual([])
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
      clientManagedRules.map(({ id }) => id).sort(),
    )
  })

  it('read no user directory where the virtual proxy has a constant', async () => {
    const deployment = named({ userDirectory: '[ACME]' })
    expect(await check({ deployment, claims: { userDirectory: undefined } })).toEqual([])
    const [finding] = await check({ deployment })
    expect(finding?.id).toBe('client-managed-unmapped-claims')
  })

  it('find no claim that every object of JavaScript has', async () => {
    const deployment = named({ userId: 'constructor', groups: 'toString' })
    const ids = (await check({ deployment, claims: { userId: undefined } })).map(({ id }) => id)
    expect(ids).toContain('client-managed-user-id-missing')
    expect(ids).not.toContain('client-managed-attribute-type')
  })

  it('name a time zone where a timestamp is off by its difference', async () => {
    const [iat, nbf, exp] = [testNow, testNow - 5, testNow + 55].map((at) => at - 3 * 3600)
    const [finding] = await check({ claims: { iat, nbf, exp } })
    expect(finding).toMatchObject({
      id: 'client-managed-expired',
      hint: expect.stringContaining('written as local time: use UTC'),
    })
  })

  it('take the server’s clock tolerance when it is known', async () => {
    const ahead = { nbf: testNow + 5, iat: testNow + 5 }
    expect(await check({ claims: ahead, options: { clockToleranceSeconds: 5 } })).toEqual([])
    const findings = await check({ claims: ahead, options: { clockToleranceSeconds: 4 } })
    expect(findings.map(({ id }) => id)).toEqual([
      'client-managed-not-yet-valid',
      'client-managed-issued-in-future',
    ])
  })

  it('show the names that are there instead of the right one', async () => {
    const [finding] = await check({ claims: { userId: undefined, UserId: 'ada' } })
    expect(finding?.detail).toBe('The payload has no `userId`. There is `UserId` instead.')
  })

  it('name the claims of the mapping that are missing, and those alone', async () => {
    const detailOf = async (claims: object) => (await check({ claims }))[0]?.detail
    expect(await detailOf({ dept: undefined })).toBe('The payload has no `dept`.')
    expect(await detailOf({ dept: undefined, group: undefined })).toBe(
      'The payload has no `group` and no `dept`.',
    )
    // Of groups under another name, the rule for their name tells.
    expect(
      (await check({ claims: { group: undefined, Group: ['a'] } })).map(({ id }) => id),
    ).toEqual(['client-managed-group-name'])
  })
})

describe('checking a client-managed deployment itself', () => {
  it('finds `sub` unknown, a reserved name refused, and nothing wrong with a good one', () => {
    expect(checkDeployment(testServer)).toEqual([])
    const withNames = (change: object) =>
      checkDeployment({ ...testServer, ...named(change) } as ClientManagedDeployment)
    expect(withNames({ userId: 'sub' })).toMatchObject([
      { id: 'client-managed-sub-as-name', effect: 'unknown', detail: '`claims.userId` is `sub`.' },
    ])
    expect(withNames({ attributes: { a: 'exp', b: 'iss' } })).toMatchObject([
      {
        id: 'client-managed-reserved-name',
        effect: 'refused',
        detail: '`claims.attributes` is `exp`. `claims.attributes` is `iss`.',
      },
    ])
  })

  it('throws for a deployment that is invalid', () => {
    expect(() => checkDeployment({ ...testServer, url: 'x' })).toThrow(
      expect.objectContaining({ code: 'ERR_TOKEN_DEPLOYMENT' }),
    )
    expect(() => checkDeployment({ product: 'toString' } as never)).toThrow(TypeError)
  })
})
