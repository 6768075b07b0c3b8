import { describe, expect, it } from 'vitest'
import { defineErrors } from '../errors/index.ts'
import type { Check, Verdict } from './check.ts'
import { runChecks } from './run-checks.ts'

const errors = defineErrors('ERR_TRIAL', {
  ERR_TRIAL_CUT: {
    kind: 'failure',
    status: 502,
    message: (_details: Record<never, never>) => 'The connection was cut',
    hint: 'Try again.',
  },
})

function checkOf(id: string, verdict: Verdict | Error, needs: string[] = []): Check<undefined> {
  return {
    id,
    category: 'network',
    question: `Is ${id} right?`,
    needs,
    async run() {
      if (verdict instanceof Error) throw verdict
      return [{ verdict, title: id }]
    },
  }
}

async function run(...checks: Check<undefined>[]) {
  const results = []
  for await (const { check, verdict } of runChecks({ checks, context: undefined }))
    results.push(`${check} ${verdict}`)
  return results
}

describe('running checks', () => {
  it('goes on behind a failure with what does not rest on it', async () => {
    const checks = [
      checkOf('name', 'passed'),
      checkOf('tls', 'failed', ['name']),
      checkOf('login', 'passed', ['tls']),
      checkOf('user', 'passed', ['login']),
      checkOf('key', 'warning', ['name']),
      checkOf('days', 'passed', ['key']),
    ]
    expect(await run(...checks)).toEqual([
      'name passed',
      'tls failed',
      'login not-checked',
      'user not-checked',
      'key warning',
      'days passed',
    ])
  })

  it('takes a JotgateError for a failure, and lets any other through', async () => {
    expect(await run(checkOf('a', errors.ERR_TRIAL_CUT({})))).toEqual(['a failed'])
    await expect(run(checkOf('a', new TypeError('a bug')))).rejects.toThrow('a bug')
  })

  it('leaves out what an earlier failure explains, and not what was merely not checked', async () => {
    const login = { ...checkOf('login', 'failed'), explainedBy: ['certificate', 'user'] }
    expect(
      await run(checkOf('certificate', 'not-checked'), checkOf('user', 'passed'), login),
    ).toEqual(['certificate not-checked', 'user passed', 'login failed'])
    expect(
      await run(checkOf('certificate', 'not-checked'), checkOf('user', 'failed'), login),
    ).toEqual(['certificate not-checked', 'user failed', 'login not-checked'])
  })

  it('names the first question that was left open', async () => {
    const checks = [
      checkOf('a', 'failed'),
      checkOf('b', 'passed', ['a']),
      checkOf('c', 'passed', ['b']),
    ]
    const titles = []
    for await (const { title } of runChecks({ checks, context: undefined })) titles.push(title)
    expect(titles[2]).toMatch(/^Is c right\?.*Is a right\?$/)
  })

  it('ends before the next check when it is interrupted', async () => {
    const { signal } = { signal: AbortSignal.abort() }
    const all = runChecks({ checks: [checkOf('a', 'passed')], context: undefined, signal })
    await expect(all.next()).rejects.toThrow('aborted')
  })
})
