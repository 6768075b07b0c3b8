// `jotgate request` by the real bin at the emulator: bodies, headers, pages, forms of output.
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { quoted } from './command-for-ada.ts'
import { startRelay } from './relay.ts'
import { createSessionStage, type SessionStage } from './session-stage.ts'

let stage: SessionStage
beforeAll(async () => {
  stage = await createSessionStage()
  // Spaces are made by people with this role; Ada gets it when she comes the first time.
  await stage.request(['GET', '/api/v1/users/me'])
  const { data } = (await (await stage.asAdmin('GET', '/api/v1/users')).json()) as {
    data: { id: string; subject: string }[]
  }
  const { id } = data.find(({ subject }) => subject === 'acme|ada') ?? { id: '' }
  await stage.asAdmin('PATCH', `/api/v1/users/${id}`, [
    { op: 'replace', path: '/assignedRoles', value: [{ name: 'TenantAdmin' }] },
  ])
})
afterAll(() => stage?.close())

/** The requests of one test, without those of log-in and log-out. */
let from = 0
beforeEach(() => {
  from = stage.emulator.requests.length
})
const calls = () =>
  stage.emulator.requests
    .slice(from)
    .map(({ method, path }) => `${method} ${path}`)
    .filter((line) => !/ \/(login\/jwt-session|logout)$/.test(line))

const spaceNames = async () => {
  const answer = await stage.asAdmin('GET', '/api/v1/spaces?limit=100')
  const { data } = (await answer.json()) as { data: { name: string }[] }
  return data.map(({ name }) => name)
}
const file = (name: string) => join(stage.command.folder, name)

describe('the body', () => {
  it('comes from the command line, a file, and the standard input', async () => {
    const space = (name: string) => JSON.stringify({ name, type: 'shared' })
    await writeFile(file('space.json'), `\uFEFF${space('from a file')}`)
    const post = ['POST', '/api/v1/spaces', '--data']
    const ended = [
      await stage.request([...post, space('typed')]),
      await stage.request([...post, '@space.json']),
      await stage.request([...post, '-'], { stdin: space('Łódź') }),
    ]
    for (const { exitCode, out, err } of ended) {
      expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
      expect(JSON.parse(out)).toMatchObject({ type: 'shared', id: expect.any(String) })
    }
    expect(await spaceNames()).toEqual(expect.arrayContaining(['typed', 'from a file', 'Łódź']))
  })

  it('is reported as invalid JSON before anything is sent, and is not shown', async () => {
    await writeFile(file('bytes'), Buffer.from([0x7b, 0xff, 0x7d]))
    const post = ['POST', '/api/v1/spaces', '--data']
    for (const [data, says] of [
      ['{"name": TOPSECRET}', /The text of --data is not JSON/],
      ['{"name":"TOPSECRET",}', /is not JSON \(line 1, column 21\)/],
      ['', /is empty, where JSON was expected/],
      ['@bytes', /bytes is not UTF-8/],
      ['@nowhere.json', /nowhere\.json does not exist/],
    ] as const) {
      const { exitCode, out, err } = await stage.request([...post, data])
      expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
      expect(err).toMatch(says)
      expect(err).not.toContain('TOPSECRET')
    }
    expect(stage.emulator.requests).toHaveLength(from)
  })

  it('may have any type that is named, and is then sent as it is', async () => {
    const words = ['POST', '/api/v1/spaces', '--content-type', 'text/plain', '--data', 'no JSON']
    const { exitCode, out, err } = await stage.request(words)
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err).toMatch(/ERR_QLIK_REFUSED.*Qlik answered POST \/api\/v1\/spaces with 4\d\d/)
    expect(calls()).toEqual(
      ['POST /api/v1/spaces', 'GET /api/v1/csrf-token'].slice(0, calls().length),
    )
  })

  it('may not be larger than 100 MiB, from a file and from a pipe', async () => {
    await writeFile(file('large'), '')
    await truncate(file('large'), 104_857_601)
    const words = ['POST', '/api/v1/spaces', '--content-type', 'application/octet-stream']
    expect(await stage.request([...words, '--data', '@large'])).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('large is larger than 100 MiB'),
    })
    const line = `jotgate request ${quoted([...words, '--data', '-', ...stage.who])} < large`
    expect(await stage.command.shell(line)).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('The standard input is larger than 100 MiB'),
    })
    expect(stage.emulator.requests).toHaveLength(from)
  })
})

describe('additional header fields', () => {
  it('are sent, in both ways of writing and from the environment', async () => {
    const relay = await startRelay(stage.emulator.port)
    const { url } = relay
    const typed = ['-H', 'accept-language: sv', '--header', 'x-trace=a=b:c']
    const env = { JOTGATE_HEADER: '["Accept-Language: sv", "X-Trace=a=b:c"]' }
    await stage.request(['GET', '/api/v1/users/me', ...typed], { url })
    await stage.request(['GET', '/api/v1/users/me'], { url, env })
    await relay.close()
    const seen = relay.requests
      .filter(({ path }) => path === '/api/v1/users/me')
      .map(({ headers }) => [headers['accept-language'], headers['x-trace']])
    expect(seen).toEqual([
      ['sv', 'a=b:c'],
      ['sv', 'a=b:c'],
    ])
  })
})

describe('pages', () => {
  const names = Array.from({ length: 7 }, (_, at) => `page space ${at}`)
  beforeAll(async () => {
    for (const name of names)
      expect((await stage.asAdmin('POST', '/api/v1/spaces', { name, type: 'shared' })).ok).toBe(
        true,
      )
  })
  const path = '/api/v1/spaces?limit=2&name=page'

  it('are read to the end, and written as one list', async () => {
    for (const more of [[], ['--json'], ['--out', 'all.json']]) {
      const { exitCode, out, err } = await stage.request(['GET', path, '--all-pages', ...more])
      expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
      const text = more[0] === '--out' ? await readFile(file('all.json'), 'utf8') : out
      const { data } = JSON.parse(text) as { data: { name: string }[] }
      expect(data.map(({ name }) => name).sort()).toEqual(names)
      // One line an item, so that the list can be read while it comes.
      expect(text.trim().split('\n')).toHaveLength(names.length + 2)
    }
    const walked = calls()
    expect(walked.length).toBe(3 * 4)
  })

  it('are none where the answer is not a list, or an empty one', async () => {
    expect(await stage.request(['GET', '/api/v1/users/me', '--all-pages'])).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('is not a list'),
    })
    const { out } = await stage.request(['GET', '/api/v1/spaces?name=nothing', '--all-pages'])
    expect(JSON.parse(out)).toEqual({ data: [] })
  })

  it('end silently when the reader goes away', async () => {
    const words = ['GET', '/api/v1/spaces?limit=1', '--all-pages', ...stage.who]
    const line = `{ jotgate request ${quoted(words)}; echo "code $?" >&2; } | head -c 5`
    expect(await stage.command.shell(line)).toEqual({
      exitCode: 0,
      out: '{"dat',
      err: 'code 0\n',
    })
  })
})

describe('a session that was opened once', () => {
  it('serves many calls, and ends when its owner says', async () => {
    const open = ['session', 'open', ...stage.who, '--json', '--out', 's.json']
    expect(await stage.command.run(open)).toMatchObject({ exitCode: 0, out: '', err: '' })
    const run = (...words: string[]) => stage.command.run([...words, '--session-file', 's.json'])
    for (const words of [
      ['request', 'GET', '/api/v1/users/me'],
      ['whoami', '--json'],
    ])
      expect((await run(...words)).exitCode).toBe(0)
    const who = JSON.parse((await run('whoami', '--json')).out)
    expect(who).toMatchObject({ token: null, qlik: { subject: 'acme|ada' }, differences: [] })
    const post = ['--data', '{"name":"kept","type":"shared"}']
    expect((await run('request', 'POST', '/api/v1/spaces', ...post)).exitCode).toBe(0)
    const logins = stage.emulator.requests
      .slice(from)
      .filter(({ path }) => path === '/login/jwt-session')
    expect(logins).toHaveLength(1)
    for (const _ of ['open', 'ended already'])
      expect(await run('session', 'end')).toEqual({ exitCode: 0, out: '', err: '' })
    expect(await run('request', 'GET', '/api/v1/users/me')).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('ERR_QLIK_NOT_LOGGED_IN'),
    })
  })

  it('is accepted only as it was written, and never shown', async () => {
    const cookies = { a: 'b' }
    const times = { csrfToken: 'c', openedAt: '2026-01-01' }
    const good = { product: 'cloud', url: stage.url, cookies, ...times }
    const wrong = [
      ['[]', /kept must be a JSON object/],
      ['TOPSECRET', /is not JSON/],
      [
        JSON.stringify({ ...good, product: 'TOPSECRET' }),
        /product must be cloud or client-managed/,
      ],
      [JSON.stringify({ ...good, cookies: { a: 'TOPSECRET\r\nx: y' } }), /cookies/],
      [JSON.stringify({ ...good, cookies: {} }), /1 to 50 cookies/],
      [JSON.stringify({ ...good, csrfToken: 'TOP SECRET\n' }), /csrfToken/],
      [
        JSON.stringify({ ...good, url: 'https://TOPSECRET@acme.example/x' }),
        /does not contain a session/,
      ],
      [JSON.stringify({ ...good, openedAt: 'TOPSECRET' }), /openedAt/],
    ] as const
    for (const [stdin, says] of wrong) {
      const words = ['request', 'GET', '/x', '--session-file', '-']
      const { exitCode, out, err } = await stage.command.run(words, { stdin })
      expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
      expect(err).toMatch(says)
      expect(err).not.toContain('TOPSECRET')
    }
    const both = ['whoami', '--session-file', 's.json', '--subject', '42']
    expect(await stage.command.run(both)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('leave out --subject'),
    })
  })
})

it('leaves no file behind that was not asked for', async () => {
  const expected = ['all.json', 'bytes', 'keys', 'large', 's.json', 'space.json']
  expect((await readdir(stage.command.folder)).sort()).toEqual(expected)
})
