import { describe, expect, it } from 'vitest'
import { checkToken } from './check.ts'
import { cloud } from './deployment.ts'
import { inspectToken } from './inspect.ts'
import { goodCloudClaims, goodCloudHeader, makeTestKey } from './rules/tokens.fixture.ts'
import { withoutEnd } from './without-end.ts'

describe('a text without the characters at its end', () => {
  it.each([
    ['AA==', '=', 'AA'],
    ['=A=A=', '=', '=A=A'],
    ['====', '=', ''],
    ['', '=', ''],
    ['AA', '=', 'AA'],
    ['a"\'', '\'"', 'a'],
  ])('%s without %s is %s', (text, characters, rest) => {
    expect(withoutEnd(text, characters)).toBe(rest)
  })
})

// A minute each by a regular expression, some milliseconds character by character: any machine can
// tell the one from the other. What counts is the time that the processor works for us, not the hour on
// the wall: that goes on while it works for others.
describe('a text that is made to hold its reader up', () => {
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
  ])('is read in no time: %s', (_, text) => {
    const elapsed = started()
    expect(inspectToken(text).findings).not.toEqual([])
    expect(elapsed()).toBeLessThan(5000)
  })

  it('is compared in no time: slashes inside the audience', async () => {
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
