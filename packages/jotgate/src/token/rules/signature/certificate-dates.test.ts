import { describe, expect, it } from 'vitest'
import { testNow } from '../tokens.fixture.ts'
import { certificateDates } from './certificate-dates.ts'

describe('the dates of a certificate', () => {
  const said = (dates: { from: number; to: number } | undefined) =>
    certificateDates.explain({ certificateDates: dates, now: testNow } as never)
  const [from, to] = [testNow * 1000, testNow * 1000]

  it('are said to be over, or not to have begun, and nothing on their days', () => {
    expect(said(undefined)).toBeUndefined()
    expect(said({ from, to })).toBeUndefined()
    expect(said({ from: from + 1000, to: to + 2000 })).toBe(
      'It begins 2026-01-01 00:00:01 UTC, in 1 second.',
    )
    expect(said({ from: from - 2000, to: to - 60_000 })).toBe(
      'It ended 2025-12-31 23:59:00 UTC, 1 minute ago.',
    )
  })
})
