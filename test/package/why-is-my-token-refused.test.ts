// Each of the twelve mistakes of docs/guides/why-is-my-token-refused.md is made here, and answered by the rules
// that the guide names.
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { checkToken, clientManaged, cloud, type Deployment, tokenRules } from 'jotgate'
import { describe, expect, it } from 'vitest'

const guide = readFileSync(
  new URL('../../docs/guides/why-is-my-token-refused.md', import.meta.url),
  'utf8',
)
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const otherPair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const key = pair.publicKey.export({ format: 'jwk' })
const now = 1_767_225_600
const at = new Date(now * 1000)

const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const server = clientManaged({
  url: 'https://sense.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' },
  audience: 'sense.acme.example',
})

const times = { jti: randomUUID(), iat: now, nbf: now - 5, exp: now + 55 }
const cloudClaims = {
  sub: 'acme|42',
  subType: 'user',
  name: 'Ada Lovelace',
  email: 'ada@acme.example',
  email_verified: true,
  groups: ['sales'],
  ...times,
  iss: 'acme.example',
  aud: 'qlik.api/login/jwt-session',
}
const serverClaims = {
  userId: 'ada',
  userDirectory: 'ACME',
  group: ['sales'],
  ...times,
  aud: 'sense.acme.example',
}

interface Mistake {
  claims?: object
  header?: object
  text?: (token: string) => string
  earlier?: object
  kid?: string
  foreign?: boolean
}

const onServer = { deployment: server }

/** By the guide's number and rule: the mistake that the rule answers. */
const mistakes: [number, string, Mistake, { deployment: Deployment }?][] = [
  [1, 'cloud-not-before-missing', { claims: { nbf: undefined } }],
  [1, 'cloud-token-id-missing', { claims: { jti: undefined } }],
  [2, 'cloud-token-id-reused', { earlier: cloudClaims }],
  [3, 'cloud-validity-window', { claims: { exp: now + 86_400 } }],
  [4, 'cloud-issuer', { claims: { iss: 'acme.example/' } }],
  [4, 'cloud-key-id-missing', { header: { kid: undefined } }],
  [4, 'cloud-key-id-in-payload', { header: { kid: undefined }, claims: { kid: 'acme-1' } }],
  [4, 'cloud-key-id-unknown', { kid: 'acme-2' }],
  [5, 'cloud-not-yet-valid', { claims: { iat: now + 300, nbf: now + 300, exp: now + 360 } }],
  [5, 'cloud-clock-tolerance', { claims: { nbf: now + 1 } }],
  [5, 'cloud-not-before-after-issue', { claims: { nbf: now + 1 } }],
  [5, 'cloud-expired', { claims: { iat: now - 300, nbf: now - 300, exp: now - 240 } }],
  [6, 'cloud-group-for-groups', { claims: { groups: undefined, group: ['sales'] } }],
  [6, 'cloud-unread-claims', { claims: { roles: ['Analyzer'] } }],
  [6, 'cloud-group-form', { claims: { groups: ['Sales,Finance'] } }],
  [7, 'cloud-email-reused', { earlier: { ...cloudClaims, jti: 'x', sub: 'idp|7' } }],
  [7, 'cloud-subject-changes', { earlier: { ...cloudClaims, jti: 'x', sub: 'idp|7' } }],
  [7, 'cloud-random-subject', { claims: { sub: randomUUID() } }],
  [8, 'form-scheme', { text: (token) => `Bearer ${token}` }],
  [8, 'form-quotes', { text: (token) => `"${token}"` }],
  [8, 'form-white-space', { text: (token) => token.replace(/.{76}/g, '$&\n') }],
  [8, 'form-base64url', { text: (token) => `${token}==` }],
  [9, 'client-managed-user-id-missing', { claims: { userId: undefined, user: 'ada' } }, onServer],
  [
    9,
    'client-managed-user-directory-missing',
    { claims: { userDirectory: undefined, directory: 'ACME' } },
    onServer,
  ],
  [9, 'client-managed-group-name', { claims: { group: undefined, groups: ['sales'] } }, onServer],
  [9, 'client-managed-mapped-claim-missing', { claims: { group: undefined } }, onServer],
  [9, 'client-managed-user-id-form', { claims: { userId: 'ACME\\ada' } }, onServer],
  [10, 'client-managed-expired', { claims: { nbf: now - 400, exp: now - 300 } }, onServer],
  [10, 'client-managed-algorithm', { header: { alg: 'HS256' } }, onServer],
  [10, 'client-managed-audience', { claims: { aud: undefined } }, onServer],
  [10, 'signature-mismatch', { foreign: true }, onServer],
  [
    11,
    'kind-other-provider',
    { claims: { iss: 'https://acme.eu.auth0.com/', aud: 'client', nonce: 'n' } },
  ],
  [11, 'kind-api-key', { claims: { iss: 'qlik.api/api-keys', aud: 'qlik.api' } }],
  [11, 'kind-api-audience', { claims: { aud: 'qlik.api' } }],
  [12, 'kind-claims-in-header', { header: { sub: 'acme|42' }, claims: { sub: undefined } }],
  [
    12,
    'kind-claims-nested',
    {
      claims: { sub: undefined, email: undefined, payload: { sub: '42', email: 'a@acme.example' } },
    },
  ],
  [
    12,
    'kind-dotnet-claim-names',
    {
      claims: { 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier': 'ada' },
    },
  ],
]

async function findingsOf(mistake: Mistake, deployment: Deployment = tenant) {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const good = deployment === tenant ? cloudClaims : serverClaims
  const kid = deployment === tenant ? { kid: 'acme-1' } : {}
  const header = { alg: 'RS256', typ: 'JWT', ...kid, ...mistake.header }
  const unsigned = `${encode(header)}.${encode({ ...good, ...mistake.claims })}`
  const signer = mistake.foreign === true ? otherPair : pair
  const signature = sign('sha256', Buffer.from(unsigned), signer.privateKey).toString('base64url')
  const { text = (token: string) => token, earlier } = mistake
  const { findings } = await checkToken(text(`${unsigned}.${signature}`), deployment, {
    at,
    key: mistake.kid === undefined ? key : { ...key, kid: mistake.kid },
    ...(earlier === undefined ? {} : { earlier: [earlier as Record<string, unknown>] }),
  })
  return findings
}

const chapters = [...guide.matchAll(/^## (\d+)\. (.+)\n([\s\S]*?)(?=^## )/gm)].map(
  ([, number, title, text = '']) => ({ number: Number(number), title, text }),
)

describe('the guide to refused tokens', () => {
  it('has twelve mistakes, each with symptom, cause, remedy and the names of its rules', () => {
    expect(chapters.map(({ number }) => number)).toEqual(
      Array.from({ length: 12 }, (_, index) => index + 1),
    )
    for (const { text, title } of chapters)
      for (const head of ['- What you see: ', '- Why: ', '- What to do: ', '- Rule'])
        expect(text, title).toContain(head)
  })

  it('names in each chapter exactly the rules that are shown here', () => {
    const known = new Set(tokenRules.map(({ id }) => id))
    for (const { number, text } of chapters) {
      const named = [...(/^- Rules?: (.+)$/m.exec(text)?.[1] ?? '').matchAll(/`([a-z0-9-]+)`/g)]
      const ids = named.map(([, id]) => id ?? '')
      expect(ids.every((id) => known.has(id))).toBe(true)
      expect(ids).toEqual(mistakes.filter(([one]) => one === number).map(([, id]) => id))
    }
  })

  it('begins with tokens that have nothing wrong', async () => {
    expect(await findingsOf({})).toEqual([])
    expect(await findingsOf({}, server)).toEqual([])
  })

  it.each(mistakes)(
    '%i: %s is found',
    async (_, id, mistake, { deployment } = { deployment: tenant }) => {
      const finding = (await findingsOf(mistake, deployment)).find((one) => one.id === id)
      expect(finding).toMatchObject({ title: expect.any(String), hint: expect.any(String) })
    },
  )
})
