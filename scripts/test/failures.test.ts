import { describe, expect, it } from 'vitest'
import { describeFailures, firstLine, readFailures, readUnhandledErrors } from './failures.ts'

const test = (fullName: string, ...failureMessages: string[]) => ({
  fullName,
  status: failureMessages.length > 0 ? 'failed' : 'passed',
  failureMessages,
})

describe('the names of what failed', () => {
  it('are those of each test and of each file that did not load, with the first line of the error', () => {
    const report = {
      testResults: [
        { name: '/r/a.test.ts', status: 'passed', message: '', assertionResults: [test('one')] },
        {
          name: '/r/b/b.test.ts',
          status: 'failed',
          message: '',
          assertionResults: [test('good'), test('group bad', 'Error: first\nsecond\n    at x')],
        },
        { name: '/r/c.test.ts', status: 'failed', message: 'No module d', assertionResults: [] },
        {
          name: '/r/d.test.ts',
          status: 'failed',
          message: '',
          assertionResults: [{ fullName: 'never ran', status: 'skipped', failureMessages: [] }],
        },
      ],
    }
    expect(readFailures(report, '/r')).toEqual([
      { name: 'b/b.test.ts: group bad', error: 'Error: first' },
      { name: 'c.test.ts', error: 'No module d' },
      { name: 'd.test.ts', error: 'A hook failed. See the output above.' },
    ])
    expect(readFailures({}, '/r')).toEqual([])
  })

  it('have what vitest says of errors outside of the tests', () => {
    const output = [
      '\u001b[31m⎯⎯⎯⎯\u001b[39m Unhandled Errors ⎯⎯⎯⎯',
      'Vitest caught 1 unhandled error during the test run.',
      '⎯⎯⎯⎯ Unhandled Rejection ⎯⎯⎯⎯',
      '\u001b[31mTypeError: it was \u001b[1mlost\u001b[22m',
      ' ❯ a.test.ts:2:47',
    ].join('\n')
    expect(readUnhandledErrors(output)).toEqual([
      { name: 'outside of the tests', error: 'TypeError: it was lost' },
    ])
    expect(readUnhandledErrors('⎯⎯ Unhandled Errors ⎯⎯\nnothing known')).toHaveLength(1)
    expect(readUnhandledErrors('Error: of a test')).toEqual([])
  })

  it('are at most 20, each with one line that has no end', () => {
    const failures = Array.from({ length: 25 }, (_, at) => ({ name: `n${at}`, error: '' }))
    const lines = describeFailures(failures)
    expect(lines).toHaveLength(21)
    expect(lines.at(-1)).toBe('  and 5 more')
    expect(describeFailures([{ name: 'a', error: 'why' }])).toEqual(['  ✖ a', '      why'])
    expect(firstLine('x'.repeat(1000)).length).toBeLessThan(310)
  })
})
