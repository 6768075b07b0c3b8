import { describe, expect, it } from 'vitest'
import { parseDuration } from './duration.ts'

describe('a length of time', () => {
  it.each([
    ['60', 60],
    ['60s', 60],
    ['5m', 300],
    ['1h', 3600],
    ['2d', 172_800],
    [' 5m ', 300],
    ['0', 0],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds)
  })

  it.each(['', 's', '1.5h', '-1h', '5 m', '1w', '1h30m', '1e3', '0x10', '１', '9999999999'])(
    '%j is of another form',
    (text) => {
      expect(parseDuration(text)).toBeUndefined()
    },
  )
})
