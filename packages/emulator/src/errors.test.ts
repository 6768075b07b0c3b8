import { expect, it } from 'vitest'
import { emulatorError, isEmulatorError } from './errors.ts'

it('an error carries its code, message, hint and cause, and is known again', () => {
  const cause = new Error('ENOENT')
  const error = emulatorError('ERR_EMULATOR_FILE', { file: 'a.csv', reason: 'ENOENT' }, { cause })
  expect(error).toMatchObject({
    name: 'EmulatorError',
    code: 'ERR_EMULATOR_FILE',
    message: 'a.csv cannot be written: ENOENT',
    hint: expect.stringMatching(/^Name a new file/),
    cause,
  })
  expect(isEmulatorError(error)).toBe(true)
  expect(isEmulatorError(error, 'ERR_EMULATOR_FILE')).toBe(true)
  expect(isEmulatorError(error, 'ERR_EMULATOR_PORT')).toBe(false)
  expect(isEmulatorError(cause)).toBe(false)
  expect(isEmulatorError({ name: 'EmulatorError' })).toBe(false)
})
