// checkToken and the emulator read the facts about Qlik by themselves and share no code. Where they agree
// on a token that breaks one rule, it is not because one function held one wrong idea.
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { checkToken, cloud, tokenRules } from 'jotgate'
import { createKeyPair } from 'jotgate/keys'
import { createEmulator, type Emulator } from 'jotgate-emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FaultyToken, faultyTokens, keyId, type TokenChange } from './faulty-cloud-tokens.ts'

const issuer = 'acme.example'
const daySeconds = 86_400
const foreignKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

/** About what was given to checkToken, not about what Qlik does. */
const notOfQlik = ['signature-not-checked', 'signature-unfit-key', 'signature-not-verifiable']

let emulator: Emulator
let keyPair: Awaited<ReturnType<typeof createKeyPair>>

async function ask(method: string, path: string, body?: object): Promise<Response> {
  return fetch(emulator.url + path, {
    method,
    headers: { authorization: `Bearer ${emulator.adminKey}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

beforeAll(async () => {
  keyPair = await createKeyPair({ bits: 2048, days: 1 })
  emulator = await createEmulator()
})

afterAll(() => emulator?.close())

beforeEach(async () => {
  emulator.reset()
  // The clock stands still: a token is checked at the second at which it was made.
  emulator.clock.set(new Date(Math.floor(Date.now() / 1000) * 1000))
  const created = await ask('POST', '/api/v1/identity-providers', {
    protocol: 'jwtAuth',
    provider: 'external',
    options: { issuer, staticKeys: [{ kid: keyId, pem: keyPair.certificateLine }] },
  })
  expect(created.status).toBe(201)
  const enabled = await ask('PATCH', '/api/v1/groups/settings', [
    { op: 'replace', path: '/autoCreateGroups', value: true },
  ] as unknown as object)
  expect(enabled.status).toBe(204)
})

const nowSeconds = () => Math.floor(emulator.clock.now().getTime() / 1000)

function goodClaims(): Record<string, unknown> {
  const now = nowSeconds()
  return {
    sub: 'acme|42',
    subType: 'user',
    name: 'Ada Lovelace',
    email: 'ada@acme.example',
    email_verified: true,
    groups: ['sales'],
    jti: randomUUID(),
    iat: now,
    nbf: now - 5,
    exp: now + 55,
    iss: issuer,
    aud: 'qlik.api/login/jwt-session',
  }
}

const encode = (text: string) => Buffer.from(text).toString('base64url')

function makeToken(change: TokenChange, claims: Record<string, unknown>): string {
  const { header = {}, payload = (json: string) => json, text = (token: string) => token } = change
  const head = { alg: 'RS256', typ: 'JWT', kid: keyId, ...header }
  const unsigned = `${encode(JSON.stringify(head))}.${encode(payload(JSON.stringify(claims)))}`
  const hash = `sha${/^RS(384|512)$/.exec(head.alg)?.[1] ?? '256'}`
  const key = change.foreign === true ? foreignKey : keyPair.privateKeyPem
  return text(`${unsigned}.${sign(hash, Buffer.from(unsigned), key).toString('base64url')}`)
}

async function logIn(token: string): Promise<{ status: number; cookie: string }> {
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`${emulator.url}/login/jwt-session`, { method: 'POST', headers })
  const lines = answer.headers.getSetCookie()
  return { status: answer.status, cookie: lines.map((line) => line.split(';')[0]).join('; ') }
}

interface Me {
  subject: string
  assignedGroups: { name: string }[]
  assignedRoles: { name: string }[]
}

async function whoAmI(cookie: string): Promise<Me> {
  const answer = await fetch(`${emulator.url}/api/v1/users/me`, { headers: { cookie } })
  expect(answer.status).toBe(200)
  return (await answer.json()) as Me
}

/** Makes the faulty token of a rule, and has it checked by checkToken and by the emulator. */
async function checkBoth(fault: FaultyToken) {
  const base = goodClaims()
  const earlier = fault.earlier === undefined ? undefined : { ...base, ...fault.earlier }
  const sameId = earlier !== undefined && Object.keys(fault.earlier ?? {}).length === 0
  if (earlier !== undefined) expect((await logIn(makeToken({}, earlier))).status).toBe(200)
  if (fault.afterDays !== undefined) emulator.clock.advance(fault.afterDays * daySeconds)
  const claims = {
    ...goodClaims(),
    ...(sameId ? { jti: base.jti } : {}),
    ...(fault.claims ?? {}),
  }
  const token = makeToken(fault, claims)
  const trusted =
    fault.kid === undefined
      ? { certificate: keyPair.certificatePem }
      : { key: { ...keyPair.publicJwk, kid: fault.kid } }
  const deployment = cloud({ url: emulator.url, issuer })
  const { findings } = await checkToken(token, deployment, {
    at: emulator.clock.now(),
    ...trusted,
    ...(earlier === undefined ? {} : { earlier: [earlier] }),
  })
  return { ids: findings.map(({ id }) => id), ...(await logIn(token)) }
}

const rules = tokenRules.filter(({ product }) => product === 'any' || product === 'cloud')
const rulesOf = (effect: string) =>
  rules.filter((rule) => rule.effect === effect && !notOfQlik.includes(rule.id)).map(({ id }) => id)

describe('a token for Qlik Cloud', () => {
  it('that breaks no rule is accepted, and its groups are the user’s', async () => {
    const { ids, status, cookie } = await checkBoth({})
    expect({ ids, status }).toEqual({ ids: [], status: 200 })
    expect((await whoAmI(cookie)).assignedGroups.map(({ name }) => name)).toEqual(['sales'])
  })

  it('exists for each rule', () => {
    const expected = rules.map(({ id }) => id).filter((id) => !notOfQlik.includes(id))
    expect(Object.keys(faultyTokens(0)).sort()).toEqual(expected.sort())
  })

  it.each(rulesOf('refused'))('is refused by the emulator when it breaks %s', async (id) => {
    const fault = faultyTokens(nowSeconds())[id] ?? {}
    const { ids, status } = await checkBoth(fault)
    expect(ids).toContain(id)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
  })

  it.each(rulesOf('advice'))(
    'is accepted by the emulator when it only breaks the advice %s',
    async (id) => {
      const { ids, status } = await checkBoth(faultyTokens(nowSeconds())[id] ?? {})
      expect(ids).toContain(id)
      expect(status).toBe(200)
    },
  )

  describe.each(rulesOf('unknown'))('that breaks %s', (id) => {
    it.each([
      ['refused', 'refusedWith'],
      ['taken', 'acceptedWith'],
    ] as const)('is %s where the switch is set so', async (_, setting) => {
      const fault = faultyTokens(nowSeconds())[id] ?? {}
      expect(Object.keys(fault[setting] ?? {})).toHaveLength(1)
      emulator.switches.set(fault[setting] ?? {})
      const { ids, status } = await checkBoth(fault)
      expect(ids).toContain(id)
      if (setting === 'acceptedWith') expect(status).toBe(200)
      else expect(status).toBeGreaterThanOrEqual(400)
    })
  })
})

describe('what Qlik Cloud ignores in a token', () => {
  const ignored = async (id: string) => {
    const { ids, status, cookie } = await checkBoth(faultyTokens(nowSeconds())[id] ?? {})
    expect(ids).toContain(id)
    expect(status).toBe(200)
    return whoAmI(cookie)
  }

  it('is found by three rules', () => {
    expect(rulesOf('ignored').sort()).toEqual([
      'cloud-group-for-groups',
      'cloud-unread-claims',
      'form-embedded-key',
    ])
  })

  it('cloud-group-for-groups: the user is in no group', async () => {
    expect((await ignored('cloud-group-for-groups')).assignedGroups).toEqual([])
  })

  it('cloud-unread-claims: the user has no role of the token', async () => {
    const { assignedRoles, assignedGroups } = await ignored('cloud-unread-claims')
    expect(JSON.stringify(assignedRoles)).not.toContain('TenantAdmin')
    expect(assignedGroups.map(({ name }) => name)).toEqual(['sales'])
  })

  it('form-embedded-key: a key that the token brings opens nothing', async () => {
    expect((await ignored('form-embedded-key')).subject).toBe('acme|42')
    const jwk = { kty: 'RSA', n: 'AQAB', e: 'AQAB' }
    const { ids, status } = await checkBoth({ header: { jwk }, foreign: true })
    expect(ids.sort()).toEqual(['form-embedded-key', 'signature-mismatch'])
    expect(status).toBe(401)
  })
})
