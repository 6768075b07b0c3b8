import { describe, expect, it } from 'vitest'
import { isLoopback, readOrigin, readWebAddress } from './web-address.ts'

describe('an origin', () => {
  it.each([
    ['https://acme.eu.qlikcloud.com', 'https://acme.eu.qlikcloud.com'],
    ['HTTPS://Acme.Example:443/', 'https://acme.example'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://tenant.cloud.localhost', 'http://tenant.cloud.localhost'],
    ['http://127.1:80/', 'http://127.0.0.1'],
    ['http://[::1]:9', 'http://[::1]:9'],
  ])('is read from %s', (text, value) => {
    expect(readOrigin('url', text)).toEqual({ value })
  })

  it.each([
    [undefined, 'is missing'],
    [5, 'must be a string, not a number'],
    ['acme', 'is not a web address; it begins with https://'],
    ['ftp://acme.example', 'must begin with https://'],
    ['https://a:b@acme.example', 'must not contain a user name or password'],
    ['https://acme.example/#a', 'must not contain a fragment'],
    ['http://acme.example', 'must begin with https://; http is allowed for loopback names only'],
    [
      'http://localhost.evil.example',
      'must begin with https://; http is allowed for loopback names only',
    ],
    ['https://acme.example/hub', 'must be an origin, without path, query or fragment'],
    ['https://*.acme.example', 'must name one host: there are no wildcards'],
    ['https://acme.example/?a=b', 'must be an origin, without path, query or fragment'],
  ])('is not read from %s', (value, problem) => {
    expect(readOrigin('url', value)).toEqual({ problems: [{ option: 'url', problem }] })
  })

  it('is not asked of a web address, which may have path and query', () => {
    const { value } = readWebAddress('url', 'https://login.acme.example/jwks.json?a=b')
    expect(value?.href).toBe('https://login.acme.example/jwks.json?a=b')
  })
})

it.each([
  ['localhost', true],
  ['www.acme.localhost', true],
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['[::1]', true],
  ['localhost.example', false],
  ['notlocalhost', false],
  ['127.0.0.1.example', false],
  ['128.0.0.1', false],
  ['[::2]', false],
])('knows whether %s is loopback: %s', (name, loopback) => {
  expect(isLoopback(name)).toBe(loopback)
})
