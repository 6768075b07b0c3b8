import jwt from 'jsonwebtoken'
import { afterEach, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant, testIssuer, testKeyId } from '../testing/tenant.ts'

let tenant: TestTenant | undefined
afterEach(() => tenant?.close())

async function frozenTenant(clockToleranceSec?: number): Promise<TestTenant> {
  tenant = await startTenant(clockToleranceSec === undefined ? {} : { clockToleranceSec })
  // The beginning of a second, so that jsonwebtoken's clock and ours show the same one.
  tenant.emulator.clock.set(new Date(Math.floor(Date.now() / 1000) * 1000))
  return tenant
}

/** Exactly as Qlik's tutorial signs it: nbf lies one second ahead of the clock. */
function tutorialToken(of: TestTenant): string {
  const payload = {
    jti: crypto.randomUUID(),
    iat: Math.floor(of.emulator.clock.now().getTime() / 1000),
    sub: '0hEhiPyhMBdtOCv2UZKoLo4G24p-7R6eeGdZUQHF0-c',
    subType: 'user',
    name: 'Hardcore Harry',
    email: 'harry@example.com',
    email_verified: true,
    groups: ['Administrators', 'Sales', 'Marketing'],
  }
  return jwt.sign(payload, of.key.privateKey, {
    keyid: testKeyId,
    algorithm: 'RS256',
    issuer: testIssuer,
    expiresIn: '30s',
    notBefore: '1s',
    audience: 'qlik.api/login/jwt-session',
  })
}

describe('a token of the tutorial, with notBefore 1s', () => {
  it('is refused at once with tolerance 0, and taken a second later: a refusal uses up no jti', async () => {
    const of = await frozenTenant(0)
    const token = tutorialToken(of)
    const early = await of.postToken(token)
    expect(early.status).toBe(401)
    expect(early.headers.getSetCookie()).toEqual([])
    expect(await early.text()).toContain('not valid yet')
    of.emulator.clock.advance(1)
    expect((await of.postToken(token)).status).toBe(200)
    expect((await of.postToken(token)).status).toBe(401)
  })

  it('is taken at once with the default tolerance', async () => {
    const of = await frozenTenant()
    expect((await of.postToken(tutorialToken(of))).status).toBe(200)
  })

  it('is checked with the default as the switch sets it', async () => {
    const of = await frozenTenant()
    of.emulator.switches.set({ defaultClockToleranceSec: 0 })
    expect((await of.postToken(tutorialToken(of))).status).toBe(401)
  })
})

describe('the edges of a token’s time', () => {
  it.each([
    [0, 0],
    [5, 5],
    [60, 60],
  ])('with a tolerance of %i s it is dead %i s after exp', async (tolerance) => {
    const of = await frozenTenant(tolerance)
    const first = of.token()
    const second = of.token()
    of.emulator.clock.advance(60 + tolerance - 1)
    expect((await of.postToken(first)).status).toBe(200)
    of.emulator.clock.advance(1)
    expect((await of.postToken(second)).status).toBe(401)
  })

  it('a used jti is remembered for as long as the token could be taken', async () => {
    const of = await frozenTenant(30)
    const token = of.token()
    expect((await of.postToken(token)).status).toBe(200)
    of.emulator.clock.advance(89)
    // Another login sweeps the memory; the first token must still be in it.
    expect((await of.postToken(of.token())).status).toBe(200)
    expect(await (await of.postToken(token)).text()).toContain('used before')
  })

  it('a tolerance with decimals is rounded', async () => {
    const of = await frozenTenant(0.4)
    expect((await of.postToken(tutorialToken(of))).status).toBe(401)
  })
})
