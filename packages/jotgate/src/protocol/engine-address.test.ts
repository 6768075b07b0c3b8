import { describe, expect, it } from 'vitest'
import { type EngineAddress, toEngineAddress } from './engine-address.ts'

const origin = 'https://acme.eu.qlikcloud.com'

const addressOf = (options: EngineAddress & { basePath?: string }, at = origin) =>
  toEngineAddress(at, options, ({ option, problem }) => new Error(`${option} ${problem}`)).href

describe('the address of an engine', () => {
  it.each([
    [{ appId: 'a1' }, 'wss://acme.eu.qlikcloud.com/app/a1'],
    [
      { appId: 'a/b ?', identity: 'ä', ttlSeconds: 0 },
      'wss://acme.eu.qlikcloud.com/app/a%2Fb%20%3F/identity/%C3%A4/ttl/0',
    ],
    [
      { appId: 'a1', ttlSeconds: 86_400, basePath: '/jwt' },
      'wss://acme.eu.qlikcloud.com/jwt/app/a1/ttl/86400',
    ],
  ])('is made of %o', (options, address) => {
    expect(addressOf(options)).toBe(address)
  })

  it('is a ws: address where the deployment is at http:', () => {
    expect(addressOf({ appId: 'a1' }, 'http://localhost:8080')).toBe('ws://localhost:8080/app/a1')
  })

  it.each([
    [{ appId: '..' }, 'appId must be 1 to 256 characters, not dots'],
    [{ appId: 'a', identity: '' }, 'identity must be 1 to 256 characters, not dots'],
    [{ appId: 'a', ttlSeconds: 86_401 }, 'ttlSeconds must be a whole number from 0 to 86400'],
  ])('is refused with what is wrong: %o', (wrong, message) => {
    expect(() => addressOf(wrong)).toThrow(new Error(message))
  })

  it.each(['.', '', 'a'.repeat(257), 'a\ud800', 5, undefined])('refuses the app %o', (appId) => {
    expect(() => addressOf({ appId: appId as string })).toThrow(/^appId must/)
  })
})
