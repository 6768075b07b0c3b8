import { describe, expect, it } from 'vitest'
import { checkToken } from './check.ts'
import { cloud } from './deployment.ts'
import { inspectToken } from './inspect.ts'
import { goodCloudClaims, goodCloudHeader, makeTestKey } from './rules/tokens.fixture.ts'

// A minute each by a regular expression, some milliseconds character by character: any machine can tell the
// difference. Processor time is measured, since wall-clock time counts what other processes do.
describe('a token made to keep its reader busy', () => {
  const many = 64_000
  const started = () => {
    const start = process.cpuUsage()
    return () => {
      const { user, system } = process.cpuUsage(start)
      return (user + system) / 1000
    }
  }

  it.each([
    ['quotation marks inside', `a${'"'.repeat(many)}a`],
    ['quotation marks and two semicolons', `a${'"'.repeat(many)};;`],
    ['padding inside', `e30.A${'='.repeat(many)}A.AA`],
  ])('is read quickly: %s', (_, text) => {
    const elapsed = started()
    expect(inspectToken(text).findings).not.toEqual([])
    expect(elapsed()).toBeLessThan(5000)
  })

  it('is compared quickly: slashes inside the audience', async () => {
    const key = await makeTestKey()
    const claims = { ...goodCloudClaims, aud: `a${'/'.repeat(47_000)}a` }
    const token = await key.sign(goodCloudHeader, claims)
    const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
    const elapsed = started()
    const { findings } = await checkToken(token, tenant)
    expect(findings.map(({ id }) => id)).toContain('cloud-audience')
    expect(elapsed()).toBeLessThan(5000)
  })
})
