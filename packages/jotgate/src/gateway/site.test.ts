import { describe, expect, it } from 'vitest'
import { readSite } from './site.ts'

describe('the site of a gateway', () => {
  it('is one registrable domain and one scheme', () => {
    const site = readSite('https://qlik.acme.co.uk/', ['https://www.acme.co.uk'])
    expect(site).toMatchObject({ publicUrl: 'https://qlik.acme.co.uk', host: 'qlik.acme.co.uk' })
    expect(site.allows('https://www.acme.co.uk')).toBe(true)
    expect(site.allows('https://qlik.acme.co.uk')).toBe(true)
    expect(site.allows('https://acme.co.uk')).toBe(false)
  })

  it.each([
    ['https://qlik.acme.co.uk', 'https://www.other.co.uk'],
    ['https://qlik.acme.localhost', 'http://www.acme.localhost'],
    ['https://acme.github.io', 'https://other.github.io'],
    ['https://10.0.0.1', 'https://10.0.0.2'],
  ])('refuses %s beside %s, since the cookie would be a third party’s', (own, other) => {
    expect(() => readSite(own, [other])).toThrow(/third party/)
  })

  it('takes names of this machine', () => {
    const site = readSite('http://qlik.acme.localhost:3000', ['http://www.acme.localhost:3001'])
    expect(site.host).toBe('qlik.acme.localhost:3000')
    expect(() => readSite('http://localhost:1', ['http://localhost:2'])).not.toThrow()
  })
})
