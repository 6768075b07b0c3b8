import { describe, expect, it } from 'vitest'
import type { RecordedRequest } from '../../control/recorder.ts'
import { ruleNames } from '../login/verify-token.ts'
import { adviceOn } from './advice.ts'

const request: RecordedRequest = {
  number: 1,
  product: 'cloud',
  at: '2026-01-01T00:00:00.000Z',
  method: 'POST',
  path: '/login/jwt-session',
  query: [],
  host: 'localhost',
  cookies: [],
  caller: 'nobody',
  status: 200,
  setCookies: [],
}
const token = { header: {}, claims: {}, verdict: [], accepted: true }

describe('advice on a request', () => {
  it('is not given when all went well', () => {
    expect(adviceOn({ ...request, token })).toEqual([])
  })

  it.each(ruleNames)('names the next step when the rule %s refuses', (rule) => {
    const verdict = [{ rule, outcome: 'refused', detail: 'because' }] as const
    const [advice, ...more] = adviceOn({
      ...request,
      status: 401,
      error: { code: 'INTERNAL-TOKEN-1', title: 'Unauthorized' },
      token: { ...token, verdict, accepted: false },
    })
    expect(advice?.why).toBe('because')
    expect(advice?.next).not.toBe('Read what the rule says.')
    expect(more).toEqual([])
  })

  it('warns of group, which Cloud drops', () => {
    const claims = { group: ['sales'] }
    expect(adviceOn({ ...request, token: { ...token, claims } })).toMatchObject([
      { why: expect.stringContaining('reads groups') },
    ])
    const both = { group: ['sales'], groups: ['sales'] }
    expect(adviceOn({ ...request, token: { ...token, claims: both } })).toEqual([])
  })

  it('says what the error of a fault means', () => {
    const error = { code: 'HTTP-429', title: 'API rate limit reached.' }
    expect(adviceOn({ ...request, fault: '429', error })).toMatchObject([
      { next: expect.stringContaining('retry-after') },
    ])
  })

  it('takes the error of the same code and text', () => {
    const error = { code: 'IDP-400', title: "The interactive IdP for the tenant can't be deleted" }
    expect(adviceOn({ ...request, error })[0]?.next).toContain('Delete JWT')
  })

  it('explains a close code', () => {
    expect(adviceOn({ ...request, status: 101, closeCode: 4203 })[0]?.next).toContain('group')
  })

  it('repeats an error that it does not know', () => {
    const error = { code: 'X-1', title: 'Odd', detail: 'very' }
    expect(adviceOn({ ...request, error })[0]?.why).toBe('Odd: very')
  })
})
