import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEngine, createMoviesApp, moviesAppId } from './index.ts'
import type { JsonObject } from './json.ts'
import { engineLimits } from './limits.ts'
import { type EngineServer, makeUser, openRawSocket, serveEngine } from './testing/engine-server.ts'
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

const genre = { qDef: { qFieldDefs: ['Major Genre'] } }
const gross = { qDef: { qDef: 'Sum([US Gross])' } }
const times = <Item>(count: number, item: Item): Item[] => new Array<Item>(count).fill(item)

async function layoutOf(qHyperCubeDef: JsonObject): Promise<{ qHyperCube: JsonObject }> {
  const object = await client.doc.open('createSessionObject', {
    qInfo: { qType: 'attack' },
    qHyperCubeDef,
  })
  return await object.call('getLayout')
}

describe('what one client may ask of the engine', () => {
  it.each([
    ['2,000 pages of 2 × 1,000 cells', times(2_000, { qWidth: 2, qHeight: 1_000 })],
    ['50,000 pages', times(50_000, { qWidth: 1, qHeight: 1 })],
    ['a page of too many cells', [{ qWidth: 101, qHeight: 100 }]],
    ['too many cells in all', times(11, { qWidth: 10, qHeight: 1_000 })],
  ])('%s are refused', async (_, qInitialDataFetch) => {
    const definition = { qDimensions: [genre], qMeasures: [gross], qInitialDataFetch }
    await expect(layoutOf(definition)).rejects.toMatchObject({ code: 7009 })
    const object = await client.doc.open('getObject', 'movies-by-genre')
    const asked = object.call('getHyperCubeData', '/qHyperCubeDef', qInitialDataFetch)
    await expect(asked).rejects.toMatchObject({ code: 7009 })
  })

  it.each([
    ['1,000 dimensions', { qDimensions: times(1_000, genre) }],
    ['1,000 measures', { qMeasures: times(1_000, gross) }],
    [
      '200 attribute expressions',
      {
        qDimensions: [{ ...genre, qAttributeExpressions: times(200, { qExpression: '=1' }) }],
      },
    ],
  ])('%s make the hypercube an error', async (_, definition) => {
    const { qHyperCube } = await layoutOf(definition)
    expect(qHyperCube).toMatchObject({
      qError: { qErrorCode: 7005 },
      qCalcCondMsg: expect.stringContaining('are too many; see the limits'),
      qDataPages: [],
    })
  })

  it('expressions of too many nodes, parentheses and operations are errors of their column', async () => {
    const long = times(3_000, '1').join('+')
    const deep = `${'('.repeat(300)}1${')'.repeat(300)}`
    const costly = `Sum(${times(1_900, '[US Gross]').join('+')})`
    for (const [expression, words] of [
      [long, 'too long'],
      [deep, 'too deep'],
    ] as const) {
      const { qHyperCube } = await layoutOf({ qMeasures: [{ qDef: { qDef: expression } }] })
      expect(JSON.stringify(qHyperCube.qMeasureInfo), words).toContain('qError')
    }
    const text = client.doc.call('evaluateEx', costly)
    await expect(text).rejects.toThrow(/takes more than 5000000 operations/)
    const many = await layoutOf({ qMeasures: times(40, { qDef: { qDef: costly } }) })
    const errors = JSON.stringify(many).match(/takes more than 100000000 operations/g)
    expect(errors?.length).toBeGreaterThan(0)
  })

  it('a layout of too many hypercubes, lists and expressions is refused', async () => {
    const object = await client.doc.open('createSessionObject', {
      qInfo: { qType: 'attack' },
      parts: times(101, { title: { qStringExpression: '=1' } }),
    })
    await expect(object.call('getLayout')).rejects.toMatchObject({ code: 7009 })
  })

  it('sockets beyond the limit of a session are closed', async () => {
    const { value } = engineLimits.socketsOfSession
    const sockets = await Promise.all(
      Array.from({ length: value + 1 }, () => openRawSocket(server.url(moviesAppId))),
    )
    // The client of this file has one of them.
    const closed = await Promise.race(sockets.map(({ closed: end }) => end))
    expect(closed).toEqual({ code: 1013, reason: 'Too many connections' })
    for (const { socket } of sockets) socket.terminate()
  })

  it('objects beyond the limit of a session are refused', async () => {
    const own = await serveEngine(createEngine({ apps: [await createMoviesApp()] }))
    const other = await openApp(own, moviesAppId)
    const make = () => other.doc.call('createSessionObject', { qInfo: { qType: 'attack' } })
    const made = await Promise.allSettled(Array.from({ length: 900 }, make))
    expect(made.every(({ status }) => status === 'fulfilled')).toBe(true)
    for (let left = engineLimits.objects.value - 900; left > 0; left -= 900)
      await Promise.allSettled(Array.from({ length: 900 }, make))
    await expect(make()).rejects.toMatchObject({ code: 8 })
    await other.session.close()
    await own.close()
  })

  it('are in the README, each with its value and its error', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    for (const { value, what, error } of Object.values(engineLimits))
      expect(readme).toContain(`| ${what} | ${value.toLocaleString('en')} | ${error} |`)
  })
})

describe('while a large computation runs', () => {
  it('other sockets are answered between its slices', async () => {
    const own = await serveEngine(createEngine({ apps: [await createMoviesApp()] }), (appId) => ({
      appId,
      user: makeUser({ userId: `user-${Math.random()}` }),
    }))
    const [busy, other] = await Promise.all([openApp(own, moviesAppId), openApp(own, moviesAppId)])
    const expression = `Sum(${times(1_500, '[US Gross]').join('+')})`
    const object = await busy.doc.open('createSessionObject', {
      qInfo: { qType: 'attack' },
      qHyperCubeDef: { qDimensions: [genre], qMeasures: times(5, { qDef: { qDef: expression } }) },
    })
    let isDone = false
    const layout = object.call('getLayout').then(() => {
      isDone = true
    })
    let answers = 0
    while (!isDone) {
      await other.global.call('engineVersion')
      answers += 1
    }
    await layout
    // Without slices one answer at most comes before the computation's own.
    expect(answers).toBeGreaterThan(5)
    await Promise.all([busy.session.close(), other.session.close()])
    await own.close()
  })
})
