import { describe, expect, it } from 'vitest'
import type { RecordedRequest } from '../../control/recorder.ts'
import { proxyTexts } from '../proxy/answers.ts'
import { proxyRuleNames } from '../proxy/token/verify-token.ts'
import { siteAdviceOn } from './advice.ts'

const request: RecordedRequest = {
  number: 1,
  product: 'client-managed',
  at: '2026-01-01T00:00:00.000Z',
  method: 'GET',
  path: '/jwt/hub/',
  query: [],
  host: 'localhost',
  cookies: [],
  caller: 'nobody',
  status: 401,
  setCookies: [],
}

describe('advice on a request', () => {
  it('is not given when all went well', () => {
    expect(siteAdviceOn({ ...request, status: 200 })).toEqual([])
  })

  it.each(proxyRuleNames)('names the next step when the rule %s refuses', (rule) => {
    const verdict = [{ rule, outcome: 'refused', detail: 'because' }] as const
    const [advice, ...more] = siteAdviceOn({
      ...request,
      error: { code: 'HTTP-401', title: 'Unauthorized' },
      token: { header: {}, claims: {}, verdict, accepted: false },
    })
    expect(advice?.why).toBe('because')
    expect(advice?.next).not.toBe('Read what the rule says.')
    expect(more).toEqual([])
  })

  it('is that of the documented error, with what this request lacks', () => {
    const error = { code: 'HTTP-403', title: proxyTexts.crossSiteSocket, detail: 'No token' }
    expect(siteAdviceOn({ ...request, error })).toEqual([
      { why: 'No token', next: expect.stringContaining('qlik-csrf-token in the query') },
    ])
  })

  it('is that of the service, where several errors have one text', () => {
    const error = { code: 'HTTP-403', title: 'Forbidden' }
    const nextOf = (changes: Partial<RecordedRequest>) =>
      siteAdviceOn({ ...request, error, ...changes })[0]?.next
    expect(nextOf({ path: '/jwt/qrs/user' })).toContain('Give the service user a rule')
    expect(nextOf({ path: '/qrs/user', shapedBy: ['missingClientCertificate'] })).toContain(
      'Send client.pem',
    )
    expect(nextOf({ path: '/jwt/qps/csrftoken' })).toContain('host allow list')
  })

  it('names the switches', () => {
    const [advice] = siteAdviceOn({ ...request, decidedBy: 'unknownUser' })
    expect(advice?.why).toContain('the switch unknownUser decides it, and no source settles it')
  })
})
