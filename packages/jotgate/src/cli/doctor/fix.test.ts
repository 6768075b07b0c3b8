import { describe, expect, it } from 'vitest'
import type { CheckResult, Verdict } from '../../doctor/index.ts'
import { untilBack } from './fix.ts'

const connection = (verdict: Verdict): CheckResult => ({
  check: 'network-connection',
  category: 'network',
  verdict,
  title: 'a connection',
})

describe('a check after a change', () => {
  const { signal } = new AbortController()

  it('waits for a proxy that restarts', async () => {
    const answers = [connection('failed'), connection('failed'), connection('passed')]
    const waits: number[] = []
    const results = await untilBack(
      () => true,
      async () => answers.splice(0, 1),
      signal,
      async (ms) => waits.push(ms),
    )
    expect(results).toEqual([connection('passed')])
    expect(waits).toEqual([2000, 2000])
  })

  it('does not wait for what could not be reached before', async () => {
    const failed = [connection('failed')]
    const wait = () => Promise.reject(new Error('it waits'))
    expect(
      await untilBack(
        () => false,
        async () => failed,
        signal,
        wait,
      ),
    ).toEqual(failed)
  })

  it('gives up after a minute', async () => {
    let waited = 0
    const results = await untilBack(
      () => true,
      async () => [connection('failed')],
      signal,
      async (ms) => {
        waited += ms
      },
    )
    expect(results).toEqual([connection('failed')])
    expect(waited).toBe(60_000)
  })
})
