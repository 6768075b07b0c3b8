// Good tokens for client-managed Qlik with one or two members changed at random, by the seed that JOTGATE_TEST_SEED gives
// or that is printed, checked by checkToken and by the emulator's virtual proxy, which share no code: 400, and 8,000 in
// `npm run test:long`.
import { randomInt, sign } from 'node:crypto'
import fc from 'fast-check'
import { checkToken, clientManaged as clientManagedDeployment } from 'jotgate'
import { createKeyPair } from 'jotgate/keys'
import { clientManaged, createEmulators } from 'jotgate-emulator'
import { afterAll, beforeAll, expect, it } from 'vitest'

const seed = Number(process.env.JOTGATE_TEST_SEED ?? randomInt(2 ** 31))
if (process.env.JOTGATE_TEST_SEED === undefined) console.info(`JOTGATE_TEST_SEED=${seed}`)
const numRuns = 400 * Number(process.env.JOTGATE_TEST_SCALE ?? 1)
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

/** What String() and Number() throw for. */
const noPrimitive = { toString: 1, valueOf: 1 }
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
const change = fc.oneof(
  fc.record({
    part: fc.constant('claims' as const),
    name: fc.constantFrom(...claimNames.split(' '), '__proto__', 'constructor'),
    value,
  }),
  fc.record({
    part: fc.constant('header' as const),
    name: fc.constantFrom(...'alg typ kid sub exp crit b64 zip cty jwk jku x5c x5t x'.split(' ')),
    value,
  }),
)

type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

function makeToken(changes: readonly Change[], prefix: keyof typeof proxies): string {
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
  for (const { part, name, value: changed } of changes) {
    const isTime = typeof changed === 'object' && changed !== null && 'offset' in changed
    Object.defineProperty(parts[part], name, {
      value: isTime ? now + Number(changed.offset) : changed,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  const text = `${encode(parts.header)}.${encode(parts.claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), pair.privateKeyPem).toString('base64url')}`
}

it(`checkToken and the emulator agree on ${numRuns} tokens changed at random (seed ${seed})`, async () => {
  const outcomes = { accepted: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 2 }),
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
