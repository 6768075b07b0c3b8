// G-R4: assertions changed at random, by the seed that JOTGATE_TEST_SEED gives or that is printed: 5,000, and
// 100,000 in `npm run test:long`. The gateway takes none that jose or jsonwebtoken refuse.
import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { importJWK, jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { expect, it } from 'vitest'
import { isJotgateError } from '../../errors/index.ts'
import { mutatedToken } from '../../token/mutated-tokens.fixture.ts'
import { identifyByAssertion } from './assertion.ts'
import { assertionClaims, loginWith, makeIssuer, publicUrl, testNow } from './issuer.fixture.ts'

const seed = Number(process.env.JOTGATE_TEST_SEED ?? randomInt(2 ** 31))
if (process.env.JOTGATE_TEST_SEED === undefined) console.info(`JOTGATE_TEST_SEED=${seed}`)
const numRuns = 5000 * Number(process.env.JOTGATE_TEST_SCALE ?? 1)

const oddValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    [],
    {},
    -1,
    0,
    1e20,
    publicUrl,
    [publicUrl],
    [publicUrl, 'x'],
  ),
  fc.integer({ min: testNow - 200, max: testNow + 200 }),
  fc.string({ maxLength: 20 }),
)
const oddMembers = (...names: string[]) =>
  fc.dictionary(fc.constantFrom(...names), oddValue, { maxKeys: 2 })
const odd = fc.tuple(
  oddMembers('alg', 'typ', 'kid', 'crit', 'b64', 'cty', 'x'),
  oddMembers('iss', 'aud', 'sub', 'exp', 'nbf', 'iat', 'jti', 'groups', 'name', 'email', 'events'),
)

it('G-R4: nothing is taken that jose or jsonwebtoken refuse, and nothing fails otherwise', async () => {
  const host = await makeIssuer()
  const identifier = identifyByAssertion({ issuer: 'https://www.acme.example', key: host.jwk })({
    publicUrl,
    clock: () => testNow * 1000,
  })
  const publicKey = await importJWK({ ...host.jwk }, 'RS256')
  const bases = [await host.sign(assertionClaims()), await host.sign(assertionClaims())]
  for (const [header, claims] of fc.sample(odd, { seed, numRuns: 500 })) {
    // jose does not sign every header; what it does sign is enough to begin with.
    const token = await host.sign(assertionClaims(claims), header).catch(() => undefined)
    if (token !== undefined) bases.push(token)
  }
  expect(bases.length).toBeGreaterThan(100)
  let taken = 0
  await fc.assert(
    fc.asyncProperty(
      mutatedToken(() => bases),
      async (text) => {
        const outcome: unknown = await identifier.identify(loginWith(text)).catch((error) => error)
        if (outcome instanceof Error) {
          expect(isJotgateError(outcome, 'ERR_GATEWAY_NOT_IDENTIFIED')).toBe(true)
          return
        }
        taken += 1
        const { payload } = await jwtVerify(text, publicKey, {
          algorithms: ['RS256'],
          issuer: 'https://www.acme.example',
          audience: publicUrl,
          currentDate: new Date(testNow * 1000),
          clockTolerance: 30,
        })
        jsonwebtoken.verify(text, host.publicPem, {
          algorithms: ['RS256'],
          issuer: 'https://www.acme.example',
          audience: publicUrl,
          clockTimestamp: testNow,
          clockTolerance: 30,
        })
        expect(outcome).toMatchObject({
          user: { subject: payload.sub },
          once: { jti: payload.jti },
        })
      },
    ),
    { seed, numRuns },
  )
  expect(taken).toBeGreaterThan(numRuns / 50)
})
