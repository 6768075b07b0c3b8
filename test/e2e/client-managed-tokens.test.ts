// Tokens as Qlik's own article (source 002), enigma.js's example and qs-jwt make them, with jsonwebtoken: what jotgate
// finds before, and what the emulator's virtual proxy answers after. The two share no code.
import { generateKeyPairSync, sign } from 'node:crypto'
import { checkToken, clientManaged as clientManagedDeployment } from 'jotgate'
import { createKeyPair } from 'jotgate/keys'
import { clientManaged, createEmulators } from 'jotgate-emulator'
import jsonwebtoken from 'jsonwebtoken'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** The virtual proxies: their attribute names, as people have them. */
const names = {
  article: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' },
  enigma: { userId: 'user', userDirectory: 'directory', groups: 'groups' },
} as const

type Prefix = keyof typeof names

let pair: Awaited<ReturnType<typeof createKeyPair>>
let server: Awaited<ReturnType<typeof start>>
const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const foreignPem = foreign.export({ type: 'pkcs8', format: 'pem' }).toString()

async function start() {
  const emulators = await createEmulators({
    apps: [],
    products: [
      clientManaged({
        virtualProxies: Object.entries(names).map(([prefix, claims]) => ({
          prefix,
          certificate: pair.certificatePem,
          jwtAttributeUserId: claims.userId,
          jwtAttributeUserDirectory: claims.userDirectory,
          jwtAttributeMap: [
            { jwtAttribute: claims.groups, senseAttribute: 'group', isMandatory: false },
          ],
        })),
      }),
    ],
  })
  return { emulators, site: emulators.products['client-managed'] }
}

beforeAll(async () => {
  pair = await createKeyPair({ bits: 2048, days: 1 })
  server = await start()
})
afterAll(() => server?.emulators.close())

/** Finding and verdict. */
async function check(token: string, prefix: Prefix = 'article') {
  const deployment = clientManagedDeployment({
    url: server.site.url,
    prefix,
    userDirectory: 'ACME',
    claims: names[prefix],
  })
  const { findings } = await checkToken(token, deployment, { certificate: pair.certificatePem })
  const answer = await fetch(`${server.site.url}/${prefix}/qps/user`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const refusedFor = findings.filter(({ effect }) => effect === 'refused').map(({ id }) => id)
  return { status: answer.status, refusedFor, who: await answer.text() }
}

const good = { userId: 'ada', userDirectory: 'ACME', name: 'Ada', group: ['sales'] }
const now = () => Math.floor(Date.now() / 1000)

describe('a token as they make it', () => {
  it.each<[string, Prefix, object, jsonwebtoken.SignOptions]>([
    ['Qlik’s article', 'article', { userId: 'ada', userDirectory: 'ACME' }, {}],
    [
      'qs-jwt',
      'article',
      { ...good, email: 'ada@acme.example' },
      { expiresIn: '1h', audience: 'hdr' },
    ],
    ['enigma.js', 'enigma', { directory: 'ACME', user: 'ada' }, {}],
    ['with groups', 'enigma', { directory: 'ACME', user: 'ada', groups: ['sales'] }, {}],
    ['RS512', 'article', good, { algorithm: 'RS512' }],
  ])('of %s is accepted', async (_, prefix, claims, options) => {
    const token = jsonwebtoken.sign(claims, pair.privateKeyPem, { algorithm: 'RS256', ...options })
    const { status, refusedFor, who } = await check(token, prefix)
    expect({ status, refusedFor }).toEqual({ status: 200, refusedFor: [] })
    expect(JSON.parse(who)).toMatchObject({ userDirectory: 'ACME', userId: 'ada' })
    const { attributes } = server.site.state.sessions().at(-1) ?? {}
    expect(attributes).toEqual('group' in claims || 'groups' in claims ? { group: ['sales'] } : {})
  })
})

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** Signs by hand what jsonwebtoken itself refuses to make. */
function signRaw(header: object, claims: object, hash = 'sha256'): string {
  const text = `${encode({ alg: 'RS256', typ: 'JWT', ...header })}.${encode(claims)}`
  return `${text}.${sign(hash, Buffer.from(text), pair.privateKeyPem).toString('base64url')}`
}

const rs256 = (claims: object, key = pair.privateKeyPem) =>
  jsonwebtoken.sign(claims, key, { algorithm: 'RS256' })

const wrong: [string, () => string][] = [
  ['signed by another key', () => rs256(good, foreignPem)],
  ['HS256 with the certificate as secret', () => jsonwebtoken.sign(good, pair.certificatePem)],
  ['not signed', () => jsonwebtoken.sign(good, '', { algorithm: 'none' })],
  ['PS256', () => jsonwebtoken.sign(good, pair.privateKeyPem, { algorithm: 'PS256' })],
  ['rs256 in lower case', () => signRaw({ alg: 'rs256' }, good)],
  ['RS512 that says RS256', () => signRaw({}, good, 'sha512')],
  ['expired', () => rs256({ ...good, exp: now() - 100 })],
  ['not valid yet', () => rs256({ ...good, nbf: now() + 100, exp: now() + 200 })],
  [
    'that expires before it is valid',
    () => signRaw({}, { ...good, nbf: now() + 9, exp: now() + 5 }),
  ],
  ['with exp as a string', () => signRaw({}, { ...good, exp: String(now() + 60) })],
  ['without a user ID', () => rs256({ userDirectory: 'ACME' })],
  ['without a user directory', () => rs256({ userId: 'ada' })],
  ['with the names of enigma.js', () => rs256({ user: 'ada', directory: 'ACME' })],
  ['with the name in another case', () => rs256({ userid: 'ada', userDirectory: 'ACME' })],
  ['with a number as user ID', () => rs256({ ...good, userId: 42 })],
  ['with an empty user ID', () => rs256({ ...good, userId: '' })],
  ['with a list as directory', () => rs256({ ...good, userDirectory: ['ACME'] })],
  [
    'for Qlik Cloud',
    () => rs256({ sub: 'ada', subType: 'user', name: 'Ada', aud: 'qlik.api/login/jwt-session' }),
  ],
  ['with a claim that was changed', () => tampered()],
  ['without its signature', () => rs256(good).replace(/[^.]+$/, '')],
]

function tampered(): string {
  const [header, , signature] = rs256(good).split('.')
  return [header, encode({ ...good, userId: 'root' }), signature].join('.')
}

describe('20 wrong tokens', () => {
  it('are twenty', () => {
    expect(wrong).toHaveLength(20)
  })

  it.each(wrong)('%s: found before, 401 after', async (_, make) => {
    const { status, refusedFor } = await check(make())
    expect(status).toBe(401)
    expect(refusedFor.length).toBeGreaterThan(0)
  })
})
