import { describe, expect, it } from 'vitest'
import { cloud, readCloud } from './deployment.ts'

const issuer = 'acme.example'

describe('a Qlik Cloud deployment', () => {
  it('is the tenant’s origin and the issuer, frozen', () => {
    const tenant = cloud({ url: 'https://Acme.eu.qlikcloud.com:443/', issuer })
    expect(tenant).toEqual({ product: 'cloud', url: 'https://acme.eu.qlikcloud.com', issuer })
    expect(Object.isFrozen(tenant)).toBe(true)
  })

  it.each([
    'http://localhost:4848',
    'http://qlik.localhost:4848',
    'http://127.0.0.1:4848',
    'http://127.8.9.1',
    'http://[::1]:4848',
  ])('accepts http for the loopback name %s', (url) => {
    expect(cloud({ url, issuer }).url).toBe(url)
  })

  it.each([
    [
      'http://acme.eu.qlikcloud.com',
      'must begin with https://; http is allowed for loopback names only',
    ],
    [
      'http://localhost.evil.example',
      'must begin with https://; http is allowed for loopback names only',
    ],
    ['http://evillocalhost', 'must begin with https://; http is allowed for loopback names only'],
    [
      'http://127.0.0.1.evil.example',
      'must begin with https://; http is allowed for loopback names only',
    ],
    ['acme.eu.qlikcloud.com', 'is not a web address; it begins with https://'],
    ['wss://acme.eu.qlikcloud.com', 'must begin with https://'],
    ['https://acme.eu.qlikcloud.com/api', 'must be an origin, without path, query or fragment'],
    ['https://acme.eu.qlikcloud.com/?a=1', 'must be an origin, without path, query or fragment'],
    ['https://acme.eu.qlikcloud.com/#a', 'must not contain a fragment'],
    ['https://ada:secret@acme.eu.qlikcloud.com', 'must not contain a user name or password'],
    [undefined, 'is missing'],
  ])('refuses the url %s: it %s', (url, problem) => {
    expect(() => cloud({ url: url as string, issuer })).toThrow(
      expect.objectContaining({
        code: 'ERR_TOKEN_DEPLOYMENT',
        details: { option: 'url', problem },
      }),
    )
  })

  it('has all its problems reported together', () => {
    expect(readCloud({ url: 'x', issuer: '' }).problems).toEqual([
      { option: 'url', problem: 'is not a web address; it begins with https://' },
      { option: 'issuer', problem: 'is empty' },
    ])
  })

  it('refuses an issuer that is not plain text', () => {
    for (const wrong of ['', 'a\n', 'a'.repeat(257), undefined])
      expect(() => cloud({ url: 'https://a.example', issuer: wrong as string })).toThrow(
        expect.objectContaining({
          code: 'ERR_TOKEN_DEPLOYMENT',
          details: expect.objectContaining({ option: 'issuer' }),
        }),
      )
  })
})
