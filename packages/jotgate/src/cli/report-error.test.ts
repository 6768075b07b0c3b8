import { expect, it } from 'vitest'
import { keyErrors } from '../keys/errors.ts'
import { qlikErrors } from '../qlik/errors.ts'
import { memoryTerminal } from './memory-terminal.fixture.ts'
import { reportError } from './report-error.ts'

const told = (error: unknown, asJson: boolean) => {
  const terminal = memoryTerminal({ folder: '.' })
  const exitCode = reportError(error, terminal, asJson)
  return { exitCode, err: terminal.err }
}

it('what Qlik said can be decided by in a script', () => {
  const refusal = { call: 'GET /api/v1/items/x', status: 404, code: 'ITEMS-404' }
  const { exitCode, err } = told(qlikErrors.ERR_QLIK_REFUSED(refusal), true)
  expect(exitCode).toBe(1)
  expect(JSON.parse(err)).toMatchObject({ error: { code: 'ERR_QLIK_REFUSED', details: refusal } })
})

it('other errors have code, message, hint and docs alone', () => {
  const { err } = told(keyErrors.ERR_KEY_NOT_FOUND({ file: 'none.pem' }), true)
  expect(Object.keys(JSON.parse(err).error)).toEqual(['code', 'message', 'hint', 'docs'])
})

it('the next step is told in words of the command line', () => {
  const encrypted = keyErrors.ERR_KEY_ENCRYPTED({ source: 'a.pem' })
  expect(told(encrypted, false).err).toMatch(/^hint: .*--passphrase-file FILE/m)
  expect(JSON.parse(told(encrypted, true).err).error.hint).toContain('--passphrase-env NAME')
})

it('a key from the standard input is called so', () => {
  const { err } = told(
    keyErrors.ERR_KEY_FORM({ source: 'The option bytes', problem: 'is empty' }),
    false,
  )
  expect(err).toMatch(/^error\[ERR_KEY_FORM\]: The standard input is empty$/m)
})
