import { describe, expect, it } from 'vitest'
import {
  clientManagedLifetime,
  cloudLifetime,
  lifetimeProblems,
  parseLifetime,
} from './lifetime.ts'

const tenant = { product: 'cloud' } as const
const server = { product: 'client-managed' } as const

describe('the lifetime of a token', () => {
  it('is a minute for both products when nothing is said, five seconds of it in the past', () => {
    for (const deployment of [tenant, server])
      expect(parseLifetime(deployment, {})).toEqual({
        lifetimeSeconds: 60,
        notBeforeSkewSeconds: 5,
      })
    expect(parseLifetime(tenant, { lifetimeSeconds: 3 }).notBeforeSkewSeconds).toBe(2)
  })

  it('ends with Qlik’s hour in the cloud, and after ten years elsewhere', () => {
    expect(parseLifetime(tenant, { lifetimeSeconds: 3600 }).lifetimeSeconds).toBe(3600)
    const tenYears = 10 * 365.25 * 86_400
    expect(parseLifetime(server, { lifetimeSeconds: tenYears }).lifetimeSeconds).toBe(tenYears)
    for (const [deployment, lifetimeSeconds, { reason }] of [
      [tenant, 3601, cloudLifetime],
      [server, tenYears + 1, clientManagedLifetime],
    ] as const)
      expect(() => parseLifetime(deployment, { lifetimeSeconds })).toThrow(
        expect.objectContaining({
          code: 'ERR_TOKEN_LIFETIME',
          details: {
            option: 'lifetimeSeconds',
            min: 1,
            max: lifetimeSeconds - 1,
            reason,
          },
        }),
      )
  })

  it('leaves an end that every calendar and a JSON number can hold', () => {
    const latest = Date.UTC(9000, 0) / 1000 + clientManagedLifetime.maxSeconds
    expect(Number.isSafeInteger(latest)).toBe(true)
    expect(new Date(latest * 1000).toISOString()).toMatch(/^9010-/)
  })

  it('and its skew are told together when both are wrong', () => {
    const both = { lifetimeSeconds: 7200, notBeforeSkewSeconds: 301 }
    expect(lifetimeProblems(tenant, both)).toEqual([
      expect.objectContaining({ option: 'lifetimeSeconds', max: 3600 }),
      expect.objectContaining({ option: 'notBeforeSkewSeconds', max: 300 }),
    ])
    expect(lifetimeProblems(tenant, { lifetimeSeconds: 9, notBeforeSkewSeconds: 9 })).toEqual([
      expect.objectContaining({ max: 8, reason: expect.stringMatching(/must lie ahead/) }),
    ])
  })
})
