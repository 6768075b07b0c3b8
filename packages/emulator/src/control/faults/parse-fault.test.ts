import { describe, expect, it } from 'vitest'
import { checkCloseCode, checkReason, parseFault } from './parse-fault.ts'

const effect = { kind: 'latency', ms: 1 }

describe('a fault as it is given', () => {
  it.each([
    { effect },
    { effect: { kind: 'rate-limit' } },
    { effect: { kind: 'rate-limit', retryAfterSeconds: 0 }, times: 1 },
    { effect: { kind: 'server-error', status: 599 }, pathPrefix: '/app/', probability: 1 },
    { effect: { kind: 'documented-error', error: 'login-12' }, method: 'POST' },
    { effect: { kind: 'close-socket', closeCode: 4000, reason: 'over' } },
    { effect: { kind: 'engine-error', code: -32601 } },
    {
      effect: { kind: 'engine-error', code: 15, message: 'gone', call: 'Doc.GetObject' },
      times: 2,
    },
  ])('is taken as it is: %j', (fault) => {
    expect(parseFault(fault, ['login-12'])).toEqual(fault)
  })

  it.each([
    [undefined, 'a fault must be an object'],
    [[], 'a fault must be an object'],
    [{}, 'effect must be an object'],
    [{ effect: { kind: 'flood' } }, 'kind must be one of'],
    [{ effect: { kind: 'latency', ms: -1 } }, 'ms must be a whole number'],
    [{ effect: { kind: 'latency', ms: '5' } }, 'ms must be a whole number'],
    [{ effect: { kind: 'latency', ms: 1, status: 500 } }, 'latency has no member status'],
    [{ effect: { kind: 'rate-limit', retryAfterSeconds: 1.5 } }, 'retryAfterSeconds must be'],
    [{ effect: { kind: 'server-error', status: 600 } }, 'status must be from 500 to 599'],
    [{ effect: { kind: 'documented-error', error: 'x' } }, 'error must be one of login-12'],
    [{ effect: { kind: 'close-socket', closeCode: 1006 } }, 'closeCode must be'],
    [{ effect: { kind: 'close-socket', closeCode: 4000, reason: 1 } }, 'reason must be a string'],
    [{ effect: { kind: 'engine-error' } }, 'code must be a whole number'],
    [{ effect: { kind: 'engine-error', code: 100_000 } }, 'code must be a whole number'],
    [{ effect: { kind: 'engine-error', code: 5, message: 'a'.repeat(501) } }, 'message must be'],
    [{ effect: { kind: 'engine-error', code: 5, call: 'getLayout' } }, 'call must be written as'],
    [{ effect: { kind: 'engine-error', code: 5 }, method: 'GET' }, 'takes call instead'],
    [{ effect, pathPrefix: 'api' }, 'pathPrefix must begin with /'],
    [{ effect, method: 'get' }, 'method must be written as'],
    [{ effect, times: 0 }, 'times must be'],
    [{ effect, probability: 0 }, 'probability must be'],
    [{ effect, probability: 1.1 }, 'probability must be'],
    [{ effect, path: '/' }, 'a fault has no member path'],
  ])('%j is refused: %s', (fault, problem) => {
    expect(() => parseFault(fault, ['login-12'])).toThrow(
      expect.objectContaining({
        code: 'ERR_EMULATOR_FAULT',
        message: expect.stringContaining(problem),
      }),
    )
  })

  it.each([1000, 1001, 1011, 3000, 4999])('may close with %d', (code) => {
    expect(checkCloseCode(code)).toBe(code)
  })

  it.each([999, 1005, 1006, 1015, 5000, '4000', undefined])('may not close with %j', (code) => {
    expect(() => checkCloseCode(code)).toThrow('closeCode must be')
  })

  it('takes a reason that fits a close frame', () => {
    expect(checkReason('é'.repeat(61))).toHaveLength(61)
    expect(() => checkReason('é'.repeat(62))).toThrow('up to 123 bytes')
  })
})
