import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { makeIssuer, type TestIssuer } from '../issuer.fixture.ts'

/** An OpenID Connect provider on this machine: its description, its keys, and what it signs. */
export interface TestProvider {
  readonly issuer: string
  /** Those that are published, in their order; the last one signs. */
  keys: TestIssuer[]
  /** How many requests came, by the last part of their path. */
  readonly requests: { discovery: number; keys: number }
  /** Members of the description that differ. */
  description: Record<string, unknown>
  /** Answers in its place, when given. */
  answer: RequestListener | undefined
  sign(claims: object, header?: Readonly<Record<string, unknown>>): Promise<string>
  /** Publishes another key, which signs from now on. */
  rotate(kid: string): Promise<void>
}

/** @param path of the issuer, such as `/realms/acme`, with or without a slash at its end */
export async function startProvider(path = ''): Promise<TestProvider> {
  const server = createServer((request, response) => {
    const isKeys = request.url === '/keys'
    provider.requests[isKeys ? 'keys' : 'discovery'] += 1
    if (provider.answer !== undefined) return provider.answer(request, response)
    const isDiscovery =
      request.url === `${path.replace(/\/$/, '')}/.well-known/openid-configuration`
    if (!isKeys && !isDiscovery) return response.writeHead(404).end()
    const { issuer, keys, description } = provider
    // As they publish them: without `alg` at Microsoft Entra, with a certificate at most.
    const published = keys.map(({ jwk: { alg: _, ...jwk } }) => ({ ...jwk, x5c: ['MIIC'] }))
    const body = isKeys
      ? { keys: [...published, { kty: 'RSA', use: 'enc', kid: 'enc', n: 'AQAB', e: 'AQAB' }] }
      : { issuer, jwks_uri: `${origin}/keys`, ...description }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider: TestProvider = {
    issuer: origin + path,
    keys: [await makeIssuer('2026-01')],
    requests: { discovery: 0, keys: 0 },
    description: {},
    answer: undefined,
    sign(claims, header) {
      const key = provider.keys.at(-1)
      if (key === undefined) throw new Error('The provider has no key')
      return key.sign({ iss: provider.issuer, ...claims }, header)
    },
    async rotate(kid) {
      provider.keys = [...provider.keys, await makeIssuer(kid)]
    },
  }
  return provider
}
