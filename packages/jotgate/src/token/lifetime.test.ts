import { describe, expect, it } from 'vitest'
import { clientManagedLifetime, cloudLifetime, readLifetime } from './lifetime.ts'

const tenant = { product: 'cloud' } as const
const server = { product: 'client-managed' } as const

describe('the lifetime of a token', () => {
  it('is a minute for both products by default, five seconds of it in the past', () => {
    for (const deployment of [tenant, server])
      expect(readLifetime(deployment, {})).toEqual({
        value: { lifetimeSeconds: 60, notBeforeSkewSeconds: 5 },
      })
    expect(readLifetime(tenant, { lifetimeSeconds: 3 }).value?.notBeforeSkewSeconds).toBe(2)
  })

  it('ends with Qlik’s hour in the cloud, and after ten years elsewhere', () => {
    expect(readLifetime(tenant, { lifetimeSeconds: 3600 }).value?.lifetimeSeconds).toBe(3600)
    const tenYears = 10 * 365.25 * 86_400
    expect(readLifetime(server, { lifetimeSeconds: tenYears }).value?.lifetimeSeconds).toBe(
      tenYears,
    )
    for (const [deployment, lifetimeSeconds, { reason }] of [
      [tenant, 3601, cloudLifetime],
      [server, tenYears + 1, clientManagedLifetime],
    ] as const) {
      const max = lifetimeSeconds - 1
      expect(readLifetime(deployment, { lifetimeSeconds }).problems).toEqual([
        {
          option: 'lifetimeSeconds',
          problem: `must be a whole number of seconds from 1 to ${max}: ${reason}`,
          min: 1,
          max,
          reason,
        },
      ])
    }
  })

  it('leaves an end that every calendar and a JSON number can express', () => {
    const latest = Date.UTC(9000, 0) / 1000 + clientManagedLifetime.maxSeconds
    expect(Number.isSafeInteger(latest)).toBe(true)
    expect(new Date(latest * 1000).toISOString()).toMatch(/^9010-/)
  })

  it('is reported together with its skew when both are wrong', () => {
    const both = { lifetimeSeconds: 7200, notBeforeSkewSeconds: 301 }
    expect(readLifetime(tenant, both).problems).toEqual([
      expect.objectContaining({ option: 'lifetimeSeconds', max: 3600 }),
      expect.objectContaining({ option: 'notBeforeSkewSeconds', max: 300 }),
    ])
    const equal = { lifetimeSeconds: 9, notBeforeSkewSeconds: 9 }
    expect(readLifetime(tenant, equal).problems).toEqual([
      expect.objectContaining({ max: 8, reason: expect.stringMatching(/valid for some time/) }),
    ])
  })
})
