import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEngine, createMoviesApp, moviesAppId, parseSectionAccess } from './index.ts'
import type { JsonObject } from './json.ts'
import { barChartProperties } from './testing/bar-chart-properties.ts'
import { type EngineServer, makeUser, movieRows, serveEngine } from './testing/engine-server.ts'
import { type EnigmaClient, openApp } from './testing/enigma-client.ts'

interface DataPage {
  readonly qMatrix: readonly (readonly JsonObject[])[]
  readonly qArea: JsonObject
}

/** The sums a chart must show, counted by a plain loop over the package's own file. */
function sumsByGenre(
  rows: ReturnType<typeof movieRows>,
  measure: string,
): (readonly [string, number])[] {
  const sums = new Map<string, number>()
  for (const row of rows) {
    const genre = String(row['Major Genre'] ?? '-')
    sums.set(genre, (sums.get(genre) ?? 0) + Number(row[measure] ?? 0))
  }
  return [...sums].sort((left, right) => right[1] - left[1])
}

function figures(page: DataPage | undefined): (readonly [unknown, unknown])[] {
  return (page?.qMatrix ?? []).map(([label, value]) => [label?.qText, value?.qNum] as const)
}

describe('enigma.js on the engine', () => {
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

  it('opens the app and says that it is an emulator', async () => {
    const { global, doc } = client
    expect(await global.call('engineVersion')).toMatchObject({
      qComponentVersion: expect.stringContaining('jotgate emulator'),
    })
    expect(await doc.call('getAppLayout')).toMatchObject({ qTitle: 'Movies', qHasData: true })
    expect(await global.call('getDocList')).toMatchObject([{ qDocId: moviesAppId }])
    expect(await global.call('getAuthenticatedUser')).toBe('ada')
    expect((await global.open('getActiveDoc')).handle).toBe(doc.handle)
  })

  it('draws a bar chart’s figures as a plain loop over the data counts them', async () => {
    const properties = barChartProperties('Major Genre', '=Sum([US Gross])')
    const object = await client.doc.open('createSessionObject', properties)
    const { qHyperCube } = await object.call<{ qHyperCube: JsonObject }>('getLayout')
    const expected = sumsByGenre(movieRows(), 'US Gross')
    expect(figures((qHyperCube.qDataPages as unknown as DataPage[])[0])).toEqual(expected)
    expect(qHyperCube).toMatchObject({
      qMode: 'S',
      qSize: { qcx: 2, qcy: expected.length },
      qDimensionInfo: [{ cId: 'kp1ech', qFallbackTitle: 'Major Genre' }],
      qMeasureInfo: [
        { qFallbackTitle: 'Sum([US Gross])', qMax: expected[0]?.[1], qMin: expected.at(-1)?.[1] },
      ],
      qGrandTotalRow: [{ qNum: expected.reduce((total, [, sum]) => total + sum, 0) }],
    })
    const pages = await object.call<DataPage[]>('getHyperCubeData', '/qHyperCubeDef', [
      { qLeft: 0, qTop: 1, qWidth: 2, qHeight: 2 },
    ])
    expect(figures(pages[0])).toEqual(expected.slice(1, 3))
    expect(pages[0]?.qArea).toEqual({ qLeft: 0, qTop: 1, qWidth: 2, qHeight: 2 })
  })

  it('draws a KPI: one row without dimensions, in the number format that sn-kpi understands', async () => {
    const object = await client.doc.open('createSessionObject', {
      qInfo: { qType: 'kpi' },
      qHyperCubeDef: {
        qDimensions: [],
        qMeasures: [{ qDef: { qDef: '=Avg([IMDB Rating])' } }, { qDef: { qDef: '=1/0' } }],
        qInitialDataFetch: [{ qWidth: 500, qHeight: 10 }],
        qSuppressMissing: true,
      },
    })
    const ratings = movieRows().flatMap(({ 'IMDB Rating': rating }) => rating ?? [])
    const average =
      ratings.reduce<number>((sum, rating) => sum + Number(rating), 0) / ratings.length
    const { qHyperCube } = await object.call<{ qHyperCube: JsonObject }>('getLayout')
    expect(qHyperCube).toMatchObject({
      qSize: { qcx: 2, qcy: 1 },
      qDataPages: [{ qMatrix: [[{ qNum: average }, { qText: '-', qNum: 'NaN' }]] }],
      qMeasureInfo: [{ qNumFormat: { qType: 'U', qnDec: 10, qUseThou: 0 } }, { qMin: 'NaN' }],
    })
  })

  it('evaluates an expression, and refuses what it has not by name', async () => {
    const { doc } = client
    expect(await doc.call('evaluateEx', 'Count(Title)')).toMatchObject({ qNumber: 3200 })
    expect(await doc.call('evaluate', '=Max([IMDB Rating])')).toBe('9.2')
    await expect(doc.call('evaluateEx', 'Sum({<Title={1}>} [US Gross])')).rejects.toMatchObject({
      message: expect.stringContaining('set analysis is not supported'),
    })
    await expect(doc.call('doReload')).rejects.toMatchObject({
      message: 'not supported by the jotgate emulator: Doc.DoReload',
    })
  })

  it('shows a reduced app without a trace of the rows that were taken away', async () => {
    const sectionAccess = parseSectionAccess(
      'ACCESS,GROUP,MAJOR GENRE\nUSER,comedy,Comedy\nUSER,drama,Drama\n',
    )
    const engine = createEngine({ apps: [await createMoviesApp({ sectionAccess })] })
    const user = makeUser({ groups: ['comedy'] })
    const reduced = await serveEngine(engine, (appId) => ({ appId, user }))
    const { doc, session } = await openApp(reduced, moviesAppId)
    try {
      const comedies = movieRows().filter((row) => row['Major Genre'] === 'Comedy')
      const distributors = new Set(comedies.flatMap((row) => row.Distributor ?? []))
      const gross = comedies.reduce((sum, row) => sum + Number(row['US Gross'] ?? 0), 0)
      const object = await doc.open('createSessionObject', {
        qInfo: { qType: 'bar-chart' },
        qHyperCubeDef: {
          qDimensions: [{ qDef: { qFieldDefs: ['Distributor'] }, qNullSuppression: true }],
          qMeasures: [{ qDef: { qDef: 'Count(distinct [Major Genre])' } }],
          qInitialDataFetch: [{ qWidth: 2, qHeight: 500 }],
        },
      })
      const { qHyperCube } = await object.call<{ qHyperCube: JsonObject }>('getLayout')
      const [page] = qHyperCube.qDataPages as unknown as DataPage[]
      const cells = (page?.qMatrix ?? []).map(([cell]) => [cell?.qElemNumber, cell?.qText])
      expect(cells).toEqual([...distributors].map((text, element) => [element, text]))
      expect(qHyperCube).toMatchObject({
        qDimensionInfo: [{ qCardinal: distributors.size, qStateCounts: { qExcluded: 0 } }],
        qGrandTotalRow: [{ qNum: 1 }],
      })
      expect(await doc.call('evaluateEx', 'Sum([US Gross])')).toMatchObject({ qNumber: gross })
    } finally {
      await session.close()
      await reduced.close()
    }
  })

  it('opens to nobody an app that section access leaves them nothing of', async () => {
    const sectionAccess = parseSectionAccess('ACCESS,GROUP,MAJOR GENRE\nUSER,comedy,Comedy\n')
    const engine = createEngine({ apps: [await createMoviesApp({ sectionAccess })] })
    const stranger = makeUser({ groups: ['drama'] })
    const reduced = await serveEngine(engine, (appId) => ({ appId, user: stranger }))
    try {
      expect(engine.mayOpen(moviesAppId, stranger)).toBe(false)
      await expect(openApp(reduced, moviesAppId)).rejects.toMatchObject({
        code: 5,
        message: 'Access denied',
      })
    } finally {
      await reduced.close()
    }
  })
})
