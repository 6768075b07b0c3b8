// Sessions, calls and whoami of the real bin, at the emulator.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ada, create, signing } from './command-for-ada.ts'
import { createSessionStage, type SessionStage } from './session-stage.ts'

let stage: SessionStage
let command: SessionStage['command']
beforeAll(async () => {
  stage = await createSessionStage()
  command = stage.command
})
afterAll(() => stage?.close())

const url = () => stage.url

describe('at the emulator', () => {
  const open = () => ['session', 'open', ...signing, ...ada, '--url', url()]

  it('gives JSON with product, url, cookies, CSRF token and time', async () => {
    const { out } = await command.run([...open(), '--json'])
    expect(JSON.parse(out)).toEqual({
      product: 'cloud',
      url: url(),
      cookies: expect.objectContaining({ _csrfToken: expect.any(String) }),
      csrfToken: expect.any(String),
      openedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    })
  })

  it('takes an existing token from the environment, a file or stdin; it works once', async () => {
    const token = (await command.run(create)).out
    const whoami = ['whoami', '--for', 'cloud', '--url', url(), '--json']
    const first = await command.run(whoami, { env: { JOTGATE_TOKEN: token.trim() } })
    expect(JSON.parse(first.out)).toMatchObject({
      url: url(),
      token: { subject: 'acme|ada', name: 'Ada', groups: [] },
      qlik: { subject: 'acme|ada', name: 'Ada', email: 'ada@acme.example', licence: null },
    })
    const second = await command.run([...whoami, '--token-file', '-'], { stdin: token })
    expect(second).toMatchObject({ exitCode: 1, out: '' })
    expect(JSON.parse(second.err).error).toMatchObject({ code: 'ERR_QLIK_LOGIN_REFUSED' })
    expect(second.err).not.toContain(token.slice(0, 30))
  })

  it('makes REST calls as the user, and fails when Qlik refuses', async () => {
    const request = (...args: string[]) =>
      command.run(['request', ...args, ...signing, ...ada, '--url', url()])
    const me = await request('GET', '/api/v1/users/me')
    expect(me).toMatchObject({ exitCode: 0, err: '' })
    expect(JSON.parse(me.out)).toMatchObject({ subject: 'acme|ada' })
    const asJson = await request('get', '/api/v1/users/me', '--json')
    expect(JSON.parse(asJson.out)).toMatchObject({ status: 200, body: { subject: 'acme|ada' } })
    const none = await request('GET', '/api/v1/no-such-thing')
    expect(none).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringMatching(/ERR_QLIK_REFUSED.*404/),
    })
    const denied = await request(
      'POST',
      '/api/v1/web-integrations',
      '--data',
      '{"name":"x","validOrigins":[]}',
    )
    expect(denied).toMatchObject({ exitCode: 1, out: '', err: expect.stringContaining('403') })
  })

  it('says that no server listens there', async () => {
    const args = [...signing, ...ada, '--url', 'http://localhost:9']
    expect(await command.run(['session', 'open', ...args])).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('ERR_QLIK_UNREACHABLE'),
    })
  })
})
