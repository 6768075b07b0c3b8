// The lists of open redirects are not in the repository: JOTGATE_CORPORA names the folder that holds them, and
// without it these tests say that they were skipped.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readSite } from '../site.ts'
import { readReturnAddress, toLoginAddress } from './login-address.ts'

const site = readSite('https://qlik.acme.example', ['https://www.acme.example'])
const folder = process.env.JOTGATE_CORPORA ?? ''
const absent = !existsSync(`${folder}/open-redirect`)
if (absent)
  console.warn('Skipped: open redirects. JOTGATE_CORPORA names no folder that holds them.')

describe('where a person goes after a login', () => {
  it.each([
    ['https://www.acme.example/sales?year=1#top', 'https://www.acme.example/sales?year=1#top'],
    ['/single/?appid=a', 'https://qlik.acme.example/single/?appid=a'],
    ['', 'https://qlik.acme.example/'],
    ['https://qlik.acme.example/a/../b', 'https://qlik.acme.example/b'],
    // A path to a parser that has a base of the same scheme, and so to every browser.
    ['https:evil.example', 'https://qlik.acme.example/evil.example'],
  ])('%j is %s', (wanted, address) => {
    expect(readReturnAddress(wanted, site)).toBe(address)
  })

  it.each([
    '//evil.example',
    '/\\evil.example',
    '\t//evil.example',
    'https://www.acme.example@evil.example',
    'https://ada:secret@www.acme.example/',
    'http://www.acme.example/',
    'https://www.acme.example:444/',
    'javascript:alert(1)',
    'data:text/html,a',
    'https://[',
    `/${'a'.repeat(4000)}`,
  ])('is never %.60j', (wanted) => {
    expect(readReturnAddress(wanted, site)).toBeUndefined()
  })

  it('is told to the host application, encoded', () => {
    expect(toLoginAddress('https://www.acme.example/login?lang=en', 'https://a.example/?b&c')).toBe(
      'https://www.acme.example/login?lang=en&returnto=https%3A%2F%2Fa.example%2F%3Fb%26c',
    )
  })

  it.skipIf(absent)('stays at a listed origin for all lists of open redirects (T-O02)', () => {
    const lines = [
      'open-redirect/oauth2-proxy-openredirects.txt',
      'payloadsallthethings/Open-Redirect-payloads.txt',
      'payloadsallthethings/open_redirect_wordlist.txt',
      'payloadsallthethings/openredirects.txt',
    ].flatMap((file) => readFileSync(`${folder}/${file}`, 'utf8').split('\n').filter(Boolean))
    expect(lines.length).toBeGreaterThan(850)
    for (const line of lines)
      for (const wanted of [line, ...decodings(line), `/${line}`]) {
        const address = readReturnAddress(wanted, site)
        if (address === undefined) continue
        // As a browser reads the Location that it gets.
        const { origin } = new URL(address, 'https://other.example/')
        expect(site.allows(origin), wanted).toBe(true)
        expect(address, wanted).toMatch(/^https:\/\/(qlik|www)\.acme\.example\/[\x21-\x7e]*$/)
      }
  })
})

function decodings(line: string): string[] {
  try {
    return [decodeURIComponent(line)]
  } catch {
    return []
  }
}
