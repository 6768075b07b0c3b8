import { describe, expect, it } from 'vitest'
import { defineErrors, isJotgateError, JotgateError } from './index.ts'

const sampleErrors = defineErrors('ERR_SAMPLE', {
  ERR_SAMPLE_GONE: {
    status: 404,
    message: (details: { file: string }) => `There is nothing at ${details.file}`,
    hint: 'Name a file that exists.',
  },
})

describe('an error of a catalogue', () => {
  it('carries code, message, hint, status, details and the page to read', () => {
    const cause = new Error('ENOENT')
    const error = sampleErrors.ERR_SAMPLE_GONE({ file: 'a.pem' }, { cause })
    expect(error).toBeInstanceOf(JotgateError)
    expect(error).toMatchObject({
      name: 'JotgateError',
      code: 'ERR_SAMPLE_GONE',
      message: 'There is nothing at a.pem',
      hint: 'Name a file that exists.',
      status: 404,
      details: { file: 'a.pem' },
      docs: 'docs/reference/errors.md#err_sample_gone',
      cause,
    })
  })

  it('is recognised across two copies of the package, by code or without', () => {
    const foreign: unknown = { isJotgateError: true, code: 'ERR_SAMPLE_GONE' }
    expect(isJotgateError(foreign)).toBe(true)
    expect(isJotgateError(foreign, 'ERR_SAMPLE_GONE')).toBe(true)
    expect(isJotgateError(foreign, 'ERR_OTHER')).toBe(false)
    expect(isJotgateError(new Error('x'))).toBe(false)
    expect(isJotgateError(null)).toBe(false)
  })

  it('refuses a code that does not begin with the part’s prefix', () => {
    const wrong = { ERR_OTHER_GONE: { status: 500, message: () => '', hint: '' } }
    // @ts-expect-error the compiler refuses it too
    expect(() => defineErrors('ERR_SAMPLE', wrong)).toThrow(TypeError)
  })
})
