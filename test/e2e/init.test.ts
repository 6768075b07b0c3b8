// `jotgate init` as somebody types it: from an empty emulator to a login that works, for both products.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { clientManaged, createEmulator, createEmulators, type Emulator } from 'jotgate-emulator'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Command, createCommand } from './command.ts'
import { hasTerminals, type Sitting, sitAt } from './terminal.ts'

const files = ['jotgate.config.json', 'keys']
const page = 'https://www.acme.example'

let command: Command
beforeEach(async () => {
  command = await createCommand()
  return () => command.close()
})

const readConfig = async () => {
  const text = await readFile(join(command.folder, 'jotgate.config.json'), 'utf8')
  return { text, prod: JSON.parse(text).deployments.prod }
}

describe('a tenant of Qlik Cloud', () => {
  let emulator: Emulator
  beforeEach(async () => {
    emulator = await createEmulator()
    return () => emulator.close()
  })

  const target = () => ['init', '--for', 'cloud', '--url', emulator.url, '--issuer', 'acme.example']
  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    command.run(args, { env: { QLIK_API_KEY: emulator.adminKey, ...env } })
  const byKey = ['--api-key-env', 'QLIK_API_KEY']

  /** What an administrator sees; a list is what it holds. */
  async function asAdmin(path: string, body?: object) {
    const answer = await fetch(new URL(`/api/v1/${path}`, emulator.url), {
      headers: {
        authorization: `Bearer ${emulator.adminKey}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    expect(answer.ok, await answer.clone().text()).toBe(true)
    const found = await answer.json()
    return found.data ?? found
  }
  const subjects = async () =>
    (await asAdmin('users')).map(({ subject }: { subject: string }) => subject)

  it('is set up with one command, and somebody has logged in who is gone again', async () => {
    const before = await subjects()
    const line = [...target(), '--origin', `${page}/`, ...byKey, '--yes', '--create-test-user']
    const { exitCode, out, err } = await run([...line, '--json'])
    expect(exitCode, err).toBe(0)
    expect(err).toContain('may take a licence')
    const told = JSON.parse(out)
    const [integration] = await asAdmin('web-integrations')
    expect(integration).toMatchObject({ validOrigins: [page] })
    const { text, prod } = await readConfig()
    expect(told).toMatchObject({
      config: 'jotgate.config.json',
      webIntegrationId: integration.id,
      applied: { left: [] },
      login: { subject: `jotgate-test-${prod.setup.id}`, isMade: true },
    })
    const verdictOf = (check: string) =>
      told.login.results.find((one: { check: string }) => one.check === check)?.verdict
    expect(verdictOf('cloud-same-user')).toBe('passed')
    expect(prod).toEqual({
      product: 'cloud',
      url: emulator.url,
      signing: { issuer: 'acme.example', key: { file: 'keys/qlik.pem' }, kid: told.kid },
      setup: {
        id: expect.stringMatching(/^[0-9a-f]{8}$/),
        certificate: 'keys/qlik.cer',
        origins: [page],
      },
      administrator: { apiKey: { env: 'QLIK_API_KEY' } },
    })
    expect(text).not.toContain(emulator.adminKey)
    expect(await subjects()).toEqual(before)
    expect(await run(['plan'])).toMatchObject({ exitCode: 0 })
    // Nothing is overwritten, and nothing changed.
    const again = await run(line)
    expect(again).toMatchObject({ exitCode: 1, out: '' })
    expect(again.err).toContain('ERR_CLI_EXISTS')
    expect((await readConfig()).text).toBe(text)
  })

  it('is set up by an OAuth client whose secret is in a file; the settings stand in the environment', async () => {
    const { clientId, clientSecret } = await asAdmin('oauth-clients', {
      appType: 'web',
      clientName: 'jotgate',
      allowedGrantTypes: ['client_credentials'],
      connectionConfig: { consentMethod: 'trusted' },
    })
    await asAdmin('users', { subject: '42', name: 'Ada', email: 'ada@acme.example' })
    await writeFile(join(command.folder, 'secret'), `${clientSecret}\n`, { mode: 0o600 })
    const { exitCode, err } = await command.run(['init', '--yes', '--as', '42'], {
      env: {
        JOTGATE_FOR: 'cloud',
        JOTGATE_URL: emulator.url,
        JOTGATE_ISSUER: 'acme.example',
        JOTGATE_KID: 'acme-1',
        JOTGATE_OAUTH_CLIENT_ID: clientId,
        JOTGATE_OAUTH_SECRET_FILE: 'secret',
        JOTGATE_CONFIG: 'own.json',
      },
    })
    expect(exitCode, err).toBe(0)
    expect(err).toMatch(/It works[\s\S]*`jotgate plan --config own\.json`/)
    expect(await subjects()).toContain('42')
    expect(await command.run(['plan', '--config', 'own.json'])).toMatchObject({ exitCode: 0 })
  })

  it.each([
    ['a key that Qlik does not know', { QLIK_API_KEY: 'wrong' }, [], 'ERR_QLIK_NOT_LOGGED_IN'],
    ['an address where nobody is', {}, ['http://localhost:1'], 'ERR_QLIK_UNREACHABLE'],
  ])('%s: the files stay, and apply goes on from there', async (_name, env, [url], code) => {
    const line = [...target(), ...byKey, '--yes', '--create-test-user']
    const { exitCode, out, err } = await run(url === undefined ? line : line.with(4, url), env)
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err).toContain(code)
    expect(err).toMatch(/keys\/qlik\.cer stay\. .*`jotgate apply`/)
    expect((await readdir(command.folder)).sort()).toEqual(files)
    expect(await asAdmin('identity-providers')).toEqual([])
    const { text } = await readConfig()
    const config = join(command.folder, 'jotgate.config.json')
    if (url !== undefined) await writeFile(config, text.replace(url, emulator.url))
    expect(await run(['apply', '--yes'])).toMatchObject({ exitCode: 0 })
  })

  it('has a web integration of that name which nobody marked: a conflict, and nothing is changed', async () => {
    await asAdmin('web-integrations', { name: 'acme.example', validOrigins: [page] })
    const { exitCode, err } = await run([...target(), '--origin', page, ...byKey, '--yes'])
    expect(exitCode).toBe(1)
    expect(err).toMatch(/! conflict: web integration/)
    expect(err).toContain('ERR_PROVISION_CONFLICT')
    expect(err).toMatch(/stay\. .*`jotgate apply`/)
    expect(await asAdmin('identity-providers')).toEqual([])
    expect(await run(['apply', '--yes', '--adopt'])).toMatchObject({ exitCode: 0 })
  })

  it('does not know who is to log in: it is set up, and that is told', async () => {
    const { exitCode, out, err } = await run([...target(), ...byKey, '--yes', '--as', 'nobody'])
    expect(exitCode, err).toBe(3)
    expect(out).toMatch(/✗ .*nobody/)
    expect(err).toContain('The login does not work yet')
    expect(await subjects()).not.toContain('nobody')
    expect(await run(['plan'])).toMatchObject({ exitCode: 0 })
  })

  it('leaves nothing when the disk is full', async () => {
    // A limit on the size of files stands for a full disk: the key has 2.5 kB.
    const line = ['jotgate', ...target(), ...byKey, '--yes'].map((word) => `'${word}'`).join(' ')
    const limited = `trap '' XFSZ; ulimit -f 1; ${line.replace("'jotgate'", 'jotgate')}`
    const { exitCode, err } = await command.shell(limited, { QLIK_API_KEY: emulator.adminKey })
    expect(exitCode, err).toBe(1)
    expect(err).toMatch(/ERR_KEY_WRITE|ERR_CLI_OUT/)
    expect(
      await readdir(command.folder).then((all) => all.filter((one) => one !== 'keys')),
    ).toEqual([])
  })

  // Without `script` of util-linux there is no terminal to try it on.
  describe.skipIf(!hasTerminals)('at a terminal', () => {
    const sit = (line = 'jotgate init') => {
      const sitting = sitAt(line, { folder: command.folder, env: { NO_COLOR: '1' } })
      onTestFinished(() => sitting.close())
      return sitting
    }
    const questions = (): readonly (readonly [question: string, answer: string])[] => [
      ['Product of Qlik', 'cloud'],
      ['Address of Qlik', emulator.url],
      ['Issuer', 'acme.example'],
      ['Origin of your page', page],
      ['Administrator', 'api-key'],
      ['Variable or file', ''],
      ['QLIK_API_KEY: ', emulator.adminKey],
      ['(yes/no)', 'yes'],
      ['Log in as whom?', ''],
      ['Make the test user?', 'yes'],
    ]
    const answer = async ({ until, type }: Sitting, count: number) => {
      for (const [question, text] of questions().slice(0, count)) {
        await until(question)
        type(`${text}\r`)
      }
    }

    it('is set up by answers; the key is typed, not shown and not written', async () => {
      const sat = sit()
      await answer(sat, questions().length)
      expect(await sat.ended).toBe(0)
      const shown = stripVTControlCharacters(sat.shown())
      expect(shown).toContain('It works: a token signed with keys/qlik.pem opens a session')
      const [integration] = await asAdmin('web-integrations')
      expect(shown).toContain(`pages name the web integration ${integration.id}`)
      expect(shown).toMatch(/Set QLIK_API_KEY/)
      expect(shown).not.toContain(emulator.adminKey)
      expect((await readConfig()).text).not.toContain(emulator.adminKey)
      expect((await subjects()).filter((one: string) => one.startsWith('jotgate'))).toEqual([])
      expect(await run(['plan'])).toMatchObject({ exitCode: 0 })
    })

    it('asks again for what cannot be right, and for nothing that was given', async () => {
      const sat = sit(`jotgate init --for cloud --url ${emulator.url}`)
      await sat.until('Issuer')
      sat.type('acme.example\r')
      await sat.until('Origin of your page')
      sat.type('www.acme.example\r')
      await sat.until('It is not a web address')
      sat.type('\r')
      await sat.until('Administrator')
      sat.type('certificate\r')
      await sat.until('It must be api-key, oauth or none')
      sat.type('oauth\r')
      await sat.until('ID of the OAuth machine client')
      sat.type('client-1\r')
      await sat.until('(secret or key)')
      sat.type('key\r')
      await sat.until('Variable or file')
      sat.type('./none.pem\r')
      await sat.until('It does not exist')
      sat.type('\u0003')
      expect(await sat.ended).toBe(130)
      expect(await readdir(command.folder)).toEqual([])
    })

    it.each([
      ['QLIK_API_KEY: ', [], 0, /^(?!.*stay)/s],
      ['(yes/no)', files, 0, /stay\. .*`jotgate apply`/s],
      ['Log in as whom?', files, 1, /Qlik is set up; `jotgate doctor --as SUBJECT`/],
    ])('Ctrl+C at %j leaves nothing half done', async (question, left, providers, words) => {
      const sat = sit()
      await answer(
        sat,
        questions().findIndex(([one]) => one === question),
      )
      await sat.until(question)
      sat.type('\u0003')
      expect(await sat.ended).toBe(130)
      expect((await readdir(command.folder)).sort()).toEqual(left)
      expect(await asAdmin('identity-providers')).toHaveLength(providers)
      expect(stripVTControlCharacters(sat.shown()).replaceAll(/\r?\n */g, ' ')).toMatch(words)
    })
  })
})

describe('a server of client-managed Qlik', () => {
  it('is set up with the client certificate; from then on the service user is enough', async () => {
    const emulators = await createEmulators({
      products: [clientManaged({ switches: { proxyPreflight: 'answered' } })],
    })
    onTestFinished(() => emulators.close())
    const { urls, state } = emulators.products['client-managed']
    const { certificates } = emulators
    if (certificates === undefined) throw new TypeError('the emulator has no certificates')
    const write = (name: string, text: string) =>
      writeFile(join(command.folder, name), text, { mode: 0o600 })
    await write('root.pem', certificates.root)
    await write('client.pem', certificates.client)
    await write('client_key.pem', certificates.clientKey)
    const target = ['--for', 'client-managed', '--url', urls.proxy ?? '', '--prefix', 'jwt']
    const service = ['--qrs-url', urls.qrs ?? '', '--ca-file', 'root.pem']
    const user = ['--user-directory', 'ACME', '--service-user', 'SERVICE\\jotgate']
    const line = ['init', ...target, ...service, ...user, '--yes', '--create-test-user']

    // Nobody trusts the new key yet, so the service user cannot be the one who sets it up.
    const alone = await command.run(line)
    expect(alone).toMatchObject({ exitCode: 2, out: '' })
    expect(alone.err).toMatch(/--service-user alone cannot come in/)

    const certificate = ['--client-certificate', 'client.pem', '--client-key', 'client_key.pem']
    const made = await command.run([...line, ...certificate, '--origin', page])
    expect(made.exitCode, made.out + made.err).toBe(0)
    expect(made.err).toContain('It works')
    expect(state.users().filter(({ userId }) => userId.startsWith('jotgate-test'))).toEqual([])
    expect(await command.run(['plan'])).toMatchObject({ exitCode: 0 })

    const { text, prod } = await readConfig()
    expect(prod.clientCertificate).toEqual({ file: 'client.pem', keyFile: 'client_key.pem' })
    const config = JSON.parse(text)
    delete config.deployments.prod.clientCertificate
    await writeFile(join(command.folder, 'jotgate.config.json'), JSON.stringify(config))
    expect(await command.run(['plan'])).toMatchObject({ exitCode: 0 })
  })
})
