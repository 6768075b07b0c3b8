import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ShownError } from '../../control/product.ts'
import { moviesAppId } from '../../engine/index.ts'
import { clientManagedErrors } from '../errors/client-managed-errors.ts'
import { startSite, type TestSite } from '../testing/site.ts'

const { errors, closes } = clientManagedErrors
let site: TestSite
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site.close())
afterEach(() => site.emulators.reset())

const control = (path: string) =>
  site.ask(`/_emulator/api/errors/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${site.emulators.adminKey}` },
  })

describe('the catalogue of errors', () => {
  it.each(errors)('shows $id by a ready-made request', async ({ id, status, title }) => {
    const answer = await control(`${id}/show`)
    expect(answer.status).toBe(200)
    const shown = (await answer.json()) as ShownError
    expect(shown).toMatchObject({ status, by: 'rules' })
    expect(String(shown.body)).toContain(title)
    expect(site.site.state.sessions()).toEqual([])
  })

  it.each(errors)('gives $id to the next real request, once', async ({ id, status, title }) => {
    expect((await control(`${id}/arm`)).status).toBe(201)
    const first = await site.ask('/jwt/qps/user')
    const isLogged = id === 'proxy-cswsh'
    expect(first.status).toBe(status)
    expect(await first.text()).toContain(isLogged ? '' : title)
    expect((await site.ask('/jwt/qps/user')).status).toBe(200)
  })

  it.each(closes)('tells $notification to the next engine socket, once', async (close) => {
    expect((await control(`${close.id}/arm`)).status).toBe(201)
    const socket = await site.open('/jwt/app/x')
    expect(await socket.closed).toBe(1000)
    expect(socket.frames).toEqual([
      { jsonrpc: '2.0', method: close.notification, params: close.parameters },
    ])
  })

  it('records its own requests as examples', async () => {
    await control('proxy-token-refused/show')
    expect(site.emulators.requests.at(-1)).toMatchObject({
      isExample: true,
      path: '/jwt/hub/',
      virtualProxy: '/jwt',
      token: { accepted: false },
    })
  })
})

describe('faults', () => {
  it.each([
    [{ kind: 'rate-limit', retryAfterSeconds: 2 }, 429, 'Too Many Requests'],
    [{ kind: 'server-error', status: 503 }, 503, 'A fault that was switched on'],
  ] as const)('%j is a text', async (effect, status, text) => {
    site.emulators.faults.set([{ effect }])
    const answer = await site.ask('/jwt/qps/user')
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      status,
      'text/plain; charset=utf-8',
      text,
    ])
    const socket = await site.open('/jwt/app/x')
    expect([socket.status, socket.body]).toEqual([status, text])
  })

  it.each([
    [1002, 'App already open'],
    [1009, 'App already open in different mode'],
    [15, 'A fault that was switched on'],
  ])('refuse a call of the engine with %i and its text', async (code, message) => {
    const { cookie, csrfToken } = await site.logIn()
    const path = `/jwt/app/${moviesAppId}?qlik-csrf-token=${csrfToken}`
    const socket = await site.open(path, { cookie })
    site.emulators.faults.set([{ effect: { kind: 'engine-error', code, call: 'OpenDoc' } }])
    const answer = await socket.call('OpenDoc', [moviesAppId])
    expect(answer.error).toMatchObject({ code, message })
    socket.socket.terminate()
  })
})
