import { test as base, describe, expect } from 'vitest'
import { makeTestKey } from '../jwt/testing/certificate.ts'
import { signTestToken } from '../jwt/testing/sign-test-token.ts'
import { clientManagedFixture } from './index.ts'

const key = makeTestKey()
const virtualProxies = [{ prefix: 'jwt', certificate: key.certificatePem }]
const test = base.extend(clientManagedFixture({ apps: [], virtualProxies, nodes: 2 }))

describe('the fixture for client-managed Qlik', () => {
  test('gives a test a server with its virtual proxies', async ({ emulator }) => {
    const token = signTestToken({ userId: 'ada', userDirectory: 'ACME' }, { key })
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`${emulator.urls.proxy2}/jwt/qps/user`, { headers })
    expect(await answer.json()).toMatchObject({ userDirectory: 'ACME', userId: 'ada' })
    expect(emulator.state.sessions()).toMatchObject([{ node: 'Rim', userId: 'ada' }])
    expect(emulator.requests.at(-1)).toMatchObject({ path: '/jwt/qps/user', virtualProxy: '/jwt' })
  })

  test('gives the next test another one', ({ emulator }) => {
    expect(emulator.state.sessions()).toEqual([])
  })

  test.fails('fails a test that tries to reach another server, though it catches the error', async ({
    emulator,
  }) => {
    expect(emulator.state.sessions()).toEqual([])
    await fetch('https://sense.acme.example/jwt/qps/user').catch(() => undefined)
  })
})
