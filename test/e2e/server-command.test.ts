// The real bin at an emulated client-managed server: sessions, calls and users, as for Qlik Cloud.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createCommandWithKey } from './command-for-ada.ts'
import { createServerStage } from './server-session-stage.ts'

let command: Awaited<ReturnType<typeof createCommandWithKey>>
let stage: Awaited<ReturnType<typeof createServerStage>>
beforeAll(async () => {
  command = await createCommandWithKey()
  stage = await createServerStage({}, command.certificate)
  const deployment = {
    product: 'client-managed',
    url: stage.deploymentOf().url,
    prefix: 'jwt',
    userDirectory: 'ACME',
    signing: { key: { file: 'keys/qlik.pem' } },
  }
  const config = { deployments: { server: deployment } }
  await writeFile(join(command.folder, 'jotgate.config.json'), JSON.stringify(config))
})
afterAll(async () => {
  await stage?.close()
  await command?.close()
})
beforeEach(() => stage.emulator.reset())

const ada = ['--user-id', 'ada', '--group', 'sales']
const sessions = () => stage.server.state.sessions()

describe('a session of client-managed Qlik', () => {
  it('opens, makes calls by --session-file, and ends with its scope', async () => {
    const opened = await command.run(['session', 'open', ...ada, '--json', '--out', 's.json'])
    expect(opened).toMatchObject({ exitCode: 0, err: '' })
    const asked = await command.run(['request', 'GET', '/qps/user', '--session-file', 's.json'])
    expect(JSON.parse(asked.out)).toMatchObject({ userDirectory: 'ACME', userId: 'ada' })
    expect(sessions()).toHaveLength(1)
    const ended = await command.run(['session', 'end', '--session-file', 's.json', '--json'])
    expect(JSON.parse(ended.out)).toEqual({ ended: true, scope: 'user-at-virtual-proxy' })
    expect(ended.err).toContain('their other sessions there may have ended too')
    expect(sessions()).toEqual([])
    const after = await command.run(['whoami', '--session-file', 's.json'])
    expect(after).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('nobody is logged in'),
    })
  })

  it('is for curl and a shell, too', async () => {
    const curl = await command.shell(`jotgate session open ${ada.join(' ')} --as curl | sh`)
    expect(JSON.parse(curl.out)).toMatchObject({ userId: 'ada' })
    const line = `eval "$(jotgate session open ${ada.join(' ')} --as env)"
      curl -fsS -H "Cookie: $QLIK_COOKIE" "$QLIK_URL/qps/user"`
    expect(JSON.parse((await command.shell(line)).out)).toMatchObject({ userId: 'ada' })
  })

  it('is ended after one call', async () => {
    const { exitCode, out } = await command.run(['request', 'GET', '/qps/user', ...ada, '--json'])
    expect({ exitCode, answer: JSON.parse(out) }).toMatchObject({
      exitCode: 0,
      answer: { status: 200, body: { userId: 'ada' } },
    })
    expect(sessions()).toEqual([])
  })

  it('is refused with the causes, the likeliest first', async () => {
    const wrong = [...ada, '--prefix', 'unknown']
    const { exitCode, out, err } = await command.run(['request', 'GET', '/qps/user', ...wrong])
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err).toContain('The http request header is incorrect.')
    expect(err.replaceAll(/\s+/g, ' ')).toContain('(1) no virtual proxy has this prefix')
  })
})

describe('a proxy server in the environment', () => {
  const ask = (env: Record<string, string>) => command.run(['whoami', ...ada], { env })

  it('is asked for Qlik, unless NO_PROXY has the host', async () => {
    // Nothing listens there, so that a call through it fails.
    const HTTP_PROXY = 'http://localhost:1'
    const through = await ask({ HTTP_PROXY })
    expect(through).toMatchObject({ exitCode: 1, out: '' })
    expect(through.err).toContain('ERR_QLIK_UNREACHABLE')
    expect(await ask({ HTTP_PROXY, NO_PROXY: 'localhost' })).toMatchObject({ exitCode: 0 })
  })
})

describe('jotgate whoami', () => {
  it('tells directory and user ID beside those of the token', async () => {
    const { exitCode, out, err } = await command.run(['whoami', ...ada])
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(out).toMatch(/^directory +ACME +ACME$/m)
    expect(out).toMatch(/^subject +ada +ada$/m)
    const { token, qlik, differences } = JSON.parse(
      (await command.run(['whoami', ...ada, '--json'])).out,
    )
    expect(token).toEqual({ directory: 'ACME', subject: 'ada', name: null })
    expect(qlik).toMatchObject({ directory: 'ACME', subject: 'ada' })
    expect(differences).toEqual([])
  })

  it('marks another directory, as when the virtual proxy has a constant', async () => {
    const words = ['whoami', ...ada, '--prefix', 'constant', '--user-directory', 'OTHER']
    const { exitCode, out } = await command.run(words)
    expect(exitCode).toBe(3)
    expect(out).toMatch(/^directory +OTHER +ACME +<- differs$/m)
  })
})

describe('jotgate request --qrs', () => {
  it('goes through the virtual proxy as the user, where there is no certificate', async () => {
    const about = await command.run(['request', 'GET', '/about', '--qrs', ...ada])
    expect({ exitCode: about.exitCode, err: about.err }).toEqual({ exitCode: 0, err: '' })
    expect(JSON.parse(about.out)).toMatchObject({ schemaPath: 'About' })
    // The rules decide what the user may see: Ada may see no virtual proxy.
    const path = '/qrs/virtualproxyconfig/full'
    const seen = await command.run(['request', 'GET', path, '--qrs', ...ada])
    expect(seen).toEqual({ exitCode: 0, out: '[]', err: '' })
    expect(sessions()).toEqual([])
  })
})
