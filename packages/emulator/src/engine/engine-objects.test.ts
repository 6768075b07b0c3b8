import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEngine, createMoviesApp, moviesAppId } from './index.ts'
import type { JsonObject } from './json.ts'
import { type EngineServer, movieRows, serveEngine } from './testing/engine-server.ts'
import { type EnigmaClient, openApp, type Remote } from './testing/enigma-client.ts'

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
      qBookmarkListDef: { qType: 'bookmark' },
    })
    const layout = await list.call<{ qFieldList: { qItems: { qName: string }[] } }>('getLayout')
    expect(layout).toMatchObject({
      qAppObjectList: { qItems: [{ qInfo: { qId: 'movies-overview' }, qData: { rank: 0 } }] },
      qVariableList: { qItems: [] },
      qMeasureList: { qItems: [] },
      qBookmarkList: { qItems: [] },
    })
    expect(layout.qFieldList.qItems.map(({ qName }) => qName)).toContain('Major Genre')
  })

  it('tell the app’s theme and the IDs of sheets, as Qlik’s sample pages read them', async () => {
    const list = await client.doc.open('createSessionObject', {
      qInfo: { qType: 'AppPropsList' },
      qAppObjectListDef: { qType: 'appprops', qData: { theme: '/theme' } },
    })
    expect(await list.call('getLayout')).toMatchObject({
      qAppObjectList: { qItems: [{ qData: { theme: 'horizon' } }] },
    })
    const sheets = await client.doc.call('getObjects', { qTypes: ['sheet'] })
    expect(sheets).toMatchObject([{ qMeta: { id: 'movies-overview' } }])
  })

  it('take a bookmark by the newer call, and refuse what it would leave out', async () => {
    const properties = { qInfo: { qType: 'bookmark' }, qMetaDef: { title: 'Mine' } }
    const bookmark = await client.doc.open('createBookmarkEx', properties, [])
    expect(await bookmark.call('getLayout')).toMatchObject({ qMeta: { title: 'Mine' } })
    const patched = client.doc.call('createBookmarkEx', properties, ['movies-by-genre'])
    await expect(patched).rejects.toMatchObject({ code: 20 })
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

describe('what charts ask for after they are drawn', () => {
  const fetched = (object: Remote, method: string, ...rest: unknown[]) =>
    object.call<{ qMatrix: JsonObject[][] }[]>(method, '/qHyperCubeDef', ...rest)
  const column = (name: string, criteria: JsonObject) => ({
    qDef: { qFieldDefs: [name], qSortCriterias: [criteria] },
  })

  it('a table: scrolls by pages and sorts by soft patches', async () => {
    const { doc } = client
    const films = movieRows().filter((row) => row.Director !== null)
    const table = await doc.open('createSessionObject', {
      qInfo: { qType: 'sn-table' },
      qHyperCubeDef: {
        qDimensions: [column('Director', { qSortByAscii: 1 })],
        qMeasures: [{ qDef: { qDef: 'Count(Title)' }, qSortBy: { qSortByNumeric: -1 } }],
        qInitialDataFetch: [{ qWidth: 50, qHeight: 100 }],
        qSuppressZero: false,
      },
    })
    const directors = new Set(films.map((row) => String(row.Director)))
    const names = [...directors].sort(new Intl.Collator('en').compare)
    const page = [{ qLeft: 0, qTop: 100, qHeight: 7, qWidth: 3 }]
    const scrolled = await fetched(table, 'getHyperCubeData', page)
    expect(scrolled[0]?.qMatrix.map(([cell]) => cell?.qText)).toEqual(names.slice(100, 107))
    const counts = [...directors].map(
      (name) => films.filter((row) => row.Director === name && row.Title !== null).length,
    )
    const unknown = movieRows().filter((row) => row.Director === null && row.Title !== null).length
    const replace = (qPath: string, value: unknown) => ({
      qOp: 'Replace',
      qPath: `/qHyperCubeDef/${qPath}`,
      qValue: JSON.stringify(value),
    })
    await table.call('applyPatches', [replace('qInterColumnSortOrder', [1, 0])], true)
    const top = [{ qLeft: 1, qTop: 0, qHeight: 9, qWidth: 1 }]
    const largest = await fetched(table, 'getHyperCubeData', top)
    const expected = [...counts, unknown].sort((left, right) => right - left)
    expect(largest[0]?.qMatrix.map(([cell]) => cell?.qNum)).toEqual(expected.slice(0, 9))
    await table.call('applyPatches', [replace('qMeasures/0/qDef/qReverseSort', true)], true)
    const smallest = await fetched(table, 'getHyperCubeData', top)
    expect(smallest[0]?.qMatrix.map(([cell]) => cell?.qNum)).toEqual(expected.slice(-9).reverse())
    expect(await table.call('getLayout')).toMatchObject({
      qHyperCube: { qMeasureInfo: [{ qSortIndicator: 'A', qReverseSort: true }] },
    })
  })

  it('a stack: pages of its tree, and flat rows for its scroll bar', async () => {
    const object = await client.doc.open('createSessionObject', {
      qInfo: { qType: 'bar-chart' },
      qHyperCubeDef: {
        qMode: 'K',
        qDimensions: [column('Major Genre', { qSortByAscii: 1 }), column('MPAA Rating', {})],
        qMeasures: [{ qDef: { qDef: 'Count(Title)' } }],
      },
    })
    const ratings = new Set(
      movieRows()
        .filter((row) => row['Major Genre'] === 'Adventure')
        .map((row) => String(row['MPAA Rating'] ?? '-')),
    )
    const page = [{ qLeft: 0, qTop: 1, qWidth: 20, qHeight: 1 }]
    const [stack] = await object.call<{ qData: JsonObject[] }[]>(
      'getHyperCubeStackData',
      '/qHyperCubeDef',
      page,
    )
    const [adventure] = (stack?.qData[0]?.qSubNodes ?? []) as JsonObject[]
    const below = (adventure?.qSubNodes ?? []) as JsonObject[]
    expect(adventure?.qText).toBe('Adventure')
    expect(new Set(below.map((node) => node.qText))).toEqual(ratings)
    const flat = [{ qTop: 0, qLeft: 1, qWidth: 4, qHeight: 2 }]
    const [rows] = await fetched(object, 'getHyperCubeReducedData', flat, -1, 'D1')
    expect(rows?.qMatrix.map((row) => row.length)).toEqual([3, 3])
    await expect(fetched(object, 'getHyperCubeData', page)).rejects.toMatchObject({ code: 6002 })
  })

  it('a time axis: is not offered, and refused by name when it is asked for', async () => {
    const object = await client.doc.open('createSessionObject', {
      qInfo: { qType: 'line-chart' },
      qHyperCubeDef: {
        qDimensions: [{ ...column('IMDB Votes', {}), qContinuousAxes: true }],
        qMeasures: [{ qDef: { qDef: 'Count(Title)' } }],
      },
    })
    const { qHyperCube } = await object.call<{ qHyperCube: JsonObject }>('getLayout')
    const [info] = qHyperCube.qDimensionInfo as JsonObject[]
    expect(info?.qTags).toContain('$numeric')
    expect(info).not.toHaveProperty('qContinuousAxes')
    const asked = fetched(object, 'getHyperCubeContinuousData', {}, false)
    await expect(asked).rejects.toMatchObject({
      message: 'not supported by the jotgate emulator: GenericObject.GetHyperCubeContinuousData',
    })
  })
})
