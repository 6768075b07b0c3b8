import { expect, it } from 'vitest'
import { keyErrors } from '../keys/index.ts'
import { qlikErrors } from '../qlik/index.ts'
import { memoryTerminal } from './memory-terminal.fixture.ts'
import { reportError } from './report-error.ts'

const told = async (error: unknown, asJson: boolean) => {
  const terminal = memoryTerminal({ folder: '.' })
  const exitCode = await reportError(error, terminal, asJson)
  return { exitCode, err: terminal.err }
}

it('what Qlik said can be decided by in a script', async () => {
  const refusal = { call: 'GET /api/v1/items/x', status: 404, code: 'ITEMS-404' }
  const { exitCode, err } = await told(qlikErrors.ERR_QLIK_REFUSED(refusal), true)
  expect(exitCode).toBe(1)
  expect(JSON.parse(err)).toMatchObject({ error: { code: 'ERR_QLIK_REFUSED', details: refusal } })
})

it('other errors have code, message, hint and docs alone', async () => {
  const { err } = await told(keyErrors.ERR_KEY_NOT_FOUND({ file: 'none.pem' }), true)
  expect(Object.keys(JSON.parse(err).error)).toEqual(['code', 'message', 'hint', 'docs'])
})

it('the next step is told in words of the command line', async () => {
  const encrypted = keyErrors.ERR_KEY_ENCRYPTED({ source: 'a.pem' })
  expect((await told(encrypted, false)).err).toMatch(/^hint: .*--passphrase-file FILE/m)
  expect(JSON.parse((await told(encrypted, true)).err).error.hint).toContain(
    '--passphrase-env NAME',
  )
})

it('names the command that explains it, and that of Qlik’s own code where there is a page', async () => {
  const { err } = await told(keyErrors.ERR_KEY_NOT_FOUND({ file: 'none.pem' }), false)
  expect(err).toMatch(/^more: jotgate explain ERR_KEY_NOT_FOUND$/m)
  const refused = (code: string) =>
    qlikErrors.ERR_QLIK_REFUSED({ call: 'POST /login/jwt-session', status: 401, code })
  expect((await told(refused('LOGIN-2'), false)).err).toMatch(
    /^more: jotgate explain LOGIN-2, jotgate explain ERR_QLIK_REFUSED$/m,
  )
  expect((await told(refused('ITEMS-404'), false)).err).toMatch(
    /^more: jotgate explain ERR_QLIK_REFUSED$/m,
  )
})
