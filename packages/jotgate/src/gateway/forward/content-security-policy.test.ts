import { describe, expect, it } from 'vitest'
import { changePolicy } from './content-security-policy.ts'

const change = (value: string) =>
  changePolicy(value, {
    frameAncestors: ['https://qlik.acme.example', 'https://www.acme.example'],
    exchange: (source) =>
      source.includes('tenant.example')
        ? source.replace('tenant.example', 'qlik.acme.example')
        : undefined,
  })

const listed = 'frame-ancestors https://qlik.acme.example https://www.acme.example'

describe('Content-Security-Policy', () => {
  it('lets the listed origins frame an answer, and no other', () => {
    for (const before of [" 'self'", " 'none'", ' *', ' https://other.example', ''])
      expect(change(`default-src 'self'; frame-ancestors${before}`)).toEqual({
        value: `default-src 'self'; ${listed}`,
        hasFrameAncestors: true,
      })
  })

  it('finds the directive in any case, as often as it comes, and in each of several policies', () => {
    expect(change("FRAME-ANCESTORS 'none';frame-ancestors *, frame-ancestors *").value).toBe(
      `${listed};${listed}, ${listed}`,
    )
  })

  it('exchanges the deployment in connect-src alone', () => {
    const { value } = change(
      "img-src https://tenant.example; connect-src 'self' https://tenant.example wss://tenant.example https://cdn.example; script-src tenant.example",
    )
    expect(value).toBe(
      "img-src https://tenant.example; connect-src 'self' https://qlik.acme.example wss://qlik.acme.example https://cdn.example; script-src tenant.example",
    )
  })

  it('keeps all else as it came', () => {
    const policy =
      "default-src  'self' 'nonce-abc' ;; script-src 'sha256-x=' 'unsafe-inline';report-uri /csp ; connect-src *.example;"
    expect(change(policy)).toEqual({ value: policy, hasFrameAncestors: false })
    expect(change('')).toEqual({ value: '', hasFrameAncestors: false })
  })

  it('takes linear time on a long one', () => {
    const policy = `${' '.repeat(100_000)}connect-src ${'https://tenant.example '.repeat(1000)};${' '.repeat(100_000)}`
    const before = performance.now()
    change(policy)
    expect(performance.now() - before).toBeLessThan(2000)
  })
})
