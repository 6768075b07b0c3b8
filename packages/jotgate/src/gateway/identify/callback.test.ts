import { describe, expect, it } from 'vitest'
import { isJotgateError } from '../../errors/index.ts'
import { gatewayRequest } from '../request.fixture.ts'
import { identifyByCallback, type UserOf } from './callback.ts'
import type { HostRequest } from './host-request.ts'

const context = { publicUrl: 'https://qlik.acme.example', clock: Date.now }

const identifierOf = (userOf: UserOf, timeoutMs?: number) =>
  identifyByCallback(userOf, timeoutMs === undefined ? {} : { timeoutMs })(context)

async function problemOf(userOf: UserOf, timeoutMs?: number): Promise<string> {
  const error: unknown = await identifierOf(userOf, timeoutMs)
    .identify(gatewayRequest())
    .catch((thrown: unknown) => thrown)
  if (!isJotgateError(error, 'ERR_GATEWAY_HOST_SILENT')) throw error
  expect(error.status).toBe(503)
  return error.details.problem
}

describe('identifyByCallback', () => {
  it('asks with what the client sent, and gives the user', async () => {
    let asked: HostRequest | undefined
    const identifier = identifierOf(async (request) => {
      asked = request
      return { subject: '42', name: 'Ada', groups: ['sales'] }
    })
    const request = gatewayRequest({
      target: '/app/1?a=1',
      headers: { cookie: 'sid=1', accept: 'text/html' },
    })
    expect(await identifier.identify(request)).toEqual({
      user: { subject: '42', name: 'Ada', groups: ['sales'] },
      source: 'callback',
    })
    expect(identifier.asksHost).toBe(true)
    expect(asked).toMatchObject({ method: 'GET', url: '/app/1?a=1', address: '192.0.2.1' })
    expect(asked?.headers.get('cookie')).toBe('sid=1')
    expect(asked?.headers.get('accept')).toBe('text/html')
  })

  it.each([undefined, null])('takes %s as nobody', async (nobody) => {
    expect(await identifierOf(() => nobody).identify(gatewayRequest())).toBeUndefined()
  })

  it('takes an error as no answer, and keeps it for the log', async () => {
    const cause = new Error('the database is away')
    for (const userOf of [
      () => Promise.reject(cause),
      () => {
        throw cause
      },
    ]) {
      const error: unknown = await identifierOf(userOf)
        .identify(gatewayRequest())
        .catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'ERR_GATEWAY_HOST_SILENT', cause })
    }
  })

  it('waits for its time and no longer, and tells the function so', async () => {
    let signal: AbortSignal | undefined
    const problem = await problemOf((request) => {
      signal = request.signal
      return new Promise(() => undefined)
    }, 10)
    expect(problem).toBe('there was no answer within 10 ms')
    expect(signal?.aborted).toBe(true)
  })

  it('ends with the request, and leaves no listener on its signal', async () => {
    const leaving = new AbortController()
    const waiting = identifierOf(() => new Promise(() => undefined)).identify(gatewayRequest(), {
      signal: leaving.signal,
    })
    leaving.abort(new Error('the client is gone'))
    await expect(waiting).rejects.toThrow('the client is gone')

    const signal = AbortSignal.abort(new Error('before'))
    let calls = 0
    const identifier = identifierOf(() => {
      calls += 1
      return undefined
    })
    await expect(identifier.identify(gatewayRequest(), { signal })).rejects.toThrow('before')
    expect(calls).toBe(0)
  })

  it.each([
    [false, 'user must be an object, not a boolean'],
    [{}, 'subject is missing'],
    [{ subject: '42', groups: 'sales' }, 'groups must be an array, not a string'],
    [{ subject: '42', emailVerified: 'yes' }, 'emailVerified must be true or false, not a string'],
  ])('says what is wrong with the user %j', async (answer, problem) => {
    // @ts-expect-error not a user
    const userOf: UserOf = () => answer
    expect(await problemOf(userOf)).toBe(
      `the answer of the host application is not a user: ${problem}`,
    )
  })

  it('checks its options', () => {
    expect(() => identifyByCallback(() => undefined, { timeoutMs: 9 })).toThrow(
      'The option timeoutMs must be a whole number from 10 to 10000',
    )
    // @ts-expect-error a function is needed
    expect(() => identifyByCallback()).toThrow(TypeError)
  })
})
