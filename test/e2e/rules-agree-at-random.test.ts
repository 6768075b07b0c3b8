// Good tokens with one or two members changed at random, by the seed that JOTGATE_TEST_SEED gives or that is
// printed, checked by checkToken and by the emulator, which share no code: 400, and 8,000 in
// `npm run test:long`.
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { checkToken, cloud } from 'jotgate'
import { createKeyPair } from 'jotgate/keys'
import { createEmulator, type Emulator } from 'jotgate-emulator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { changesOf, noPrimitive, numRuns, seed, signChanged } from './changed-tokens.ts'

const kid = 'acme-1'
const issuer = 'acme.example'
const audience = 'qlik.api/login/jwt-session'

let emulator: Emulator
let keyPair: Awaited<ReturnType<typeof createKeyPair>>
let now: number

beforeAll(async () => {
  keyPair = await createKeyPair({ bits: 2048, days: 1 })
  emulator = await createEmulator()
  now = Math.floor(Date.now() / 1000)
  // The time stands still: both check at the second at which the tokens are made.
  emulator.clock.set(new Date(now * 1000))
  // An ID of the list below comes more than once, and checkToken does not know the earlier tokens.
  emulator.switches.set({ replayedToken: 'accepted' })
  const options = { issuer, staticKeys: [{ kid, pem: keyPair.certificateLine }] }
  const created = await fetch(`${emulator.url}/api/v1/identity-providers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${emulator.adminKey}` },
    body: JSON.stringify({ protocol: 'jwtAuth', provider: 'external', options }),
  })
  expect(created.status).toBe(201)
})

afterAll(() => emulator?.close())

const value = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    false,
    '',
    ' ',
    '\0',
    '\ud800',
    'user',
    'User',
    'JWT',
    'jwt',
    'at+jwt',
    'RS256',
    ' RS256',
    'rs256',
    'none',
    ' HS256',
    kid,
    `${kid} `,
    `${issuer} `,
    audience,
    [audience],
    [audience, audience],
    [audience, 'x'],
    noPrimitive,
    [noPrimitive],
    {},
    [],
    [''],
    [' '],
    ['sales', 1],
    'x'.repeat(256),
    ['x'.repeat(256)],
    ['x'.repeat(257)],
    ['😀'.repeat(129)],
    ['/sales', 'Sales,Finance'],
    'qlik.api',
    'qlik.api/api-keys',
    'https://acme.eu.auth0.com/',
    'user-0.8444218515250481',
    { sub: '42', email: 'ada@acme.example' },
  ),
  // Times, counted from now: seconds, and what is none.
  fc
    .constantFrom(-3600, -61, -60, -1, 0, 1, 5, 60, 61, 3594, 3595, 3596)
    .map((offset) => ({ offset })),
  fc.constantFrom<unknown>(-1, 0, 1.5, 1e21, Number.MAX_SAFE_INTEGER, '1767225600'),
)
const claimNames =
  'sub subType name email email_verified groups jti iat nbf exp iss aud kid group nonce azp payload x'
function makeToken(changes: Parameters<typeof signChanged>[1]): string {
  const parts = {
    header: { alg: 'RS256', typ: 'JWT', kid },
    claims: {
      sub: `acme|${randomUUID()}`,
      subType: 'user',
      name: 'Ada Lovelace',
      email: `${randomUUID()}@acme.example`,
      email_verified: true,
      groups: ['sales'],
      jti: randomUUID(),
      iat: now,
      nbf: now - 5,
      exp: now + 55,
      iss: issuer,
      aud: audience,
    },
  }
  return signChanged(parts, changes, { now, privateKeyPem: keyPair.privateKeyPem })
}

it(`checkToken and the emulator agree on ${numRuns} tokens changed at random (seed ${seed})`, async () => {
  const trusted = { certificate: keyPair.certificatePem, kid }
  const deployment = cloud({ url: emulator.url, issuer })
  const outcomes = { accepted: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(changesOf(claimNames, value), async (changes) => {
      const token = makeToken(changes)
      const { findings } = await checkToken(token, deployment, {
        at: emulator.clock.now(),
        ...trusted,
      })
      const answer = await fetch(`${emulator.url}/login/jwt-session`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      })
      const effects = new Set(findings.map(({ effect }) => effect))
      const ids = findings.map(({ id }) => id)
      const explanation = `${ids} against ${answer.status} ${await answer.text()}`
      if (effects.has('refused')) expect(answer.status, explanation).toBeGreaterThanOrEqual(400)
      else if (!effects.has('unknown')) expect(answer.status, explanation).toBe(200)
      outcomes[answer.status === 200 ? 'accepted' : 'refused'] += 1
    }),
    { seed, numRuns },
  )
  // Enough of each for the agreement to mean something.
  expect(outcomes.accepted).toBeGreaterThan(numRuns / 10)
  expect(outcomes.refused).toBeGreaterThan(numRuns / 10)
})
