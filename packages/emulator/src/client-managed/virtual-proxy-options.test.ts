import { expect, it } from 'vitest'
import { clientManaged } from './product.ts'
import { siteKey, startSite } from './testing/site.ts'

const certificate = siteKey().certificatePem

it.each([
  [[{ prefix: '' }], 'has no prefix already'],
  [[{ prefix: 'Jwt' }], 'a character'],
  [[{ prefix: '../hub' }], 'a character'],
  [[{ prefix: 5 }], 'a character'],
  [[{ prefix: 'jwt' }, { prefix: 'jwt' }], 'given twice'],
  [[{ prefix: 'jwt', sessionCookieHeaderName: 'a b; c' }], 'sessionCookieHeaderName'],
  [[{ prefix: 'jwt', certificate: Buffer.from(certificate) }], 'not a string'],
  [[{ prefix: 'jwt', certificate: '{"name": "x"}' }], 'not a certificate'],
  [
    [{ prefix: 'jwt', certificate: `-----BEGIN PRIVATE KEY-----\nSECRET\n${certificate}` }],
    'a private key',
  ],
])('refuses virtual proxies that could not work: %#', (virtualProxies, problem) => {
  const start = () => clientManaged({ virtualProxies: virtualProxies as never })
  expect(start).toThrow(
    expect.objectContaining({
      code: 'ERR_EMULATOR_VIRTUAL_PROXY',
      message: expect.stringContaining(problem),
    }),
  )
  expect(start).not.toThrow('SECRET')
})

it('takes a certificate', () => {
  expect(clientManaged({ virtualProxies: [{ prefix: 'jwt', certificate }] }).name).toBe(
    'client-managed',
  )
})

it('maps group, name and e-mail, so that the person has a name', async () => {
  const test = await startSite()
  try {
    const token = test.token({ name: 'Ada Lovelace', email: 'ada@acme.example' })
    const answer = await test.ask('/jwt/qps/user', { token })
    expect(await answer.json()).toMatchObject({ userId: 'ada', userName: 'Ada Lovelace' })
    expect(test.site.state.sessions()).toMatchObject([
      { attributes: { group: ['sales'], name: ['Ada Lovelace'], email: ['ada@acme.example'] } },
    ])
  } finally {
    await test.close()
  }
})
