import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEngine, createMoviesApp, moviesAppId } from './index.ts'
import type { JsonObject } from './json.ts'
import { barChartProperties } from './testing/bar-chart-properties.ts'
import { type EngineServer, movieRows, serveEngine } from './testing/engine-server.ts'
import { type EnigmaClient, openApp, type Remote } from './testing/enigma-client.ts'

interface Page {
  readonly qMatrix: readonly (readonly JsonObject[])[]
}

const movies = await createMoviesApp()
const rows = movieRows()
const genre = 'Major Genre'
const genreField = movies.table.field(genre)
const elementOf = (text: string): number =>
  genreField?.values.findIndex((value) => value.text === text) ?? -1

/** What Sum([US Gross]) must be over some films, by a plain loop. */
function grossOf(...genres: string[]): number {
  return rows
    .filter((row) => genres.length === 0 || genres.includes(String(row[genre])))
    .reduce((sum, row) => sum + Number(row['US Gross'] ?? 0), 0)
}

const kpi = {
  qInfo: { qType: 'kpi' },
  qHyperCubeDef: {
    qMeasures: [{ qDef: { qDef: '=Sum([US Gross])' } }],
    qInitialDataFetch: [{ qWidth: 1, qHeight: 1 }],
  },
}
const listBox = {
  qInfo: { qType: 'list' },
  qListObjectDef: {
    qDef: { qFieldDefs: [genre], qSortCriterias: [{ qSortByState: 1, qSortByAscii: 1 }] },
    qFrequencyMode: 'V',
    qInitialDataFetch: [{ qWidth: 1, qHeight: 100 }],
  },
}

async function cells(object: Remote, structure: 'qHyperCube' | 'qListObject') {
  const layout = await object.call<Record<string, { qDataPages: Page[] }>>('getLayout')
  return layout[structure]?.qDataPages[0]?.qMatrix ?? []
}

async function kpiValue(object: Remote): Promise<unknown> {
  return (await cells(object, 'qHyperCube'))[0]?.[0]?.qNum
}

let server: EngineServer
let client: EnigmaClient
beforeEach(async () => {
  server = await serveEngine(createEngine({ apps: [movies] }))
  client = await openApp(server, moviesAppId)
})
afterEach(async () => {
  await client.session.close()
  await server.close()
})

describe('selecting', () => {
  it('changes every object of the session, on every socket of it', async () => {
    const other = await openApp(server, moviesAppId)
    const bar = await client.doc.open(
      'createSessionObject',
      barChartProperties(genre, '=Sum([US Gross])'),
    )
    const value = await other.doc.open('createSessionObject', kpi)
    expect(await kpiValue(value)).toBe(grossOf())
    const told = new Promise<void>((resolve) => value.on('changed', resolve))
    const select = ['/qHyperCubeDef', 0, [elementOf('Comedy'), elementOf('Drama')], false]
    expect(await bar.call('selectHyperCubeValues', ...select)).toBe(true)
    await told
    expect(await kpiValue(value)).toBe(grossOf('Comedy', 'Drama'))
    const shown = (await cells(bar, 'qHyperCube')).map(([cell]) => [cell?.qText, cell?.qState])
    expect(shown).toEqual([
      ['Comedy', 'S'],
      ['Drama', 'S'],
    ])
    await other.session.close()
  })

  it('keeps a chart’s other bars while it is selected in, and filters everything else', async () => {
    const { doc } = client
    const bar = await doc.open('createSessionObject', barChartProperties(genre, 'Count(Title)'))
    const value = await doc.open('createSessionObject', kpi)
    const before = await cells(bar, 'qHyperCube')
    await bar.call('beginSelections', ['/qHyperCubeDef'])
    const comedy = elementOf('Comedy')
    await bar.call('selectHyperCubeValues', '/qHyperCubeDef', 0, [comedy], false)
    const during = await cells(bar, 'qHyperCube')
    expect(during.map(([cell]) => cell?.qText)).toEqual(before.map(([cell]) => cell?.qText))
    const states = during.map(([cell]) => [cell?.qText, cell?.qState])
    expect(states).toContainEqual(['Comedy', 'S'])
    expect(states).toContainEqual(['Drama', 'A'])
    expect(await kpiValue(value)).toBe(grossOf('Comedy'))
    expect(await bar.call('getLayout')).toMatchObject({
      qSelectionInfo: { qInSelections: true, qMadeSelections: true },
    })
    await bar.call('endSelections', false)
    expect(await kpiValue(value)).toBe(grossOf())
    expect(await doc.call('backCount')).toBe(0)
    await bar.call('beginSelections', ['/qHyperCubeDef'])
    await bar.call('selectHyperCubeValues', '/qHyperCubeDef', 0, [comedy], false)
    await bar.call('selectHyperCubeValues', '/qHyperCubeDef', 0, [elementOf('Drama')], true)
    await bar.call('endSelections', true)
    expect(await kpiValue(value)).toBe(grossOf('Comedy', 'Drama'))
    expect(await doc.call('backCount')).toBe(1)
    expect(await cells(bar, 'qHyperCube')).toHaveLength(2)
    expect(await bar.call('getLayout')).toMatchObject({ qSelectionInfo: {} })
  })

  it('refuses another object while one is selected in, until that is aborted', async () => {
    const { doc } = client
    const bar = await doc.open('createSessionObject', barChartProperties(genre, 'Count(Title)'))
    const list = await doc.open('createSessionObject', listBox)
    await bar.call('beginSelections', ['/qHyperCubeDef'])
    await expect(list.call('beginSelections', ['/qListObjectDef'])).rejects.toMatchObject({
      code: 6003,
    })
    await expect(doc.call('clearAll')).rejects.toMatchObject({ code: 6003 })
    await doc.call('abortModal', false)
    await list.call('beginSelections', ['/qListObjectDef'])
    await doc.call('destroySessionObject', (await list.call<{ qId: string }>('getInfo')).qId)
    await doc.call('clearAll')
  })

  it('steps back and forward, clears, and tells what is selected', async () => {
    const { doc } = client
    const selections = await doc.open('createSessionObject', {
      qInfo: { qType: 'current-selections' },
      qSelectionObjectDef: { qStateName: '$' },
    })
    const field = await doc.open('getField', genre)
    const current = async () => (await selections.call('getLayout')).qSelectionObject
    await field.call('selectValues', [{ qText: 'Western' }, { qText: 'Musical' }])
    expect(await current()).toMatchObject({
      qBackCount: 1,
      qForwardCount: 0,
      qSelections: [
        { qField: genre, qTotal: 12, qSelectedCount: 2, qSelected: 'Musical, Western' },
      ],
    })
    await doc.call('back')
    expect(await current()).toMatchObject({ qBackCount: 0, qForwardCount: 1, qSelections: [] })
    await doc.call('forward')
    await field.call('selectAll')
    expect(await current()).toMatchObject({ qSelections: [{ qSelected: '12 of 12' }] })
    await doc.call('clearAll')
    expect(await current()).toMatchObject({ qBackCount: 3, qSelections: [] })
  })

  it('selects in a field by number, by wildcards, and what others leave', async () => {
    const { doc } = client
    const value = await doc.open('createSessionObject', kpi)
    const field = await doc.open('getField', genre)
    expect(await field.call('select', '*comedy*')).toBe(true)
    expect(await kpiValue(value)).toBe(grossOf('Comedy', 'Romantic Comedy', 'Black Comedy'))
    expect(await field.call('select', 'nothing*')).toBe(false)
    expect(await field.call('toggleSelect', 'comedy')).toBe(true)
    expect(await kpiValue(value)).toBe(grossOf('Romantic Comedy', 'Black Comedy'))
    await field.call('clear')
    const titles = await doc.open('getField', 'Title')
    expect(await titles.call('selectValues', [{ qIsNumeric: true, qNumber: 300 }])).toBe(true)
    const film = rows.find((row) => row.Title === 300)
    expect(await kpiValue(value)).toBe(film?.['US Gross'])
    await expect(doc.open('getField', 'Nothing')).rejects.toMatchObject({ code: -2 })
  })

  it('selects cells of a table, and a range of a measure', async () => {
    const { doc } = client
    const value = await doc.open('createSessionObject', kpi)
    const properties = barChartProperties(genre, '=Sum([US Gross])')
    const table = await doc.open('createSessionObject', properties)
    const sums = (await cells(table, 'qHyperCube')).map(([cell, sum]) => ({
      genre: String(cell?.qText),
      sum: Number(sum?.qNum),
    }))
    await table.call('selectHyperCubeCells', '/qHyperCubeDef', [0, 2], [0])
    const chosen = [sums[0]?.genre ?? '', sums[2]?.genre ?? '']
    expect(await kpiValue(value)).toBe(grossOf(...chosen))
    await table.call('clearSelections', '/qHyperCubeDef')
    const over = sums.filter(({ sum, genre: name }) => sum > 9e9 && name !== '-')
    await table.call('rangeSelectHyperCubeValues', '/qHyperCubeDef', [
      { qRange: { qMin: 9e9, qMax: 1e12, qMinInclEq: true, qMaxInclEq: true }, qMeasureIx: 0 },
    ])
    expect(over.length).toBeGreaterThan(3)
    expect(await kpiValue(value)).toBe(grossOf(...over.map(({ genre: name }) => name)))
  })

  it('takes null for no value: it cannot be selected', async () => {
    const bar = await client.doc.open(
      'createSessionObject',
      barChartProperties(genre, '=Sum([US Gross])'),
    )
    expect(await bar.call('selectHyperCubeValues', '/qHyperCubeDef', 0, [-2], false)).toBe(false)
    expect(await client.doc.call('backCount')).toBe(0)
  })
})

describe('a list box', () => {
  it('lists every value with state and frequency, possible ones first', async () => {
    const { doc } = client
    const list = await doc.open('createSessionObject', listBox)
    await (await doc.open('getField', 'Director')).call('select', 'Christopher Nolan')
    const nolan = new Map<string, number>()
    for (const row of rows) {
      const name = row[genre]
      if (row.Director !== 'Christopher Nolan' || name === null) continue
      nolan.set(String(name), (nolan.get(String(name)) ?? 0) + 1)
    }
    const shown = (await cells(list, 'qListObject')).map(([cell]) => cell)
    expect(shown).toHaveLength(12)
    const possible = shown.filter((cell) => cell?.qState === 'O')
    expect(possible.map((cell) => [cell?.qText, Number(cell?.qFrequency)])).toEqual(
      [...nolan].sort(([left], [right]) => (left < right ? -1 : 1)),
    )
    expect(shown.slice(possible.length).map((cell) => cell?.qState)).toEqual(
      Array.from({ length: 12 - possible.length }, () => 'X'),
    )
  })

  it('stays in its order while it is selected in', async () => {
    const list = await client.doc.open('createSessionObject', listBox)
    const order = async () => (await cells(list, 'qListObject')).map(([cell]) => cell?.qText)
    const before = await order()
    await list.call('beginSelections', ['/qListObjectDef'])
    await list.call('selectListObjectValues', '/qListObjectDef', [elementOf('Western')], true)
    expect(await order()).toEqual(before)
    await list.call('endSelections', true)
    expect((await order())[0]).toBe('Western')
  })

  it('finds what is searched for and selects it when that is accepted', async () => {
    const list = await client.doc.open('createSessionObject', listBox)
    const value = await client.doc.open('createSessionObject', kpi)
    const texts = async () => (await cells(list, 'qListObject')).map(([cell]) => cell?.qText)
    expect(await list.call('searchListObjectFor', '/qListObjectDef', 'come')).toBe(true)
    expect(await texts()).toEqual(['Black Comedy', 'Comedy', 'Romantic Comedy'])
    await list.call('abortListObjectSearch', '/qListObjectDef')
    expect(await texts()).toHaveLength(12)
    expect(await list.call('searchListObjectFor', '/qListObjectDef', 'xyz')).toBe(false)
    expect(await texts()).toEqual([])
    await list.call('searchListObjectFor', '/qListObjectDef', 'W?st*')
    await list.call('acceptListObjectSearch', '/qListObjectDef', false)
    expect(await kpiValue(value)).toBe(grossOf('Western'))
    expect(await texts()).toHaveLength(12)
  })

  it('hands out its pages', async () => {
    const list = await client.doc.open('createSessionObject', listBox)
    const [page] = await list.call<Page[]>('getListObjectData', '/qListObjectDef', [
      { qLeft: 0, qTop: 10, qWidth: 1, qHeight: 5 },
    ])
    expect(page?.qMatrix.map(([cell]) => cell?.qText)).toEqual(['Thriller/Suspense', 'Western'])
  })
})
