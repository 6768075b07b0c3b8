import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEngine, createMoviesApp, moviesAppId } from './index.ts'
import type { JsonObject } from './json.ts'
import { type EngineServer, serveEngine } from './testing/engine-server.ts'
import { type EnigmaClient, openApp } from './testing/enigma-client.ts'

let server: EngineServer
let client: EnigmaClient
beforeAll(async () => {
  server = await serveEngine(createEngine({ apps: [await createMoviesApp()] }))
  client = await openApp(server, moviesAppId)
})
afterAll(async () => {
  await client.session.close()
  await server.close()
})

describe('the objects of an app', () => {
  it('are listed with what the client asks for of each', async () => {
    const options = {
      qTypes: ['sheet'],
      qIncludeSessionObjects: false,
      qData: { title: '/qMetaDef/title', cells: '/cells', nothing: '/nowhere' },
    }
    expect(await client.doc.call('getObjects', options)).toEqual([
      {
        qInfo: { qId: 'movies-overview', qType: 'sheet' },
        qMeta: expect.objectContaining({ title: 'Overview' }),
        qData: { title: 'Overview', cells: expect.any(Array) },
      },
    ])
    const infos = await client.doc.call<{ qId: string }[]>('getAllInfos')
    expect(infos.map(({ qId }) => qId)).toEqual(
      expect.arrayContaining(['movies-overview', 'movies-by-genre', 'movies-gross']),
    )
  })

  it('are opened by ID and drawn; a sheet knows its children and its whole tree', async () => {
    const sheet = await client.doc.open('getObject', 'movies-overview')
    expect(await sheet.call('getLayout')).toMatchObject({
      qMeta: { title: 'Overview', privileges: ['read', 'exportdata'] },
      qChildList: {
        qItems: [
          { qInfo: { qId: 'movies-by-genre' }, qData: { title: 'US gross by genre' } },
          { qInfo: { qId: 'movies-gross' }, qData: { visualization: 'kpi' } },
        ],
      },
    })
    expect(await sheet.call('getChildInfos')).toMatchObject([{ qType: 'bar-chart' }, {}])
    const tree = await sheet.call<{ qChildren: JsonObject[] }>('getFullPropertyTree')
    expect(tree.qChildren).toMatchObject([
      { qProperty: { qInfo: { qId: 'movies-by-genre' } }, qChildren: [] },
      { qProperty: { qHyperCubeDef: { qMeasures: [{}] } } },
    ])
    const chart = await sheet.open('getChild', 'movies-by-genre')
    expect(chart.handle).toBe((await client.doc.open('getObject', 'movies-by-genre')).handle)
    expect(await chart.call('getLayout')).toMatchObject({ qHyperCube: { qSize: { qcy: 13 } } })
    expect((await chart.open('getParent')).handle).toBe(sheet.handle)
    await expect(sheet.open('getParent')).rejects.toMatchObject({ code: -2 })
  })

  it('are patched softly by a session, and by nothing else changed or destroyed', async () => {
    const chart = await client.doc.open('getObject', 'movies-by-genre')
    const patch = { qOp: 'Replace', qPath: '/title', qValue: '"Mine"' }
    await chart.call('applyPatches', [patch], true)
    expect(await chart.call('getLayout')).toMatchObject({ title: 'Mine' })
    expect(await chart.call('getEffectiveProperties')).toMatchObject({ title: 'Mine' })
    expect(await chart.call('getProperties')).toMatchObject({ title: 'US gross by genre' })
    await chart.call('clearSoftPatches')
    expect(await chart.call('getLayout')).toMatchObject({ title: 'US gross by genre' })
    await expect(chart.call('applyPatches', [patch], false)).rejects.toMatchObject({ code: 5 })
    await expect(chart.call('setProperties', {})).rejects.toMatchObject({ code: 5 })
    expect(await client.doc.call('destroySessionObject', 'movies-by-genre')).toBe(false)
  })

  it('are listed by a session object of the kind that Qlik’s clients make', async () => {
    const list = await client.doc.open('createSessionObject', {
      qInfo: { qType: 'SheetList' },
      qAppObjectListDef: { qType: 'sheet', qData: { rank: '/rank' } },
      qFieldListDef: {},
      qVariableListDef: { qType: 'variable' },
      qMeasureListDef: { qType: 'measure' },
    })
    const layout = await list.call<{ qFieldList: { qItems: { qName: string }[] } }>('getLayout')
    expect(layout).toMatchObject({
      qAppObjectList: { qItems: [{ qInfo: { qId: 'movies-overview' }, qData: { rank: 0 } }] },
      qVariableList: { qItems: [] },
      qMeasureList: { qItems: [] },
    })
    expect(layout.qFieldList.qItems.map(({ qName }) => qName)).toContain('Major Genre')
  })

  it('show values of expressions in their texts, and an error where there is none', async () => {
    const object = await client.doc.open('createSessionObject', {
      qInfo: { qType: 'text' },
      title: { qStringExpression: { qExpr: "='Films: ' & Count(Title)" } },
      plain: { qStringExpression: 'no expression' },
      wrong: { qStringExpression: '=Aggr(1)' },
      nested: [{ limit: { qValueExpression: { qExpr: 'Max([IMDB Rating])' } } }],
      none: { qValueExpression: '' },
    })
    expect(await object.call('getLayout')).toMatchObject({
      title: 'Films: 3200',
      plain: 'no expression',
      wrong: 'Error: the function Aggr is not supported by the jotgate emulator',
      nested: [{ limit: 9.2 }],
      none: 'NaN',
    })
  })

  it('answer a structure that is not built with an error that names it', async () => {
    const object = await client.doc.open('createSessionObject', {
      qInfo: { qType: 'tree' },
      qTreeDataDef: {},
    })
    await expect(object.call('getLayout')).rejects.toMatchObject({
      code: 20,
      message: 'not supported by the jotgate emulator: qTreeDataDef',
      parameter: '/qTreeDataDef',
    })
  })
})
