// Good tokens for client-managed Qlik with one or two members changed at random, by the seed that JOTGATE_TEST_SEED gives
// or that is printed, checked by checkToken and by the emulator's virtual proxy, which share no code: 400, and 8,000 in
// `npm run test:long`.
import fc from 'fast-check'
import { checkToken, clientManaged as clientManagedDeployment } from 'jotgate'
import { createKeyPair } from 'jotgate/keys'
import { clientManaged, createEmulators } from 'jotgate-emulator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { changesOf, noPrimitive, numRuns, seed, signChanged } from './changed-tokens.ts'

const audience = 'qlik'

let pair: Awaited<ReturnType<typeof createKeyPair>>
let server: Awaited<ReturnType<typeof start>>
let now: number

/** Each virtual proxy with what the deployment has for it. */
const proxies = {
  plain: { claims: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' } },
  audience: { claims: { userId: 'userId', userDirectory: 'userDirectory' }, audience },
  constant: { claims: { userId: 'user', userDirectory: '[ACME]' } },
} as const

async function start() {
  const emulators = await createEmulators({
    apps: [],
    products: [
      clientManaged({
        virtualProxies: Object.entries(proxies).map(([prefix, { claims, ...more }]) => ({
          prefix,
          certificate: pair.certificatePem,
          jwtAttributeUserId: claims.userId,
          jwtAttributeUserDirectory: claims.userDirectory,
          jwtAudience: 'audience' in more ? more.audience : '',
        })),
      }),
    ],
  })
  return { emulators, url: emulators.products['client-managed'].url }
}

beforeAll(async () => {
  pair = await createKeyPair({ bits: 2048, days: 1 })
  server = await start()
  now = Math.floor(Date.now() / 1000)
  // The time stands still: both check at the second at which the tokens are made.
  server.emulators.clock.set(new Date(now * 1000))
})

afterAll(() => server?.emulators.close())

const value = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    '',
    ' ',
    '\0',
    '\ud800',
    'ada',
    'ACME\\ada',
    'JWT',
    'jwt',
    'at+jwt',
    'RS256',
    'RS384',
    'rs256',
    'none',
    audience,
    ` ${audience}`,
    [audience],
    [audience, audience],
    [audience, 'x'],
    noPrimitive,
    [noPrimitive],
    {},
    [],
    [''],
    ['sales', 1],
    'x'.repeat(255),
    'x'.repeat(256),
    'a;b',
    'INTERNAL',
    'qlik.api/login/jwt-session',
    '[ACME]',
  ),
  // Times, counted from now: seconds, and what is none.
  fc.constantFrom(-3600, -61, -60, -1, 0, 1, 60, 61, 90_000).map((offset) => ({ offset })),
  fc.constantFrom<unknown>(-1, 0, 1.5, 1e21, Number.MAX_SAFE_INTEGER, '1767225600'),
)
const claimNames =
  'userId userDirectory user directory group groups sub name iat nbf exp iss aud jti x'
function makeToken(
  changes: Parameters<typeof signChanged>[1],
  prefix: keyof typeof proxies,
): string {
  const parts = {
    header: { alg: 'RS256', typ: 'JWT' },
    claims: {
      [proxies[prefix].claims.userId]: 'ada',
      ...(prefix === 'constant' ? {} : { userDirectory: 'ACME' }),
      ...(prefix === 'audience' ? { aud: audience } : {}),
      group: ['sales'],
      iat: now,
      nbf: now - 5,
      exp: now + 55,
    },
  }
  return signChanged(parts, changes, { now, privateKeyPem: pair.privateKeyPem })
}

it(`checkToken and the emulator agree on ${numRuns} tokens changed at random (seed ${seed})`, async () => {
  const outcomes = { accepted: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(
      changesOf(claimNames, value),
      fc.constantFrom('plain', 'audience', 'constant'),
      async (changes, prefix) => {
        const token = makeToken(changes, prefix)
        const deployment = clientManagedDeployment({
          url: server.url,
          prefix,
          userDirectory: 'ACME',
          ...proxies[prefix],
        })
        const { findings } = await checkToken(token, deployment, {
          at: server.emulators.clock.now(),
          certificate: pair.certificatePem,
        })
        const answer = await fetch(`${server.url}/${prefix}/qps/user`, {
          headers: { authorization: `Bearer ${token}` },
        })
        const effects = new Set(findings.map(({ effect }) => effect))
        const why = server.emulators.requests.at(-1)?.error?.detail ?? 'no refusal'
        const explanation = `${findings.map(({ id }) => id)} against ${answer.status}: ${why}`
        if (effects.has('refused')) expect(answer.status, explanation).toBe(401)
        else if (!effects.has('unknown')) expect(answer.status, explanation).toBe(200)
        await answer.text()
        outcomes[answer.status === 200 ? 'accepted' : 'refused'] += 1
      },
    ),
    { seed, numRuns },
  )
  // Enough of each for the agreement to mean something.
  expect(outcomes.accepted).toBeGreaterThan(numRuns / 10)
  expect(outcomes.refused).toBeGreaterThan(numRuns / 10)
})
