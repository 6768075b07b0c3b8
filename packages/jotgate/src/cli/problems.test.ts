import { expect, it } from 'vitest'
import { configErrors, findDeploymentOptions } from '../config/index.ts'
import { cliErrors } from './errors.ts'
import { gatherProblems } from './problems.ts'

const refuse = (...problems: readonly string[]) =>
  cliErrors.ERR_CLI_USAGE({ command: 'jotgate try', problems })
const input = cliErrors.ERR_CLI_INPUT({ source: 'a.json', problem: 'is not JSON' })
const { missing: waysToSayIssuer } = findDeploymentOptions({ product: 'cloud' }, false)

it('nothing that was found is nothing to tell', () => {
  const problems = gatherProblems({ refuse })
  expect(problems.found).toBe(false)
  expect(problems.tell()).toBeUndefined()
})

it('one error stays the error that it was', () => {
  const problems = gatherProblems({ refuse })
  problems.addError(input)
  expect(problems.tell).toThrow(input)
})

it('several become one, each with its next step; lists are taken apart', async () => {
  const problems = gatherProblems({ refuse })
  problems.add('--kid is empty')
  expect(await problems.attempt(() => Promise.reject(refuse('one', 'two')))).toBeUndefined()
  expect(await problems.attempt(() => 7)).toBe(7)
  problems.addError(input)
  expect(problems.found).toBe(true)
  expect(problems.tell).toThrow(
    expect.objectContaining({
      code: 'ERR_CLI_USAGE',
      details: {
        command: 'jotgate try',
        problems: ['--kid is empty', 'one', 'two', `a.json is not JSON. ${input.hint}`],
      },
    }),
  )
})

it('the next step of several is told once', () => {
  const problems = gatherProblems({ refuse })
  problems.addError(input, cliErrors.ERR_CLI_INPUT({ source: 'b.json', problem: 'is empty' }))
  expect(problems.tell).toThrow(
    expect.objectContaining({
      details: {
        command: 'jotgate try',
        problems: [`a.json is not JSON. ${input.hint}`, 'b.json is empty'],
      },
    }),
  )
})

it('a bug is not reported as a problem of the command line', async () => {
  const problems = gatherProblems({ refuse })
  const bug = () => Promise.reject(new TypeError('a bug'))
  await expect(problems.attempt(bug)).rejects.toThrow('a bug')
  expect(problems.found).toBe(false)
})

it('of a part of the file are told with their place, and with the names that settings have there', async () => {
  const problems = gatherProblems({ refuse })
  const own = problems.within('deployments.blue')
  expect([problems.isOfFile, own.isOfFile]).toEqual([false, true])
  own.add('give --key FILE or --key-env NAME, and --insecure-key-owner')
  own.addError(configErrors.ERR_CONFIG_MISSING({ missing: waysToSayIssuer }))
  await own.within('paths').attempt(() => Promise.reject(input))
  expect(problems.found).toBe(true)
  expect(problems.tell).toThrow(
    expect.objectContaining({
      details: {
        command: 'jotgate try',
        problems: [
          'deployments.blue: give signing.key.file or signing.key.env, and --insecure-key-owner',
          'deployments.blue: missing: the issuer: signing.issuer',
          `deployments.blue.paths: a.json is not JSON. ${input.hint}`,
        ],
      },
    }),
  )
})

it('of a part of the file keep their place when there is only one', () => {
  const problems = gatherProblems({ refuse })
  problems.within('deployments.blue').addError(input)
  expect(problems.tell).toThrow(/deployments\.blue: a\.json is not JSON/)
})
