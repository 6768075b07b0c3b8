import { describe, expect, it } from 'vitest'
import { checkToken } from '../check.ts'
import { clientManaged } from '../client-managed.ts'
import { cloud, type Deployment } from '../deployment.ts'
import { makeTestKey, testNow } from './tokens.fixture.ts'

const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const server = clientManaged({
  url: 'https://sense.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' },
})
const at = new Date(testNow * 1000)
const header = { alg: 'RS256', typ: 'JWT', kid: 'acme-1' }
const times = { iat: testNow, nbf: testNow, exp: testNow + 60 }
const cloudNames = { aud: 'qlik.api/login/jwt-session', iss: 'acme.example' }
const drawn = 'qL3dk-9Zx_0VbN7mQw2eRt5yUi8oPaSdFgHjKlZxCvB'
const uuid = '3f1c1a52-8f5e-4a51-9d2e-6f0b3a7c9d10'
const person = { subType: 'user', name: 'Ada', email: 'ada@acme.example', email_verified: true }

/** A token of each program, as its source or a run of it shows, and what the findings say. */
const peers: [program: string, Deployment, object, [id: string, words: string][]][] = [
  [
    'qs-jwt create-qscloud',
    tenant,
    {
      jti: drawn,
      sub: `${drawn}ABCDEFGHIJKLM`,
      subType: 'user',
      name: 'Ada',
      group: ['sales'],
      email_verified: 'true',
      ...times,
      exp: testNow + 86_400,
      ...cloudNames,
    },
    [
      ['cloud-random-subject', 'a new random `sub` at every run, which cannot be set'],
      ['cloud-group-for-groups', '`group` in place of `groups`'],
      ['cloud-email-verified-type', '`email_verified` as a string'],
      ['cloud-email-missing', '`email` only when --useremail is given'],
      ['cloud-validity-window', 'its own examples say 365d and 24h'],
    ],
  ],
  [
    'qs-jwt create-qscloud',
    tenant,
    { jti: drawn, sub: `${drawn}ABCDEFGHIJKLM`, subType: 'user', ...times, ...cloudNames },
    [
      ['cloud-name-missing', '`name` only when --username is given'],
      ['cloud-email-verified-missing', '`email_verified` only when --useremail is given'],
    ],
  ],
  [
    'qs-jwt create-qscloud',
    tenant,
    {
      jti: drawn,
      sub: `${drawn}ABCDEFGHIJKLM`,
      iat: testNow - 120,
      nbf: testNow - 120,
      exp: testNow - 117,
      ...cloudNames,
    },
    [['cloud-expired', 'a bare number in --expires is milliseconds']],
  ],
  [
    'qs-jwt create-qscloud',
    tenant,
    {
      jti: drawn,
      sub: `${drawn}ABCDEFGHIJKLM`,
      iat: testNow,
      nbf: testNow,
      exp: testNow - 3600,
      ...cloudNames,
    },
    [['cloud-time-order', 'a negative lifetime when --expires says so']],
  ],
  [
    'qlik-cloud-jwt (the Glitch project)',
    tenant,
    {
      ...person,
      sub: `demo_${uuid}`,
      name: `demo_${uuid}`,
      email: `${uuid}@anonymoususer.anon`,
      groups: ['demo'],
      iat: testNow,
      exp: testNow + 30,
      ...cloudNames,
    },
    [
      ['cloud-random-subject', 'a new user for every page load'],
      ['cloud-not-before-missing', 'neither `jti` nor `nbf`'],
      ['cloud-token-id-missing', 'neither `jti` nor `nbf`'],
    ],
  ],
  [
    'qlik-cloud-jwt (the Glitch project)',
    tenant,
    { ...person, email: `${uuid}@anonymoususer.anon`, groups: [null], ...cloudNames },
    [['cloud-groups-type', '`[null]` when the variable `group` is not set']],
  ],
  [
    'QHose/qlik-cloud-jwt-lambda-example',
    tenant,
    {
      ...person,
      jti: uuid,
      sub: uuid,
      groups: ['g'],
      iat: testNow,
      nbf: testNow - 30,
      exp: testNow + 30,
      ...cloudNames,
    },
    [['cloud-random-subject', 'a new user for every token']],
  ],
  [
    'apamo/JWT-with-NodeJS-on-Qlik-Sense-SaaS',
    tenant,
    {
      ...person,
      jti: uuid,
      sub: uuid,
      email: 'ada.king lovelace@qlik.com',
      groups: ['Demos'],
      ...times,
      ...cloudNames,
    },
    [
      ['cloud-random-subject', 'a new `sub` for every token'],
      ['cloud-email-form', 'only the first space is replaced'],
    ],
  ],
  [
    'qlikwebisr/jwt-demo',
    tenant,
    { ...person, jti: uuid, sub: 'auth0|a0', groups: [], ...times, ...cloudNames },
    [['cloud-groups-empty', 'everybody is the one user of its configuration']],
  ],
  [
    'qlikcloud-jwt-proxy (goldbergjeffrey, ahervy)',
    tenant,
    { ...person, jti: uuid, sub: 'BackendApp|auth0|a0', ...times, ...cloudNames },
    [['cloud-email-trusted-blindly', '`email_verified: true` for everybody']],
  ],
  [
    'jwt_auth.py of qlik-oss/qlik-cloud-examples',
    tenant,
    { ...person, subType: undefined, jti: uuid, sub: 'ada', ...times, ...cloudNames },
    [['cloud-subject-type-missing', 'no `subType`, and --email_verified False counts as true']],
  ],
  [
    'qs-jwt create-qseow',
    server,
    {
      userId: 'ada',
      userDirectory: 'ACME',
      group: ['a'],
      iat: testNow,
      exp: testNow + 86_400,
      aud: 'x',
    },
    [
      ['client-managed-long-life', 'whatever --expires says, up to years'],
      ['client-managed-audience-unasked', '--audience is required'],
    ],
  ],
  [
    'qs-jwt create-qseow',
    server,
    { userId: 'ada', userDirectory: 'ACME', iat: testNow - 120, exp: testNow - 117, aud: 'x' },
    [['client-managed-expired', 'a bare number in --expires is milliseconds']],
  ],
  [
    'swsphn/qlikjwt',
    server,
    {
      name: 'Ada',
      user: 'ada',
      directory: 'ACME',
      email: 'ada@acme.example',
      aud: 'x',
      groups: ['a'],
      exp: testNow + 86_400,
    },
    [
      ['client-managed-user-id-missing', '`user` and `directory`, which cannot be changed'],
      ['client-managed-user-directory-missing', '`user` and `directory`'],
      ['client-managed-long-life', 'a lifetime that is counted in days'],
    ],
  ],
  [
    'the example of enigma.js (sense-using-jwt)',
    server,
    { user: 'ada', directory: 'ACME', iat: testNow },
    [
      ['client-managed-user-id-missing', '`user` and `directory`'],
      ['client-managed-user-directory-missing', '`user` and `directory`'],
      ['client-managed-expiry-missing', 'no `exp`'],
    ],
  ],
]

/** Tokens that are nearly one of theirs, and lack one of the marks. */
const strangers: [name: string, Deployment, object][] = [
  ['a `sub` of 57', tenant, { jti: drawn, sub: `${drawn}ABCDEFGHIJKLMN` }],
  ['a `jti` of 44', tenant, { jti: `${drawn}A`, sub: `${drawn}ABCDEFGHIJKLM` }],
  ['the `jti` alone', tenant, { jti: drawn, sub: uuid }],
  ['another host behind', tenant, { sub: uuid, email: `a@anonymoususer.anon.example` }],
  ['half a minute back alone', tenant, { jti: uuid, sub: uuid, ...times, nbf: testNow - 30 }],
  ['half a minute on alone', tenant, { jti: uuid, sub: uuid, ...times, exp: testNow + 30 }],
  ['no UUID', tenant, { jti: 'a', sub: uuid, iat: testNow, nbf: testNow - 30, exp: testNow + 30 }],
  ['no times', tenant, { jti: uuid, sub: uuid }],
  ['Demos at another host', tenant, { sub: uuid, groups: ['Demos'], email: 'a@qlik.com.example' }],
  ['another group at Qlik', tenant, { sub: uuid, groups: ['Sales'], email: 'a@qlik.com' }],
  ['a word before BackendApp', tenant, { ...person, sub: 'MyBackendApp|1' }],
  ['an ID and no verified address', tenant, { jti: uuid, sub: 'ada' }],
  ['a verified address and no UUID', tenant, { ...person, subType: undefined, jti: 'a' }],
  ['`subtype`', tenant, { ...person, subType: undefined, subtype: 'user', jti: uuid }],
  ['`nbf`', server, { userId: 'a', userDirectory: 'ACME', aud: 'x', nbf: testNow }],
  ['`jti`', server, { userId: 'a', userDirectory: 'ACME', aud: 'x', jti: uuid, exp: testNow }],
  ['the user ID alone', server, { userId: 'a', aud: 'x', exp: testNow }],
  ['a minute of life', server, { userId: 'a', userDirectory: 'ACME', aud: 'x', iat: 1, exp: 61 }],
  ['`user` alone', server, { user: 'a', exp: testNow }],
  ['`userid` alone', server, { userid: 'a', exp: testNow }],
  ['no `exp`', server, { userId: 'a', userDirectory: 'ACME' }],
  ['no `exp`, and a role', server, { user: 'a', userDirectory: 'ACME', roles: ['a'] }],
  ['a day of life', server, { userId: 'a', userDirectory: 'ACME', exp: testNow + 86_400 }],
  ['one claim more', server, { ...person, user: 'a', directory_: 'b', exp: testNow }],
]

const key = await makeTestKey()

const cloudNamesFor = ({ product }: Deployment) => (product === 'cloud' ? cloudNames : {})

async function detailsOf(deployment: Deployment, claims: object, kid = 'acme-1') {
  const token = await key.sign({ ...header, kid }, claims)
  const { findings } = await checkToken(token, deployment, { at, key: key.jwk })
  return new Map(findings.map(({ id, detail }) => [id, detail]))
}

describe('the mistakes of widely copied programs', () => {
  it.each(peers)('are named with %s', async (program, deployment, claims, expected) => {
    const details = await detailsOf(deployment, claims, 'acme.eu.qlikcloud.com_517_kid')
    for (const [id, words] of expected) {
      expect(details.get(id), id).toContain(`This is what ${program}`)
      expect(details.get(id), id).toContain(words)
    }
  })

  it.each(strangers)('name no program for a token with %s', async (_, deployment, claims) => {
    const details = await detailsOf(deployment, { ...claims, ...cloudNamesFor(deployment) })
    details.delete('client-managed-audience-unasked')
    for (const [id, detail] of details) expect(detail, id).not.toContain('This is what')
  })

  it('name no program for a token that it did not make', async () => {
    const bare = await detailsOf(tenant, { ...times, ...cloudNames, exp: testNow - 3600 })
    const server_ = { userId: 'ada', userDirectory: 'ACME', aud: 'x', iat: testNow }
    const negative = await detailsOf(server, { ...server_, exp: testNow - 3600 })
    for (const detail of [...bare.values(), negative.get('client-managed-expired')])
      expect(detail).not.toContain('This is what')
    const details = await detailsOf(tenant, {
      ...person,
      sub: uuid,
      email: 'ada',
      jti: 'j'.repeat(22),
      groups: [],
      ...times,
      exp: testNow + 4000,
      ...cloudNames,
    })
    expect([...details.keys()].sort()).toEqual([
      'cloud-email-form',
      'cloud-groups-empty',
      'cloud-random-subject',
      'cloud-validity-window',
    ])
    for (const detail of details.values()) expect(detail).not.toContain('This is what')
  })
})
