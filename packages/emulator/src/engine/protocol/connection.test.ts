import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEngine } from '../engine.ts'
import { barChartProperties } from '../testing/bar-chart-properties.ts'
import { makeTable } from '../testing/cube-input.ts'
import {
  type EngineServer,
  makeUser,
  openRawSocket,
  type RawSocket,
  serveEngine,
} from '../testing/engine-server.ts'

const app = {
  id: 'app',
  name: 'App',
  table: makeTable(['City', 'Amount'], [['Ulm', 1]]),
  lastReloadTime: '2025-01-01T00:00:00.000Z',
}

let server: EngineServer
beforeAll(async () => {
  server = await serveEngine(createEngine({ apps: [app] }))
})
afterAll(() => server.close())

/** A socket that has read its greeting. */
async function connect(): Promise<RawSocket> {
  const raw = await openRawSocket(server.url('app'))
  await raw.next()
  return raw
}

async function openDoc(): Promise<RawSocket> {
  const raw = await connect()
  await raw.send({ jsonrpc: '2.0', id: 0, handle: -1, method: 'OpenDoc', params: ['app'] })
  return raw
}

describe('a socket of the engine', () => {
  it('is greeted first', async () => {
    // At an engine of its own: a socket of the test before may still be open, and its session with it.
    const quiet = await serveEngine(createEngine({ apps: [app] }))
    const raw = await openRawSocket(quiet.url('app'))
    expect(await raw.next()).toEqual({
      jsonrpc: '2.0',
      method: 'OnConnected',
      params: { qSessionState: 'SESSION_CREATED' },
    })
    await quiet.close()
  })

  it('answers a call with the error that it is told to give, and does not run it', async () => {
    const asked: string[] = []
    const faultOf = (name: string) => {
      asked.push(name)
      return name === 'Doc.ClearAll' ? { code: 15, message: 'Request aborted' } : undefined
    }
    const faulty = await serveEngine(createEngine({ apps: [app] }), (appId) => ({
      appId,
      user: makeUser(),
      faultOf,
    }))
    const raw = await openRawSocket(faulty.url('app'))
    await raw.next()
    await raw.send({ jsonrpc: '2.0', id: 1, handle: -1, method: 'OpenDoc', params: ['app'] })
    const call = { jsonrpc: '2.0', handle: 1, params: {} }
    expect(await raw.send({ ...call, id: 2, method: 'ClearAll' })).toEqual({
      jsonrpc: '2.0',
      id: 2,
      error: { code: 15, parameter: '', message: 'Request aborted' },
    })
    expect(await raw.send({ ...call, id: 3, method: 'GetAppLayout' })).toHaveProperty('result')
    expect(asked).toEqual(['Global.OpenDoc', 'Doc.ClearAll', 'Doc.GetAppLayout'])
    raw.socket.close()
    await faulty.close()
  })

  it('shows each frame to who looks on, as it stood on the wire', async () => {
    const seen: [string, unknown][] = []
    const onFrame = (direction: string, text: string) => seen.push([direction, JSON.parse(text)])
    const watched = await serveEngine(createEngine({ apps: [app] }), (appId) => ({
      appId,
      user: makeUser(),
      onFrame,
    }))
    const raw = await openRawSocket(watched.url('app'))
    const greeting = await raw.next()
    const frame = { jsonrpc: '2.0', id: 3, handle: -1, method: 'OpenDoc', params: ['app'] }
    const answer = await raw.send(frame)
    expect(seen).toEqual([
      ['out', greeting],
      ['in', frame],
      ['out', answer],
    ])
    await watched.close()
  })

  it('takes parameters by name as well as by position, and ignores delta and outKey', async () => {
    const raw = await connect()
    const frame = { jsonrpc: '2.0', id: 7, handle: -1, method: 'OpenDoc', delta: true, outKey: -1 }
    const answer = {
      jsonrpc: '2.0',
      id: 7,
      result: { qReturn: { qType: 'Doc', qHandle: 1, qGenericType: '', qGenericId: 'app' } },
    }
    expect(await raw.send({ ...frame, params: { qDocName: 'app' } })).toEqual(answer)
    expect(await raw.send({ ...frame, params: ['app', '', '', '', false] })).toEqual(answer)
    raw.socket.close()
  })

  const request = { jsonrpc: '2.0', id: 1, handle: 1 }
  it.each<[string, unknown, number, string]>([
    ['no JSON', '{"id":1', -32700, ''],
    ['a batch', [request], -32600, ''],
    ['an id that is an object', { ...request, id: {} }, -32600, 'id'],
    ['no method', { ...request }, -32600, 'method'],
    ['no handle', { jsonrpc: '2.0', id: 1, method: 'GetAppLayout' }, -32600, 'handle'],
    ['an unknown handle', { ...request, handle: 99, method: 'GetLayout', params: [] }, 2, 'handle'],
    ['an unknown method', { ...request, method: 'MakeCoffee', params: [] }, -32601, 'method'],
    ['a method of JavaScript', { ...request, method: 'constructor' }, -32601, 'method'],
    ['a missing parameter', { ...request, method: 'GetObject', params: [] }, -32602, 'qId'],
    ['a wrong type', { ...request, method: 'GetObject', params: [7] }, -32602, 'qId'],
    ['an unknown name', { ...request, method: 'GetObject', params: { id: 'x' } }, -32602, 'id'],
    ['too many parameters', { ...request, method: 'GetObject', params: ['x', 'y'] }, -32602, ''],
    ['text for parameters', { ...request, method: 'GetObject', params: 'x' }, -32602, ''],
    ['another app', { ...request, handle: -1, method: 'OpenDoc', params: ['b'] }, 1003, 'qDocName'],
  ])('answers %s with an error', async (_, frame, code, parameter) => {
    const raw = await openDoc()
    const { error, id } = await raw.send(frame)
    expect(error).toMatchObject({ code, parameter })
    expect(error?.message).toMatch(/\w+ \w+/)
    expect([null, 1]).toContain(id)
    raw.socket.close()
  })

  it('says of a method that the schema has and it has not that it is not built', async () => {
    const raw = await openDoc()
    const { error } = await raw.send({ ...request, method: 'GetScript', params: [] })
    expect(error).toEqual({
      code: -32601,
      parameter: 'method',
      message: 'not supported by the jotgate emulator: Doc.GetScript',
    })
    raw.socket.close()
  })

  it('knows no doc before one is open', async () => {
    const server = await serveEngine(createEngine({ apps: [app] }))
    const raw = await openRawSocket(server.url('app'))
    await raw.next()
    const frame = { ...request, handle: -1, method: 'GetActiveDoc', params: [] }
    expect((await raw.send(frame)).error?.code).toBe(1017)
    await server.close()
  })

  it('answers an object that is not there with a null reference', async () => {
    const raw = await openDoc()
    const answer = await raw.send({ ...request, method: 'GetObject', params: ['nothing'] })
    expect(answer.result).toEqual({ qReturn: { qType: null, qHandle: null } })
    raw.socket.close()
  })

  it('lists an object that was patched as changed, and one that was destroyed as closed', async () => {
    const raw = await openDoc()
    const params = [
      { ...barChartProperties('City', 'Sum(Amount)'), qInfo: { qId: 'bar', qType: 'x' } },
    ]
    const created = await raw.send({ ...request, method: 'CreateSessionObject', params })
    expect(created.result).toMatchObject({ qInfo: { qId: 'bar', qType: 'x' } })
    const { qReturn } = created.result as { qReturn: { qHandle: number } }
    const { qHandle } = qReturn
    const patches = [{ qOp: 'Replace', qPath: '/title', qValue: '"new"' }]
    const patch = { ...request, handle: qHandle, method: 'ApplyPatches', params: [patches, true] }
    expect(await raw.send(patch)).toMatchObject({ result: {}, change: [qHandle] })
    const layout = await raw.send({ ...request, handle: qHandle, method: 'GetLayout', params: [] })
    expect(layout.result).toMatchObject({ qLayout: { title: 'new' } })
    const stored = await raw.send({ ...request, handle: qHandle, method: 'GetProperties' })
    expect(stored.result).toMatchObject({ qProp: { title: '' } })
    const destroy = { ...request, method: 'DestroySessionObject', params: ['bar'] }
    expect(await raw.send(destroy)).toMatchObject({ result: { qSuccess: true }, close: [qHandle] })
    const gone = await raw.send({ ...request, handle: qHandle, method: 'GetLayout', params: [] })
    expect(gone.error?.code).toBe(2)
    raw.socket.close()
  })

  it('answers nothing to a notification', async () => {
    const raw = await openDoc()
    raw.socket.send(JSON.stringify({ jsonrpc: '2.0', handle: 1, method: 'GetAppLayout' }))
    expect((await raw.send({ ...request, id: 5, method: 'GetAppLayout' })).id).toBe(5)
    raw.socket.close()
  })

  it('closes on binary frames and on frames of more than 8 MiB', async () => {
    const binary = await connect()
    binary.socket.send(Buffer.from([1, 2, 3]))
    expect((await binary.closed).code).toBe(1003)
    const large = await connect()
    large.socket.send('x'.repeat(8 * 1024 * 1024 + 1))
    expect((await large.closed).code).toBe(1009)
  })

  it('closes a socket for an app that is not there as Qlik’s client knows it', async () => {
    const raw = await openRawSocket(server.url('nothing'))
    expect(await raw.closed).toEqual({ code: 4204, reason: 'App not found' })
  })
})
