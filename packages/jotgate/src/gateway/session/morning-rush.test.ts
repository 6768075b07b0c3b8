import { expect, it, vi } from 'vitest'
import { isJotgateError } from '../../errors/index.ts'
import type { GatewaySession } from './gateway-session.ts'
import { startTenant, until } from './tenant.fixture.ts'

/** Pages that ask until they are in: again after the time that they are told. */
async function askUntilIn(
  { upstreams }: Pick<Awaited<ReturnType<typeof startTenant>>, 'upstreams'>,
  session: GatewaySession,
  onWait: (seconds: number) => void,
): Promise<void> {
  for (;;) {
    try {
      await upstreams.sessionFor(session)
      return
    } catch (error) {
      if (!isJotgateError(error, 'ERR_GATEWAY_WAITING')) throw error
      expect(upstreams.stateOf(session)).toBe('waiting')
      const { retryAfterSeconds } = error.details
      onWait(retryAfterSeconds)
      await new Promise((resolve) => setTimeout(resolve, retryAfterSeconds * 1000))
    }
  }
}

it('1,000 people at once all get in, each once, while Qlik allows 100 logins a minute', async () => {
  const tenant = await startTenant({ emulator: { switches: { loginsCountBy: 'everyone' } } })
  const { emulator, enter, events, signings, calls, upstreams } = tenant
  const people = Array.from({ length: 1000 }, (_, at) => `person-${at}`)
  const sessions = await Promise.all(people.map(enter))
  const startedAt = Date.now()
  let isIn = 0
  const waits: number[] = []
  const all = Promise.all(
    sessions.map(async (session) => {
      await askUntilIn(tenant, session, (seconds) => waits.push(seconds))
      isIn += 1
    }),
  )

  // The five minutes of Qlik's window are full, and more was not tried than was under way.
  await until(() => isIn === 500)
  await until(() => events.filter(({ event }) => event === 'mint').length > 500)
  const states = sessions.map((session) => upstreams.stateOf(session))
  expect(states.filter((state) => state === 'open')).toHaveLength(500)
  expect(states.filter((state) => state === 'waiting')).toHaveLength(500)
  for (let second = 0; second < 299; second += 1) await vi.advanceTimersByTimeAsync(1000)
  expect(isIn).toBe(500)
  expect(calls('/login/jwt-session')).toBeLessThanOrEqual(510)
  // Each page was told to come back, and not at once.
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(2)
  expect(Math.max(...waits)).toBeLessThanOrEqual(30)

  await vi.advanceTimersByTimeAsync(2000)
  await until(() => emulator.state.sessions().length === 1000)
  for (let second = 0; second < 60 && isIn < 1000; second += 1)
    await vi.advanceTimersByTimeAsync(1000)
  await all

  expect(Date.now() - startedAt).toBeLessThanOrEqual(361_000)
  const whose = new Map(emulator.state.users().map(({ id, subject }) => [id, subject]))
  const subjects = emulator.state.sessions().map(({ userId }) => whose.get(userId))
  expect(subjects.sort()).toEqual([...people].sort())
  expect(signings.count).toBeLessThanOrEqual(1020)
  expect(events.filter(({ event }) => event === 'qlik-session-open')).toHaveLength(1000)
})
