// `jotgate request` when Qlik refuses, fails or goes away: by the emulator's faults over its control API, and
// behind a relay where the network or a proxy is to blame.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Relay, startRelay } from './relay.ts'
import { createSessionStage, type SessionStage } from './session-stage.ts'

let stage: SessionStage
let relay: Relay
beforeAll(async () => {
  stage = await createSessionStage()
  relay = await startRelay(stage.emulator.port)
  // Three lists of one item each, for the tests that walk.
  for (const name of ['a', 'b', 'c']) {
    const body = { name: `group ${name}`, status: 'active', providerType: 'custom' }
    expect((await stage.asAdmin('POST', '/api/v1/groups', body)).status).toBe(201)
  }
})
afterAll(async () => {
  await relay?.close()
  await stage?.close()
})
afterEach(async () => {
  relay.tamper = () => undefined
  relay.requests.length = 0
  expect((await stage.asAdmin('DELETE', '/_emulator/api/faults')).status).toBe(204)
})

const inject = async (fault: object) => {
  expect((await stage.asAdmin('POST', '/_emulator/api/faults', fault)).status).toBe(201)
}
const me = '/api/v1/users/me'
const asked = (path: string) => relay.requests.filter((one) => one.path === path).length
/** Through the relay, which counts. */
const request = (words: readonly string[], env: Record<string, string> = {}) =>
  stage.request(words, { url: relay.url, env })
const seconds = async (action: () => Promise<unknown>) => {
  const startedMs = performance.now()
  await action()
  return (performance.now() - startedMs) / 1000
}

describe('after 401', () => {
  const lost = { kind: 'documented-error', error: 'oauth-unauthorized' }

  it('a call is made again, once, with a new session from a new token; a write too', async () => {
    const path = '/api/v1/web-integrations'
    for (const words of [
      ['GET', me],
      ['POST', path, '--data', '{"name":"x","validOrigins":[]}'],
    ]) {
      relay.requests.length = 0
      await inject({ effect: lost, pathPrefix: words[1], method: words[0], times: 1 })
      const { exitCode, out, err } = await request(words)
      expect(err).toContain('note: the session has ended at Qlik (401); a new one is opened\n')
      const tokens = relay.requests
        .filter((one) => one.path === '/login/jwt-session')
        .map(({ headers }) => headers.authorization)
      expect(new Set(tokens).size).toBe(2)
      expect(asked(words[1] ?? '')).toBe(2)
      if (words[0] === 'GET') {
        expect(exitCode).toBe(0)
        expect(JSON.parse(out)).toMatchObject({ subject: 'acme|ada' })
      } else expect(err).toMatch(/ERR_QLIK_REFUSED.*403/)
    }
  })

  it('it is not made a third time, and not at all with a token that was given', async () => {
    await inject({ effect: lost, pathPrefix: me })
    const again = await request(['GET', me])
    expect(again).toMatchObject({ exitCode: 1, out: '' })
    expect(again.err).toMatch(/ERR_QLIK_NOT_LOGGED_IN.*401/)
    expect(asked(me)).toBe(2)
    relay.requests.length = 0
    const token = (await stage.command.run(['token', 'create', ...stage.who.slice(0, -2)])).out
    const words = ['request', 'GET', me, '--for', 'cloud', '--url', relay.url]
    const given = await stage.command.run(words, { env: { JOTGATE_TOKEN: token.trim() } })
    expect(given).toMatchObject({ exitCode: 1, out: '' })
    expect(given.err).toContain('ERR_QLIK_NOT_LOGGED_IN')
    expect(asked(me)).toBe(1)
  })
})

describe('after 429', () => {
  it('a call waits as many seconds as Qlik says, and prints that', async () => {
    const effect = { kind: 'rate-limit', retryAfterSeconds: 2 }
    await inject({ effect, pathPrefix: me, times: 1 })
    const took = await seconds(async () => {
      const { exitCode, out, err } = await request(['GET', me])
      expect({ exitCode, err }).toEqual({
        exitCode: 0,
        err: 'note: Qlik takes no calls for now (429); again in 2 s, try 1 of 3\n',
      })
      expect(JSON.parse(out)).toMatchObject({ subject: 'acme|ada' })
    })
    expect(took).toBeGreaterThanOrEqual(2)
    expect(asked(me)).toBe(2)
  })

  it('a call waits until the date that Qlik says, by Qlik’s own clock', async () => {
    // A clock that is years away: only the answer's own Date can make two seconds of it.
    relay.tamper = ({ path }) =>
      path === me && asked(me) === 1
        ? {
            status: 429,
            headers: {
              date: 'Wed, 21 Oct 2015 07:28:00 GMT',
              'retry-after': 'Wed, 21 Oct 2015 07:28:02 GMT',
            },
          }
        : undefined
    const took = await seconds(async () => {
      const { exitCode, err } = await request(['GET', me])
      expect(err).toContain('again in 2 s, try 1 of 3')
      expect(exitCode).toBe(0)
    })
    expect(took).toBeGreaterThanOrEqual(2)
  })

  it('a login waits too', async () => {
    const effect = { kind: 'rate-limit', retryAfterSeconds: 1 }
    await inject({ effect, pathPrefix: '/login/jwt-session', times: 1 })
    const open = await stage.command.run(['session', 'open', ...stage.who])
    expect(open).toMatchObject({ exitCode: 0, out: expect.stringContaining('eas.sid=') })
    expect(open.err).toContain('again in 1 s')
  })

  it('without end, stops after three waits with what Qlik said', async () => {
    await inject({ effect: { kind: 'rate-limit', retryAfterSeconds: 1 }, pathPrefix: me })
    const { exitCode, out, err } = await request(['GET', me])
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err).toContain('try 3 of 3')
    expect(err).toMatch(/error\[ERR_QLIK_RATE_LIMITED\]: .*429: HTTP-429, API rate limit reached/)
    expect(err).toMatch(/hint: Wait that long/)
    expect(asked(me)).toBe(4)
  })

  it('with a long wait, it fails at once and says how long', async () => {
    await inject({ effect: { kind: 'rate-limit', retryAfterSeconds: 121 }, pathPrefix: me })
    const { exitCode, err } = await request(['GET', me])
    expect(exitCode).toBe(1)
    expect(err).toContain('It takes calls again in 121 s')
    expect(asked(me)).toBe(1)
  })
})

describe('when Qlik fails', () => {
  it('with 5xx, nothing is sent twice', async () => {
    const status = 503
    await inject({ effect: { kind: 'server-error', status }, pathPrefix: '/api/v1/' })
    for (const words of [
      ['GET', me],
      ['POST', me, '--data', '{}'],
    ]) {
      relay.requests.length = 0
      const { exitCode, out, err } = await request(words)
      expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
      expect(err).toMatch(new RegExp(`ERR_QLIK_FAILED.*${status}: HTTP-${status}, A fault`))
      expect(asked(me)).toBe(1)
    }
  })

  it('too slowly, the call ends in time', async () => {
    // With a session that is there already: on a busy machine a log-in takes its second too.
    const { out: session } = await stage.command.run(['session', 'open', ...stage.who, '--json'])
    await inject({ effect: { kind: 'latency', ms: 60_000 }, pathPrefix: me })
    const words = ['request', 'GET', me, '--timeout', '1s', '--session-file', '-']
    const { exitCode, out, err } = await stage.command.run(words, { stdin: session })
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err).toMatch(/ERR_QLIK_TIMEOUT.*did not answer GET \/api\/v1\/users\/me within 1000 ms/)
  })

  it('in the middle of an answer, by silence or by a closed connection', async () => {
    for (const [how, code, patience] of [
      ['stall', 'ERR_QLIK_TIMEOUT', ['--timeout', '2s']],
      ['cut', 'ERR_QLIK_BROKEN_OFF', []],
    ] as const) {
      relay.tamper = ({ path }) =>
        path.startsWith('/api/v1/users/') && path !== me ? how : undefined
      for (const form of [[], ['--out', 'half.json']]) {
        const words = ['GET', me, ...patience, ...form]
        const { exitCode, err } = await request(words)
        expect(exitCode).toBe(1)
        expect(err).toContain(code)
      }
      expect(await stage.command.shell('ls -A')).toMatchObject({ out: 'keys\n' })
    }
  })
})

describe('an answer that is not from Qlik', () => {
  const page = { headers: { 'content-type': 'text/html' }, body: '<html>Log in first</html>' }

  it('as an HTML page with 200 is not a success, unless it was asked for', async () => {
    relay.tamper = ({ path }) => (path === '/api/v1/items' ? page : undefined)
    for (const form of [[], ['--all-pages']]) {
      const { exitCode, out, err } = await request(['GET', '/api/v1/items', ...form])
      expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
      expect(err).toContain('is an HTML page, where data was expected')
    }
    const asked = await request(['GET', '/api/v1/items', '-H', 'Accept=text/html'])
    expect(asked).toMatchObject({ exitCode: 0, out: page.body })
  })

  it('as invalid JSON is not a success where JSON is needed', async () => {
    relay.tamper = ({ path }) => (path === '/api/v1/items' ? { body: '{"data":' } : undefined)
    const plain = await request(['GET', '/api/v1/items'])
    expect(plain).toMatchObject({ exitCode: 0, out: '{"data":' })
    expect(await request(['GET', '/api/v1/items', '--json'])).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('is not JSON'),
    })
  })

  it('as a redirect to another host gets no cookie of the session', async () => {
    const elsewhere = await startRelay(stage.emulator.port)
    const location = `${elsewhere.url}/api/v1/users/me`
    relay.tamper = ({ path }) =>
      path === '/api/v1/items' ? { status: 302, headers: { location } } : undefined
    for (const method of ['GET', 'DELETE']) {
      const { exitCode, out, err } = await request([method, '/api/v1/items'])
      expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
      expect(err).toMatch(/ERR_QLIK_REDIRECT.*credentials of this deployment are not sent/)
    }
    await elsewhere.close()
    expect(elsewhere.requests).toEqual([])
  })
})

describe('pages', () => {
  const path = '/api/v1/groups?limit=1'
  // Groups are for administrators to see; the relay asks as one.
  const asAdmin = () => ({ authorization: `Bearer ${stage.emulator.adminKey}` })

  const walk = (tamper: Relay['tamper'], more: readonly string[] = []) => {
    relay.tamper = tamper
    relay.adds = (one) => (one.startsWith('/api/v1/groups') ? asAdmin() : {})
    return request(['GET', path, '--all-pages', ...more]).finally(() => {
      relay.adds = () => ({})
    })
  }

  it('go on after a 401 and a 429 in the middle', async () => {
    let seen = 0
    const { exitCode, out, err } = await walk(({ path: one }) => {
      if (!one.startsWith('/api/v1/groups')) return undefined
      seen += 1
      if (seen === 2) return { status: 401 }
      return seen === 4 ? { status: 429, headers: { 'retry-after': '1' } } : undefined
    })
    expect(err).toMatch(/\(401\).*\n.*\(429\)/)
    expect(exitCode).toBe(0)
    const { data } = JSON.parse(out) as { data: { name: string }[] }
    const names = data.map(({ name }) => name).filter((name) => name.startsWith('group '))
    expect(names.sort()).toEqual(['group a', 'group b', 'group c'])
  })

  it.each([
    ['another host', 'https://evil.example/api/v1/groups', 'ERR_QLIK_REDIRECT'],
    ['where it was', path, 'pages without end'],
  ])('that lead to %s end with an error, and no whole list', async (_, href, says) => {
    const { exitCode, out, err } = await walk(({ path: one, body }) =>
      one.startsWith('/api/v1/groups')
        ? { body: JSON.stringify({ ...JSON.parse(body), links: { next: { href } } }) }
        : undefined,
    )
    expect(exitCode).toBe(1)
    expect(err).toContain(says)
    expect(() => JSON.parse(out)).toThrow()
  })

  it('that break off leave no file', async () => {
    let seen = 0
    const tamper: Relay['tamper'] = ({ path: one }) => {
      if (one.startsWith('/api/v1/groups')) seen += 1
      return seen === 2 ? 'cut' : undefined
    }
    const { exitCode, out, err } = await walk(tamper, ['--out', 'groups.json'])
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err).toContain('ERR_QLIK_BROKEN_OFF')
    expect(await stage.command.shell('ls -A')).toMatchObject({ out: 'keys\n' })
  })
})
