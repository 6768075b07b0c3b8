import { describe, expect, expectTypeOf, it } from 'vitest'
import { defineErrors, isJotgateError, JotgateError, type JotgateErrorCode } from './index.ts'

const sampleErrors = defineErrors('ERR_SAMPLE', {
  ERR_SAMPLE_GONE: {
    kind: 'failure',
    status: 404,
    message: (details: { file: string }) => `There is nothing at ${details.file}`,
    hint: 'Name a file that exists.',
  },
})

describe('an error of a catalogue', () => {
  it('carries code, message, hint, kind, status, details and the command that explains it', () => {
    const cause = new Error('ENOENT')
    const error = sampleErrors.ERR_SAMPLE_GONE({ file: 'a.pem' }, { cause })
    expect(error).toBeInstanceOf(JotgateError)
    expect(error).toMatchObject({
      name: 'JotgateError',
      code: 'ERR_SAMPLE_GONE',
      message: 'There is nothing at a.pem',
      hint: 'Name a file that exists.',
      kind: 'failure',
      status: 404,
      details: { file: 'a.pem' },
      docs: 'jotgate explain ERR_SAMPLE_GONE',
      cause,
    })
  })

  it('is recognised across two copies of the package, by code or without', () => {
    const foreign: unknown = { isJotgateError: true, code: 'ERR_KEY_NOT_FOUND' }
    expect(isJotgateError(foreign)).toBe(true)
    expect(isJotgateError(foreign, 'ERR_KEY_NOT_FOUND')).toBe(true)
    expect(isJotgateError(foreign, 'ERR_KEY_WEAK')).toBe(false)
    expect(isJotgateError(new Error('x'))).toBe(false)
    expect(isJotgateError(null)).toBe(false)
  })

  it('has the details of its code once the code is known', () => {
    const error: unknown = new Error('x')
    if (isJotgateError(error, 'ERR_KEY_NOT_FOUND'))
      expectTypeOf(error.details).toEqualTypeOf<{ file: string }>()
    if (isJotgateError(error, 'ERR_QLIK_RATE_LIMITED'))
      expectTypeOf(error.details.retryAfterSeconds).toBeNumber()
    const code = 'ERR_KEY_WEAK' as 'ERR_KEY_WEAK' | 'ERR_KEY_KNOWN'
    if (isJotgateError(error, code) && error.code === 'ERR_KEY_WEAK')
      expectTypeOf(error.details.weakness).toBeString()
    // @ts-expect-error there is no such code
    expect(isJotgateError(error, 'ERR_KEY_MISTYPED')).toBe(false)
    expectTypeOf<'ERR_TOKEN_USER' | 'ERR_CLI_USAGE'>().toExtend<JotgateErrorCode>()
  })

  it('must have a code that begins with the prefix of its part', () => {
    const wrong = { ERR_OTHER_GONE: { kind: 'use', status: 500, message: () => '', hint: '' } }
    // @ts-expect-error the compiler refuses it too
    expect(() => defineErrors('ERR_SAMPLE', wrong)).toThrow(TypeError)
  })
})
