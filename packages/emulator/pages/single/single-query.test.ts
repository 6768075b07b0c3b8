import { describe, expect, it } from 'vitest'
import { parseSingleQuery } from './single-query.ts'

const at = (target: string) => parseSingleQuery(`http://localhost:4848${target}`)

describe('the address of /single/', () => {
  it('names app, object and identity', () => {
    expect(at('/single/?appid=a%20b&obj=chart&identity=me&qlik-csrf-token=t')).toMatchObject({
      appId: 'a b',
      objectId: 'chart',
      identity: 'me',
      csrfToken: 't',
    })
  })

  it('shows no selections bar, selects, and is light, unless it says otherwise', () => {
    expect(at('/single/?appid=a&sheet=s')).toEqual({
      appId: 'a',
      sheetId: 's',
      isAppPage: false,
      isDark: false,
      showsSelections: false,
      selects: true,
      isActive: true,
      clearsFirst: false,
      selections: [],
    })
  })

  it.each(['opt=ctxmenu,currsel', 'opt=ctxmenu&opt=currsel'])('takes options as %s', (options) => {
    expect(at(`/single/?appid=a&obj=o&${options}`).showsSelections).toBe(true)
  })

  it.each([
    ['/jwt/sense/app/a', true, true],
    ['/sense/app/a/sheet/s', true, true],
    ['/sense/app/a', false, false],
    ['/sense/app/a?theme=horizon', true, false],
    ['/sense/app/a?theme=sense-dark', false, true],
    ['/single/?appid=a&obj=o', true, false],
  ])('is dark at %s, where the browser prefers dark is %s: %s', (target, prefersDark, isDark) => {
    const query = parseSingleQuery(`http://localhost:4848${target}`, prefersDark)
    expect(query.isDark).toBe(isDark)
  })

  it('can take selecting and touching away', () => {
    const query = at('/single/?appid=a&obj=o&opt=noselections,nointeraction&theme=sense-dark')
    expect(query).toMatchObject({ selects: false, isActive: false, isDark: true })
  })

  it.each([
    ['select=Genre,Drama', 'Genre', ['Drama']],
    ['select=%24%3A%3AGenre,Drama,Comedy', 'Genre', ['Drama', 'Comedy']],
    [
      'select=[Major Genre],[Thriller/Suspense],[a, b]',
      'Major Genre',
      ['Thriller/Suspense', 'a, b'],
    ],
    ['select=[a]]b],c', 'a]b', ['c']],
  ])('selects by %s', (text, field, values) => {
    expect(at(`/single/?appid=a&obj=o&${text}`).selections).toEqual([{ field, values }])
  })

  it('clears first where it is asked to', () => {
    const query = at('/single/?appid=a&obj=o&select=clearall&select=Genre,Drama')
    expect(query.clearsFirst).toBe(true)
    expect(query.selections).toEqual([{ field: 'Genre', values: ['Drama'] }])
  })
})

describe('the address of /sense/app', () => {
  it('names app and sheet in its path, and shows the selections', () => {
    expect(at('/sense/app/a%20b/sheet/s/state/analysis')).toMatchObject({
      appId: 'a b',
      sheetId: 's',
      showsSelections: true,
    })
  })

  it('is read below the prefix of a virtual proxy too', () => {
    expect(at('/jwt/sense/app/a/sheet/s')).toMatchObject({ appId: 'a', sheetId: 's' })
    expect(at('/a/b/sense/app/a').appId).toBeUndefined()
  })

  it('can leave the sheet out', () => {
    expect(at('/sense/app/a/overview').sheetId).toBeUndefined()
  })
})
