import { describe, expect, it } from 'vitest'
import { type SingleOptions, toSingleUrl } from './single-url.ts'

const urlOf = (single: SingleOptions, appId = 'app-1') =>
  toSingleUrl({
    url: 'https://acme.eu.qlikcloud.com',
    webIntegrationId: 'web-1',
    csrfToken: 'c+1/=',
    appId,
    single,
  })

describe('the address of a single object or sheet', () => {
  it('holds the object, the integration and the CSRF token', () => {
    expect(urlOf({ objectId: 'o1' })).toBe(
      'https://acme.eu.qlikcloud.com/single/?appid=app-1&obj=o1&qlik-web-integration-id=web-1&qlik-csrf-token=c%2B1%2F%3D',
    )
  })

  it('takes a sheet, an engine session, a theme and Qlik’s own switches', () => {
    const url = new URL(
      urlOf({ sheetId: 's 1', identity: 'a&b', theme: 'card', options: ['ctxmenu', 'currsel'] }),
    )
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      sheet: 's 1',
      identity: 'a&b',
      theme: 'card',
      opt: 'ctxmenu,currsel',
    })
  })

  it.each([
    [{}, 'objectId'],
    [{ objectId: 'o1', sheetId: 's1' }, 'objectId'],
    [{ objectId: '' }, 'objectId'],
    [{ sheetId: 'x'.repeat(257) }, 'sheetId'],
    [{ objectId: 'o1', identity: '\ud800' }, 'identity'],
    [{ objectId: 'o1', options: ['a=b&c'] }, 'options'],
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
