import { describe, expect, it } from 'vitest'
import { type SingleOptions, toSingleUrl } from './single-url.ts'

const urlOf = (single: SingleOptions, appId = 'app-1') =>
  toSingleUrl('https://acme.eu.qlikcloud.com', appId, single).href

describe('the address of a single object or sheet', () => {
  it('holds the app and the object', () => {
    expect(urlOf({ objectId: 'o1' })).toBe(
      'https://acme.eu.qlikcloud.com/single/?appid=app-1&obj=o1',
    )
  })

  it('takes a sheet, an engine session, a theme and Qlik’s own switches', () => {
    const url = new URL(
      urlOf({ sheetId: 's 1', identity: 'a&b', theme: 'card', options: ['ctxmenu', 'a&b=c'] }),
    )
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      sheet: 's 1',
      identity: 'a&b',
      theme: 'card',
      opt: 'ctxmenu,a&b=c',
    })
  })

  it.each([
    [{}, 'objectId'],
    [{ objectId: 'o1', sheetId: 's1' }, 'objectId'],
    [{ objectId: '' }, 'objectId'],
  ])('refuses %j', (single, option) => {
    expect(() => urlOf(single)).toThrow(
      expect.objectContaining({
        code: 'ERR_BROWSER_OPTION',
        message: expect.stringContaining(option),
      }),
    )
  })

  it('refuses an empty app ID', () => {
    expect(() => urlOf({ objectId: 'o1' }, '')).toThrow(/appId/)
  })
})
