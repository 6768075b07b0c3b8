import { expect, it } from 'vitest'
import { createXrfkey } from './xrfkey.ts'

it('has 16 letters and digits, others each time', () => {
  const keys = Array.from({ length: 100 }, createXrfkey)
  for (const key of keys) expect(key).toMatch(/^[0-9A-Za-z]{16}$/)
  expect(new Set(keys).size).toBe(100)
})
