import { describe, expect, it } from 'vitest'
import { readEngineAddress } from './engine-address.ts'

const origin = 'https://acme.eu.qlikcloud.com'

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
    expect(readEngineAddress(origin, options).value?.href).toBe(address)
  })

  it('is a ws: address where the deployment is at http:', () => {
    const { value } = readEngineAddress('http://localhost:8080', { appId: 'a1' })
    expect(value?.href).toBe('ws://localhost:8080/app/a1')
  })

  it('is refused with everything that is wrong', () => {
    const wrong = { appId: '..', identity: '', ttlSeconds: 86_401 }
    expect(readEngineAddress(origin, wrong).problems).toEqual([
      { option: 'appId', problem: 'must not consist of dots alone' },
      { option: 'identity', problem: 'must be a string of 1 to 256 characters' },
      { option: 'ttlSeconds', problem: 'must be a whole number from 0 to 86400' },
    ])
  })

  it.each(['.', '', 'a'.repeat(257), 'a\ud800', 5, undefined])('refuses the app %o', (appId) => {
    expect(readEngineAddress(origin, { appId: appId as string }).problems).toHaveLength(1)
  })
})
