import { describe, expect, it } from 'vitest'
import { holdsTime, looksRandom } from './looks-random.ts'

describe('an ID that looks generated', () => {
  it.each([
    '3f1c1a52-8f5e-4a51-9d2e-6f0b3a7c9d10',
    'user_3f1c1a52-8f5e-4a51-9d2e-6f0b3a7c9d10',
    '0123456789abcdef0123456789ABCDEF',
    'qL3dk-9Zx_0VbN7mQw2eRt5yUi8oPaSd',
    'user-0.8444218515250481',
    'guest0.5e3f8g9h2k1',
  ])('is known by its form: %s', (id) => {
    expect(looksRandom(id)).toBe(true)
  })

  it.each([
    'ada',
    'acme|42',
    'auth0|a08D000001C6YtJIAV',
    'ada@10.example',
    'ada@host0.example',
    '0.3217',
    '10.0.12345678',
    '507f1f77bcf86cd799439011',
  ])('is not one that was given: %s', (id) => {
    expect(looksRandom(id)).toBe(false)
  })
})

describe('an ID with the time in it', () => {
  const now = 1_767_225_600
  it.each([
    'portal-user-1767225600123',
    '1767225600',
    'u1767225599000000',
    `user-${(now * 1000).toString(36)}`,
    `user_${(now * 1000).toString(16)}`,
    'guest-2026-01-01T00:00:00.000Z',
    'guest20260101000000',
  ])('is known: %s', (id) => {
    expect(holdsTime(id, [now])).toBe(true)
    expect(holdsTime(id, [now - 40 * 86_400])).toBe(false)
    expect(holdsTime(id, [])).toBe(false)
  })

  it.each(['ada', 'customer-4912345678', '2026', 'A-20260101', '17672256001234567890'])(
    'is not: %s',
    (id) => {
      expect(holdsTime(id, [now])).toBe(false)
    },
  )
})
