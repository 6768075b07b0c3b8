import { describe, expect, it } from 'vitest'
import { keyOf, toEmbedTask } from './embed-props.ts'

const hostConfig = { host: 'http://localhost:4848' }

describe('what a <qlik-embed> asks for', () => {
  it('is a stored object', () => {
    expect(toEmbedTask({ ui: 'analytics/chart', appId: 'a', objectId: 'o', hostConfig })).toEqual({
      kind: 'object',
      objectId: 'o',
      place: { appId: 'a', hostConfig },
    })
  })

  it('is a chart of fields, whose measures get the sign that nebula.js wants', () => {
    const task = toEmbedTask({
      ui: 'analytics/chart',
      appId: 'a',
      identity: 'me',
      hostConfig,
      type: 'barchart',
      dimensions: ['Genre'],
      measures: ['Sum(Gross)', '=Avg(Gross)', { qDef: { qDef: 'Max(Gross)' } }],
    })
    expect(task).toEqual({
      kind: 'ad-hoc',
      type: 'barchart',
      fields: ['Genre', '=Sum(Gross)', '=Avg(Gross)', { qDef: { qDef: 'Max(Gross)' } }],
      properties: {},
      place: { appId: 'a', identity: 'me', hostConfig },
    })
  })

  it('is a sheet, by either attribute, or the selections', () => {
    const sheet = { ui: 'analytics/sheet', appId: 'a', hostConfig }
    expect(toEmbedTask({ ...sheet, sheetId: 's' })).toMatchObject({ kind: 'sheet', sheetId: 's' })
    expect(toEmbedTask({ ...sheet, objectId: 's' })).toMatchObject({ kind: 'sheet', sheetId: 's' })
    expect(toEmbedTask({ ...sheet, ui: 'analytics/selections' })).toMatchObject({
      kind: 'selections',
    })
  })

  it.each([
    [{ ui: 'classic/app', appId: 'a' }, 'classic/app is not in the emulator'],
    [{ appId: 'a' }, 'A component without ui is not in the emulator'],
    [{ ui: 'analytics/chart', objectId: 'o' }, 'No app is named'],
    [{ ui: 'analytics/chart', appId: 'a' }, 'No object is named'],
    [{ ui: 'analytics/sheet', appId: 'a' }, 'No sheet is named'],
  ])('is refused in words: %o', (props, title) => {
    expect(toEmbedTask(props)).toMatchObject({ title })
  })

  it('has one key as long as the drawing is the same', () => {
    const props = { ui: 'analytics/chart', appId: 'a', objectId: 'o', hostConfig }
    expect(keyOf({ ...props, exposeRefApi: () => {} })).toBe(keyOf(props))
    expect(keyOf({ ...props, objectId: 'p' })).not.toBe(keyOf(props))
    expect(keyOf({ ...props, theme: 'dark' })).not.toBe(keyOf(props))
  })
})
