// The programs of docs/guides/tokens-in-other-languages.md as the page shows them: they read the key of `jotgate keys
// create`, and their tokens are checked by `jotgate token inspect` and log in to the emulators of both products.
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { clientManaged, cloudTenant, createEmulators, type Emulators } from 'jotgate-emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findLanguage, languages } from '../../scripts/setup/languages.ts'
import { type Command, createCommand } from './command.ts'
import { payloadOf } from './command-for-ada.ts'

const page = new URL('../../docs/guides/tokens-in-other-languages.md', import.meta.url)
const guide = await readFile(page, 'utf8')

/** What stands in the way of a program that puts its strings into JSON by hand. */
const hostileName = 'Ada "L" \\ Łovelace 😀 \u2028 </script>'

let command: Command
let emulators: Emulators<
  readonly [ReturnType<typeof cloudTenant>, ReturnType<typeof clientManaged>]
>
beforeAll(async () => {
  command = await createCommand()
  const [, line = ''] = /^npx jotgate (keys create .+)$/m.exec(guide) ?? []
  expect((await command.run(line.split(' '))).exitCode).toBe(0)
  const certificate = await readFile(join(command.folder, 'keys/qlik.cer'), 'utf8')
  emulators = await createEmulators({
    products: [cloudTenant(), clientManaged({ virtualProxies: [{ prefix: 'jwt', certificate }] })],
  })
  const oneLine = ['keys', 'export', '--as', 'one-line', '--certificate', 'keys/qlik.cer']
  const pem = (await command.run(oneLine)).out.trim()
  const provider = {
    protocol: 'jwtAuth',
    provider: 'external',
    options: { issuer: 'acme.example', staticKeys: [{ kid: 'acme-1', pem }] },
  }
  const answer = await fetch(`${emulators.products.cloud.url}/api/v1/identity-providers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${emulators.adminKey}` },
    body: JSON.stringify(provider),
  })
  expect(answer.status, await answer.clone().text()).toBe(201)
})
afterAll(async () => {
  await emulators?.close()
  await command?.close()
})

/** Logs in with a token by the first address, and asks the second with the session's cookies alone. */
async function logIn(token: string, by: { login: string; method: string; me: string }) {
  const headers = { authorization: `Bearer ${token}` }
  const login = await fetch(by.login, { method: by.method, headers })
  expect(login.status, await login.text()).toBe(200)
  const cookie = login.headers.getSetCookie().map((line) => line.split(';')[0])
  const me = await fetch(by.me, { headers: { cookie: cookie.join('; ') } })
  return me.json()
}

function logInToCloud(token: string) {
  const { url } = emulators.products.cloud
  const login = `${url}/login/jwt-session`
  return logIn(token, { login, method: 'POST', me: `${url}/api/v1/users/me` })
}

function logInToClientManaged(token: string) {
  const me = `${emulators.products['client-managed'].url}/jwt/qps/user`
  return logIn(token, { login: me, method: 'GET', me })
}

describe.each([
  { fence: 'python', file: 'qlik_token.py', language: languages.python },
  { fence: 'php', file: 'qlik-token.php', language: languages.php },
  { fence: 'java', file: 'QlikToken.java', language: languages.java },
])('the program in $language.name', ({ fence, file, language }) => {
  const program = findLanguage(language)
  const [, source = ''] = new RegExp(`^\`\`\`${fence}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(guide) ?? []

  async function run(text: string, ...args: string[]): Promise<string> {
    await writeFile(join(command.folder, file), text)
    const options = { cwd: command.folder }
    const { stdout } = await promisify(execFile)(program ?? '', [file, ...args], options)
    return stdout
  }
  const inspect = async (stdin: string, ...options: string[]) => {
    const args = ['token', 'inspect', '--file', '-', '--certificate', 'keys/qlik.cer', '--json']
    const { exitCode, out } = await command.run([...args, ...options], { stdin })
    return { exitCode, ...JSON.parse(out) }
  }

  it('stands in the guide, with its name', () => {
    expect(source.split('\n')[0]).toContain(file)
  })

  it.skipIf(program === undefined)('makes tokens for Qlik Cloud, each used once', async () => {
    for (const token of [await run(source), await run(source)]) {
      const result = await inspect(token, '--for', 'cloud', '--issuer', 'acme.example')
      expect(result).toMatchObject({ exitCode: 0, findings: [], signature: 'valid' })
      const me = await logInToCloud(token.trim())
      expect(me).toMatchObject({ subject: '42', name: 'Ada', email: 'ada@acme.example' })
    }
  })

  it.skipIf(program === undefined)('makes tokens for client-managed Qlik', async () => {
    const token = await run(source, 'client-managed')
    const result = await inspect(token, '--for', 'client-managed', '--user-directory', 'ACME')
    expect(result).toMatchObject({ exitCode: 0, findings: [], signature: 'valid' })
    const user = { userId: 'ada', userDirectory: 'ACME', group: ['Sales'] }
    expect(payloadOf(token)).toMatchObject(user)
    const { userId, userDirectory } = user
    expect(await logInToClientManaged(token.trim())).toMatchObject({ userId, userDirectory })
    const sessions = emulators.products['client-managed'].state.sessions()
    expect(sessions.at(-1)).toMatchObject({ userId, userDirectory })
  })

  it.skipIf(program === undefined)('sends any name as it is', async () => {
    const literal = `"${hostileName.replace(/["\\]/g, '\\$&')}"`
    const token = await run(source.replaceAll('"Ada"', literal))
    expect(payloadOf(token).name).toBe(hostileName)
    const result = await inspect(token, '--for', 'cloud', '--issuer', 'acme.example')
    expect(result).toMatchObject({ signature: 'valid' })
  })
})
