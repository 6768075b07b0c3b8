import { describe, expect, it } from 'vitest'
import { createRecorder, type RecordedRequest } from './recorder.ts'

function request(path: string): Omit<RecordedRequest, 'number'> {
  return {
    product: 'cloud',
    at: '2026-01-01T00:00:00.000Z',
    method: 'GET',
    path,
    query: [],
    host: 'localhost',
    cookies: [],
    caller: 'nobody',
    status: 200,
    setCookies: [],
  }
}

describe('the recorder', () => {
  it('numbers requests and keeps the last ones', () => {
    const recorder = createRecorder(3)
    for (let index = 0; index < 20; index += 1) recorder.add(request(`/${index}`))
    const numbers = recorder.requests.map((one) => one.number)
    expect(numbers.at(-1)).toBe(20)
    expect(numbers.length).toBeGreaterThanOrEqual(3)
    expect(numbers.length).toBeLessThanOrEqual(6)
  })

  it('has no token where somebody put one into the address or the name of a cookie', () => {
    const recorder = createRecorder()
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl'
    recorder.add({ ...request(`/jwt/${token}/hub`), query: [token], cookies: ['a', token] })
    expect(recorder.requests[0]).toMatchObject({
      path: '/jwt/(a token)/hub',
      query: ['(a token)'],
      cookies: ['a', '(a token)'],
    })
  })

  it('finds a request that came already', async () => {
    const recorder = createRecorder()
    recorder.add(request('/a'))
    expect(await recorder.waitFor((one) => one.path === '/a')).toMatchObject({ number: 1 })
  })

  it('waits for one that is still to come', async () => {
    const recorder = createRecorder()
    const found = recorder.waitFor((one) => one.path === '/b')
    recorder.add(request('/a'))
    recorder.add(request('/b'))
    expect(await found).toMatchObject({ number: 2 })
  })

  it('gives up after its time and says how many it saw', async () => {
    const recorder = createRecorder()
    recorder.add(request('/a'))
    await expect(recorder.waitFor(() => false, { timeoutMs: 5 })).rejects.toMatchObject({
      code: 'ERR_EMULATOR_WAIT',
      message: 'No request matched within 5 ms; 1 were recorded',
    })
  })

  it('passes on what a predicate throws', async () => {
    const recorder = createRecorder()
    const found = recorder.waitFor(() => {
      throw new Error('broken predicate')
    })
    recorder.add(request('/a'))
    await expect(found).rejects.toThrow('broken predicate')
  })

  it('tells of each request until nobody listens', () => {
    const recorder = createRecorder()
    const heard: string[] = []
    const stop = recorder.subscribe(({ path }) => heard.push(path))
    recorder.add(request('/a'))
    stop()
    recorder.add(request('/b'))
    expect(heard).toEqual(['/a'])
  })

  it('forgets everything when it is cleared', () => {
    const recorder = createRecorder()
    recorder.add(request('/a'))
    recorder.clear()
    expect(recorder.requests).toEqual([])
  })
})
