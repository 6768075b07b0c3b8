import { describe, expect, it } from 'vitest'
import { valueOrThrow } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import { addressGroup, canonicalAddress, readTrustedProxies } from './client-address.ts'

describe('an address', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['::ffff:a01:203', '10.1.2.3'],
    ['0:0:0:0:0:FFFF:0A01:0203', '10.1.2.3'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
    [undefined, ''],
    ['unix', ''],
    ['127.1', ''],
  ])('%s has one form: %s', (address, canonical) => {
    expect(canonicalAddress(address)).toBe(canonical)
  })

  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', ''],
  ])('%s is counted as %s', (address, group) => {
    expect(addressGroup(address)).toBe(group)
  })
})

describe('trusted proxies', () => {
  const reader = (...proxies: string[]) =>
    valueOrThrow(readTrustedProxies('trustedProxies', proxies), gatewayErrors.ERR_GATEWAY_OPTION)
      .readAddress

  it('T-H11 nobody is trusted by default', () => {
    expect(reader()('203.0.113.9', '198.51.100.1')).toBe('203.0.113.9')
  })

  it('T-H11 the newest address that no trusted proxy has is the client’s', () => {
    const read = reader('10.0.0.0/8', '2001:db8::/32')
    expect(read('10.0.0.1', '198.51.100.1')).toBe('198.51.100.1')
    expect(read('::ffff:10.0.0.1', '1.1.1.1, 198.51.100.1, 10.9.9.9')).toBe('198.51.100.1')
    expect(read('2001:db8::5', '::ffff:198.51.100.1')).toBe('198.51.100.1')
    expect(read('203.0.113.9', '198.51.100.1')).toBe('203.0.113.9')
    expect(read('10.0.0.1', undefined)).toBe('10.0.0.1')
    expect(read('10.0.0.1', 'unknown, 10.0.0.2')).toBe('10.0.0.2')
    expect(read('10.0.0.1', 'x'.repeat(9_000))).toBe('10.0.0.1')
  })

  it('are single addresses too', () => {
    const read = reader('10.0.0.1', '2001:db8::1')
    expect(read('10.0.0.1', '198.51.100.1')).toBe('198.51.100.1')
    expect(read('10.0.0.2', '198.51.100.1')).toBe('10.0.0.2')
    expect(read('2001:db8::1', '198.51.100.1')).toBe('198.51.100.1')
  })

  it.each([
    [[10], /must be an IP address/],
    ['10.0.0.1', /must be an array/],
    [Array(101).fill('10.0.0.1'), /must be an array of at most 100/],
  ])('are a list of strings', (value, message) => {
    const { problems } = readTrustedProxies('trustedProxies', value as string[])
    expect(problems?.[0].problem).toMatch(message)
  })

  it.each([
    ['::ffff:10.0.0.0/8', /within IPv6/],
    ['::ffff:10.0.0.1', /within IPv6/],
    ['10.0.0.0/0', /prefix length/],
    ['10.0.0.0/33', /prefix length/],
    ['10.0.0.0/8/8', /must be an IP address/],
    ['proxy.acme.example', /must be an IP address/],
    ['', /must be an IP address/],
  ])('T-H11 %s is refused', (network, message) => {
    expect(() => reader(network)).toThrow(message)
  })
})
