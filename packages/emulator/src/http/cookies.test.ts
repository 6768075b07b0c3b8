import { describe, expect, it } from 'vitest'
import { parseCookies } from './cookies.ts'

describe('a Cookie header', () => {
  it('is read pair by pair; the first of two equal names counts', () => {
    expect([...parseCookies('a=1; b=x=y ;c; =z; a=2;  d=')]).toEqual([
      ['a', '1'],
      ['b', 'x=y'],
      ['d', ''],
    ])
    expect(parseCookies(undefined).size).toBe(0)
  })
})
