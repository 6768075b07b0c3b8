import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { qlikErrors } from '../../qlik/index.ts'
import { createLoginQueue, type LoginQueueOptions } from './login-queue.ts'

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 28) }))
afterEach(() => void vi.useRealTimers())

const never = new AbortController().signal
const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000)
const tooMany = (retryAfterSeconds: number) =>
  qlikErrors.ERR_QLIK_RATE_LIMITED({
    call: 'POST /login/jwt-session',
    status: 429,
    retryAfterSeconds,
  })

/** Logins that Qlik answers after a tenth of a second: 429 when it has let enough of them in. */
function start(options: Partial<LoginQueueOptions> = {}) {
  const queue = createLoginQueue({ clock: Date.now, ...options })
  const qlik = {
    allows: Number.POSITIVE_INFINITY,
    retryAfter: 60,
    tries: [] as string[],
    atOnce: 0,
  }
  let running = 0
  const login = (person: string, signal: AbortSignal = never, name = person) =>
    queue.run(
      person,
      async () => {
        running += 1
        qlik.atOnce = Math.max(qlik.atOnce, running)
        qlik.tries.push(name)
        qlik.allows -= 1
        const isAllowed = qlik.allows >= 0
        await new Promise((resolve) => setTimeout(resolve, 100))
        running -= 1
        if (!isAllowed) throw tooMany(qlik.retryAfter)
        return name
      },
      signal,
    )
  return { queue, qlik, login }
}

const people = (count: number) => Array.from({ length: count }, (_, at) => `person ${at}`)

describe('the queue of logins', () => {
  it('lets them in in their order, a few at a time', async () => {
    const { queue, qlik, login } = start({ maxConcurrent: 3 })
    const all = Promise.all(people(10).map((person) => login(person)))
    expect(queue.size).toBe(7)
    await seconds(1)
    expect(await all).toEqual(people(10))
    expect(qlik).toMatchObject({ tries: people(10), atOnce: 3 })
    expect(queue.size).toBe(0)
  })

  it('waits with all of them after a 429, then tries one, then all again', async () => {
    const { queue, qlik, login } = start({ maxConcurrent: 3 })
    qlik.allows = 4
    const all = Promise.all(people(12).map((person) => login(person)))
    await seconds(59)
    // Three were under way when the first was put off.
    expect(qlik.tries).toEqual(people(7))
    expect(queue.retryAfterSeconds).toBe(2)
    await seconds(2)
    // Still too many: one try has found that out.
    expect(qlik.tries).toHaveLength(8)
    qlik.allows = Number.POSITIVE_INFINITY
    qlik.atOnce = 0
    await seconds(61)
    expect(new Set(await all).size).toBe(12)
    expect(qlik.atOnce).toBe(3)
    // Those whom Qlik had put off were the first to go on.
    expect(qlik.tries.slice(8, 11).sort()).toEqual(people(7).slice(4))
  })

  it('says when to ask again, and obeys no wait of hours', async () => {
    const { queue, qlik, login } = start()
    expect(queue.retryAfterSeconds).toBe(2)
    qlik.allows = 0
    qlik.retryAfter = 86_400
    const entering = login('ada')
    await seconds(1)
    expect(queue.retryAfterSeconds).toBe(30)
    qlik.allows = 1
    await seconds(600)
    expect(await entering).toBe('ada')
  })

  it('gives each person a turn, however many logins one of them has', async () => {
    const { qlik, login } = start({ maxConcurrent: 1 })
    const names = ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']
    const all = Promise.all(names.map((name) => login(name.charAt(0), never, name)))
    await seconds(1)
    await all
    expect(qlik.tries).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2'])
  })

  it('is left by those whose session has ended, also while Qlik has put them off', async () => {
    const { queue, qlik, login } = start({ maxConcurrent: 1 })
    const [waiting, putOff, running] = [1, 2, 3].map(() => new AbortController())
    qlik.allows = 0
    const second = login('put off', putOff?.signal)
    const third = login('waiting', waiting?.signal)
    await seconds(1)
    for (const one of [putOff, waiting]) one?.abort(new Error('ended'))
    await expect(second).rejects.toThrow('ended')
    await expect(third).rejects.toThrow('ended')
    expect(queue.size).toBe(0)
    qlik.allows = 1
    // What runs already is not stopped.
    const fourth = login('running', running?.signal)
    await seconds(60.05)
    running?.abort(new Error('ended'))
    await seconds(1)
    expect(await fourth).toBe('running')
    expect(qlik.tries).toEqual(['put off', 'running'])
    const gone = AbortSignal.abort(new Error('gone'))
    await expect(login('late', gone)).rejects.toThrow('gone')
  })

  it('goes on after another failure, which is of that login alone', async () => {
    const { queue, login } = start({ maxConcurrent: 1 })
    const failing = queue.run('ada', () => Promise.reject(new Error('refused')), never)
    const other = login('bob')
    await expect(failing).rejects.toThrow('refused')
    await seconds(1)
    expect(await other).toBe('bob')
  })

  it('is bounded', async () => {
    const { queue, login } = start({ maxConcurrent: 1, maxQueued: 2 })
    const all = Promise.all(people(3).map((person) => login(person)))
    await expect(login('late')).rejects.toMatchObject({ code: 'ERR_GATEWAY_WAITING', status: 503 })
    expect(queue.size).toBe(2)
    await seconds(1)
    await all
  })

  it('lets 20,000 wait and leave without a slow step', async () => {
    const { queue, login } = start({ maxConcurrent: 1 })
    const endings = people(20_000).map(() => new AbortController())
    const all = Promise.allSettled(endings.map(({ signal }, at) => login(`person ${at}`, signal)))
    const before = performance.now()
    for (const ending of endings) ending.abort(new Error('ended'))
    expect(performance.now() - before).toBeLessThan(2000)
    expect(queue.size).toBe(0)
    await seconds(1)
    const results = await all
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})
