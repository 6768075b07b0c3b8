import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { call, checkSession, get, giveKey, hasSession, isApiFailure, onKeyWanted } from './api.ts'

const key = 'the-key'
const session = 'console-session'

/** What the control API was sent, oldest first. */
let sent: { method: string; path: string; authorization: string | null; body: unknown }[]
/** Sessions that the emulator knows. */
let known: Set<string>
let asked: number

function answer(status: number, body?: unknown): Response {
  return body === undefined ? new Response(null, { status }) : Response.json(body, { status })
}

/** The control API's guard and one write. */
async function emulator(path: string, init: RequestInit = {}): Promise<Response> {
  const { method = 'GET', body } = init
  const authorization = new Headers(init.headers).get('authorization')
  sent.push({ method, path, authorization, body: body && JSON.parse(String(body)) })
  if (path.endsWith('/console-sessions')) {
    if (authorization !== `Bearer ${key}`) return answer(401)
    known.add(session)
    return answer(201, { token: session })
  }
  if (method === 'GET') return answer(200, { read: path })
  if (!known.has(authorization?.slice('Bearer '.length) ?? '')) return answer(401, { error: 'key' })
  if (path.endsWith('/check')) return answer(204)
  return answer(400, { error: 'This is wrong', hint: 'Do that', field: 'name' })
}

beforeEach(() => {
  sent = []
  known = new Set()
  asked = 0
  const stored = new Map<string, string>()
  vi.stubGlobal('fetch', emulator)
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
    removeItem: (name: string) => stored.delete(name),
  })
  onKeyWanted(async () => {
    asked += 1
    return giveKey(key)
  })
})
afterEach(() => vi.unstubAllGlobals())

describe('the console’s way to the control API', () => {
  it('reads without the key, and asks nobody for it', async () => {
    expect(await get('/tenant')).toEqual({ read: '/_emulator/api/tenant' })
    expect(sent).toEqual([
      { method: 'GET', path: '/_emulator/api/tenant', authorization: null, body: undefined },
    ])
    expect(asked).toBe(0)
  })

  it('asks for the key before the first write, and writes with the session alone', async () => {
    await call('POST', '/faults', { effect: 1 }).catch(() => {})
    await call('POST', '/faults').catch(() => {})
    expect(asked).toBe(1)
    expect(sent.map(({ authorization }) => authorization)).toEqual([
      `Bearer ${key}`,
      `Bearer ${session}`,
      `Bearer ${session}`,
    ])
    expect(sent[1]?.body).toEqual({ effect: 1 })
  })

  it('writes nothing when the key is not given', async () => {
    onKeyWanted(async () => false)
    await expect(call('DELETE', '/requests')).rejects.toThrow('Nothing was changed')
    expect(sent).toEqual([])
  })

  it('asks again when the emulator no longer knows the session, and then sends the write', async () => {
    await giveKey(key)
    known.clear()
    await call('PATCH', '/switches', {}).catch(() => {})
    expect(asked).toBe(1)
    const writes = sent.filter(({ method }) => method === 'PATCH')
    expect(writes).toHaveLength(2)
    expect(hasSession()).toBe(true)
  })

  it('says in words, and at which field, what was refused', async () => {
    const failure: unknown = await call('POST', '/x').catch((error: unknown) => error)
    expect(isApiFailure(failure)).toBe(true)
    expect(failure).toMatchObject({
      message: 'This is wrong. Do that',
      status: 400,
      body: { field: 'name' },
    })
    expect(isApiFailure(new Error('another'))).toBe(false)
  })

  it('keeps no session for a wrong key, nor one that the emulator forgot', async () => {
    expect(await giveKey('Schlüssel')).toBe(false)
    expect(sent[0]?.authorization).toBe('Bearer -')
    expect(hasSession()).toBe(false)
    await giveKey(key)
    await checkSession()
    expect(hasSession()).toBe(true)
    known.clear()
    await checkSession()
    expect(hasSession()).toBe(false)
  })
})
