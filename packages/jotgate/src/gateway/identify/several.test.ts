import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { isJotgateError } from '../../errors/index.ts'
import { readSigningKey } from '../../keys/index.ts'
import { cloud, createSigner } from '../../token/index.ts'
import { gatewayRequest } from '../request.fixture.ts'
import { sendProblemOnSocket } from '../server/problem.ts'
import { identifyByAssertion } from './assertion.ts'
import { identifyByCallback } from './callback.ts'
import type { IdentifierFactory } from './identity.ts'
import { assertionClaims, loginWith, makeIssuer, publicUrl, testNow } from './issuer.fixture.ts'
import { startProvider } from './provider/provider.fixture.ts'
import { identifyByProvider } from './provider/provider.ts'
import { createIdentifier } from './several.ts'

const hostName = 'https://www.acme.example'

async function start() {
  const host = await makeIssuer('host')
  const provider = await startProvider()
  const byAssertion = identifyByAssertion({ issuer: hostName, key: host.jwk })
  const byProvider = identifyByProvider({ issuer: provider.issuer, audience: 'qlik' })
  const gateway = (factories: IdentifierFactory | readonly IdentifierFactory[], at = publicUrl) =>
    createIdentifier(factories, { publicUrl: at, clock: () => testNow * 1000 })
  return { host, provider, byAssertion, byProvider, gateway }
}

const tokenClaims = { sub: '42', aud: 'qlik', iat: testNow, exp: testNow + 60, jti: 'j'.repeat(16) }

/** Tokens of every kind that may come to a gateway, by what they are. */
async function makeTokens({ host, provider }: Awaited<ReturnType<typeof start>>) {
  const key = await readSigningKey({ pem: host.privatePem, kid: 'host' })
  const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: hostName })
  const signer = createSigner({ deployment: tenant, key, clock: () => testNow * 1000 })
  const ada = { subject: '42', name: 'Ada', email: 'ada@acme.example' }
  const logout = { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }
  const providerKey = provider.keys[0] ?? host
  return {
    'a token for Qlik, by the same key and issuer': (await signer.sign(ada)).token,
    'an assertion': await host.sign(assertionClaims()),
    'an assertion for another gateway': await host.sign(
      assertionClaims({ aud: 'https://other.acme.example' }),
    ),
    'an assertion by the key of the provider': await providerKey.sign(assertionClaims()),
    'an assertion in the name of the provider': await host.sign(
      assertionClaims({ iss: provider.issuer }),
    ),
    'a token of the provider': await provider.sign(tokenClaims),
    'a token of the provider for another API': await provider.sign({ ...tokenClaims, aud: 'x' }),
    'a token of the provider, by the key of the host': await host.sign({
      ...tokenClaims,
      iss: provider.issuer,
    }),
    'a token of the provider in the name of the host': await providerKey.sign({
      ...tokenClaims,
      iss: hostName,
    }),
    'a logout token of the provider': await provider.sign(
      { ...tokenClaims, ...logout },
      { typ: 'logout+jwt' },
    ),
    'a logout token without its type': await provider.sign({ ...tokenClaims, ...logout }),
    'a token for the gateway of both kinds': await host.sign(
      assertionClaims({ iss: [hostName, provider.issuer], aud: [publicUrl, 'qlik'] }),
    ),
  }
}

describe('several ways to identify', () => {
  it('T-B01, T-B02: a token of one kind, issuer, key or gateway is nothing to another', async () => {
    const all = await start()
    const tokens = await makeTokens(all)
    const { gateway, byAssertion, byProvider } = all
    const gateways = {
      both: gateway([byAssertion, byProvider]),
      assertions: gateway(byAssertion),
      provider: gateway([byProvider]),
      other: gateway(byAssertion, 'https://other.acme.example'),
    }
    const accepted: string[] = []
    for (const [name, identifier] of Object.entries(gateways))
      for (const [kind, token] of Object.entries(tokens)) {
        const outcome: unknown = await identifier.identify(loginWith(token)).catch((error) => error)
        if (!(outcome instanceof Error)) accepted.push(`${name}: ${kind}`)
        else expect(outcome).toMatchObject({ code: 'ERR_GATEWAY_NOT_IDENTIFIED' })
      }
    expect(accepted).toEqual([
      'both: an assertion',
      'both: a token of the provider',
      'assertions: an assertion',
      'provider: a token of the provider',
      'other: an assertion for another gateway',
    ])
  })

  it('T-J24: the answers to all that is wrong are the same, byte for byte', async () => {
    const all = await start()
    const { host, gateway, byAssertion, byProvider } = all
    const identifier = gateway([byAssertion, byProvider])
    const good = await host.sign(assertionClaims())
    const other = await makeIssuer('host')
    const { 'an assertion': _, 'a token of the provider': __, ...wrong } = await makeTokens(all)
    const requests = [
      ...Object.values(wrong),
      `${good}=`,
      good.slice(0, -2),
      'a.b.c',
      'x'.repeat(9000),
      await other.sign(assertionClaims()),
      await host.sign(assertionClaims(), { kid: 'unknown' }),
      await host.sign(assertionClaims({ exp: testNow - 100 })),
      await host.sign(assertionClaims({ nbf: testNow + 100 })),
      await host.sign(assertionClaims({ jti: undefined })),
      await host.sign(assertionClaims({ sub: undefined })),
      await host.sign(assertionClaims({ groups: 'x'.repeat(300) })),
    ].map(loginWith)
    const reasons = new Set<string>()
    const answers = new Set<string>()
    for (const request of [...requests, gatewayRequest()]) {
      const error: unknown = await identifier.identify(request).catch((thrown: unknown) => thrown)
      if (!isJotgateError(error, 'ERR_GATEWAY_NOT_IDENTIFIED')) throw error
      reasons.add(error.details.reason)
      const socket = new PassThrough()
      sendProblemOnSocket(socket, error, 'id')
      const answer = String(socket.read())
      answers.add(answer.replace(/^date: .*$/m, ''))
    }
    expect(reasons.size).toBeGreaterThanOrEqual(12)
    expect([...answers]).toEqual([expect.stringMatching(/^HTTP\/1\.1 401 [\s\S]*"status":401/)])
  })

  it('asks the host application where there is no token, and only there', async () => {
    const { host, gateway, byAssertion } = await start()
    let calls = 0
    const byCallback = identifyByCallback(({ headers }) => {
      calls += 1
      return headers.has('cookie') ? { subject: 'of the host' } : undefined
    })
    const identifier = gateway([byAssertion, byCallback])
    expect(identifier.asksHost).toBe(true)
    expect(await identifier.identify(gatewayRequest())).toBeUndefined()
    expect(await identifier.identify(gatewayRequest({ headers: { cookie: 'a=1' } }))).toMatchObject(
      {
        source: 'callback',
        user: { subject: 'of the host' },
      },
    )
    const token = await host.sign(assertionClaims())
    expect(await identifier.identify(loginWith(token))).toMatchObject({ source: 'assertion' })
    await expect(identifier.identify(loginWith('a.b.c'))).rejects.toMatchObject({ status: 401 })
    const ofAnother = await host.sign(assertionClaims({ iss: 'https://other.acme.example' }))
    await expect(identifier.identify(loginWith(ofAnother))).rejects.toMatchObject({ status: 401 })
    expect(calls).toBe(2)
    // What a host application does with Authorization is its own matter, where no token is expected.
    expect(await gateway(byCallback).identify(loginWith('a.b.c'))).toBeUndefined()
  })

  it('prepares all of them, and refuses to start where one cannot', async () => {
    const { provider, gateway, byProvider } = await start()
    await gateway([byProvider, identifyByCallback(() => undefined)]).prepare?.()
    expect(provider.requests).toEqual({ discovery: 1, keys: 1 })
    const byFile = identifyByAssertion({ issuer: hostName, key: { file: '/nowhere/host.pem' } })
    await expect(gateway([byProvider, byFile]).prepare?.()).rejects.toThrow('ENOENT')
  })

  it('refuses what would leave open which of them decides', async () => {
    const { gateway, byAssertion, byProvider } = await start()
    const byCallback = identifyByCallback(() => undefined)
    expect(() => gateway([])).toThrow('identify is empty')
    expect(() => gateway([byAssertion, byProvider, byAssertion])).toThrow('tokens of one issuer')
    expect(() => gateway([byCallback, byCallback])).toThrow('two ways that ask the host')
  })
})
