// Every command, on a terminal, with hostile names, claims and answers: what comes from outside is shown, and
// moves or deceives no terminal.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeyPair } from '../keys/index.ts'
import {
  byRoute,
  type ScriptedServer,
  startScriptedServer,
} from '../qlik/scripted-server.fixture.ts'
import { commands } from './commands.ts'
import { runCli } from './main.ts'
import { memoryTerminal } from './memory-terminal.fixture.ts'
import { createSafeTerminal } from './safe-terminal.ts'

/** Title of the window, colour, C1, overriding direction, isolate, paragraph separator, carriage return. */
const hostile = 'x\u001b]0;t\u0007\u001b[31m\u009b1m\u202eoof\u2066\u2029\r\b\u007f'
/** What no terminal may get besides line breaks, tabs and the styles of the command itself. */
const obeyed = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u
const esc = '\u001b'
const style = new RegExp(`${esc}\\[(1|2|22|3[1-6]|39)m|[\\n\\t]`, 'g')
const plain = (text: string) => text.replaceAll(style, '')

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const claims = {
  aud: 'qlik.api/login/jwt-session',
  iss: hostile,
  sub: hostile,
  name: hostile,
  email: hostile,
  groups: [hostile],
  exp: 1,
  [hostile]: { [hostile]: hostile },
}
const jwt = `${encoded({ alg: 'RS256', kid: hostile, typ: 'JWT' })}.${encoded(claims)}.AAAA`

let folder: string
let qlik: ScriptedServer
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-hostile-'))
  const person = { id: hostile, subject: hostile, name: hostile, email: 'a@b.example' }
  const cookies = ['eas.sid=a; path=/', 'eas.sid.sig=b; path=/', '_csrfToken=c; path=/']
  const refusal = { errors: [{ code: hostile, title: hostile, detail: hostile }] }
  const providers = [
    {
      id: hostile,
      protocol: 'jwtAuth',
      description: `${hostile} [jotgate 5f2c90ab]`,
      options: { issuer: hostile, staticKeys: [{ kid: hostile, pem: hostile }] },
    },
  ]
  const integrations = [
    { id: 'w', name: `${hostile} [jotgate 5f2c90ab]`, validOrigins: [hostile] },
    { id: hostile, name: hostile, validOrigins: [hostile] },
  ]
  qlik = await startScriptedServer(
    byRoute({
      'POST /login/jwt-session': () => ({ headers: { 'set-cookie': cookies }, body: {} }),
      'GET /api/v1/users/me': () => ({
        body: {
          ...person,
          tenantId: hostile,
          status: hostile,
          assignedGroups: [{ name: hostile }],
          assignedRoles: [{ name: hostile }],
        },
      }),
      'GET /api/v1/items': () => ({ body: { data: [person], links: {} } }),
      'GET /api/v1/identity-providers': () => ({ body: { data: providers, links: {} } }),
      'GET /api/v1/web-integrations': () => ({ body: { data: integrations, links: {} } }),
      'GET /api/v1/csp-origins': () => ({ body: { data: [], links: {} } }),
      'GET /api/v1/groups/settings': () => ({ body: { autoCreateGroups: hostile } }),
      'GET /text': () => ({ headers: { 'content-type': 'text/plain' }, body: hostile }),
      'GET /refused': () => ({ status: 400, body: refusal }),
    }),
  )
  const { privateKeyPem, certificatePem } = await createKeyPair({ bits: 2048 })
  const write = (name: string, value: unknown) =>
    writeFile(at(name), typeof value === 'string' ? value : JSON.stringify(value), { mode: 0o600 })
  const server = { product: 'client-managed', url: 'https://a.example' }
  await Promise.all([
    write('key.pem', privateKeyPem),
    write('key.cer', certificatePem),
    write('token.jwt', jwt),
    write('bad.json', { deployments: {}, [hostile]: 1 }),
    write('names.json', {
      deployments: { [hostile]: server, a: { ...server, [hostile]: hostile } },
      defaultDeployment: hostile,
    }),
    write('good.json', {
      deployments: {
        a: {
          ...server,
          userDirectory: 'x\u202e',
          claims: { attributes: { 'x\u202e': 'y\u202e' } },
        },
      },
    }),
    write('api.key', 'key'),
    write('setup.json', {
      deployments: {
        a: {
          product: 'cloud',
          url: qlik.url,
          signing: { issuer: 'x\u202e', kid: 'y\u202e', key: { file: 'key.pem' } },
          administrator: { apiKey: { file: 'api.key' } },
          setup: { id: '5f2c90ab', origins: ['https://www.acme.example'], title: 'x\u202e' },
        },
      },
    }),
    write('login.har', {
      log: {
        version: '1.2',
        creator: { name: hostile, version: hostile },
        entries: [
          {
            startedDateTime: '2026-01-01T00:00:00.000Z',
            time: 1,
            request: {
              method: hostile,
              url: `https://a.eu.qlikcloud.com/api/v1/users/me?${hostile}`,
              headers: [{ name: hostile, value: hostile }],
            },
            response: {
              status: 401,
              statusText: hostile,
              headers: [{ name: 'content-type', value: hostile }],
              content: { mimeType: 'application/json', text: JSON.stringify(refusal) },
            },
          },
        ],
      },
    }),
    write('gateway.json', {
      deployments: { a: { product: 'cloud', url: 'https://a.example' } },
      gateway: {
        publicUrl: 'http://localhost:1',
        allowedOrigins: ['http://localhost:2'],
        trustedProxies: ['x\u202e'],
        paths: { presets: ['x\u202e'], allowPaths: ['x\u202e /y'] },
        identify: { assertion: { issuer: 'x\u202e', keyFiles: ['x\u202e.jwk'] } },
        authorise: { subject: '{x\u202e}' },
        store: { keysFile: 'secrets/x\u202e.json' },
        audit: { keyFile: 'secrets/x\u202e.key' },
      },
    }),
    write('gateway.log', { msg: hostile, path: hostile, method: hostile, page: hostile }),
    write('package.json', { name: hostile, dependencies: { hono: hostile, [hostile]: hostile } }),
    write('user.json', { subject: 'ada', attributes: { [hostile]: hostile } }),
    write(
      'users.jsonl',
      `${JSON.stringify({ subject: hostile, attributes: { [hostile]: 1 } })}\n${JSON.stringify({ [hostile]: 1 })}\n`,
    ),
    write('users.csv', `subject,${hostile.replace('\r', '')}\nada,${hostile}\n`),
    write('session.json', { product: hostile, url: hostile, cookies: { [hostile]: hostile } }),
    write(`${hostile.replaceAll('/', '')}.pem`, hostile),
  ])
})
afterAll(async () => {
  await qlik.close()
  await rm(folder, { recursive: true })
})

/** Lines of each command; a new command has none yet, and the first test says so. */
const lines: Readonly<Record<string, () => readonly (readonly string[])[]>> = {
  init: () => [
    ['--for', 'cloud', '--url', hostile, '--issuer', hostile],
    [
      '--for',
      'cloud',
      '--url',
      'https://a.example',
      '--issuer',
      'a',
      '--deployment',
      hostile,
      '--config',
      at(hostile),
      '--keys',
      at('k'),
    ],
    ['--for', hostile],
  ],
  add: () => [[], [hostile], ['express'], ['express', hostile]],
  'keys create': () => [
    ['--name', hostile, '--out', at('k')],
    ['--out', at(`no/${hostile}`), '--kid', hostile, '--bits', '2048'],
  ],
  'keys show': () => [
    ['--key', at('key.pem'), '--kid', 'x\u202e'],
    ['--key', at(hostile)],
    ['--certificate', at(hostile)],
  ],
  'keys check': () => [
    ['--key', at(hostile)],
    ['--key', at(`${hostile}.pem`)],
    ['--key', at('key.pem'), '--certificate', at(hostile)],
  ],
  'keys export': () => [
    ['--as', hostile],
    ['--key', at('key.pem'), '--as', 'jwk', '--kid', 'x\u202e'],
  ],
  'token create': () => [
    [...server(), '--user-json', at('user.json')],
    [...server(), '--batch', at('users.jsonl')],
    [...server(), '--batch', at('users.csv')],
    [...server(), '--user-id', 'ada', '--claim', `${hostile}=1`, '--group', hostile],
    ['--config', at('bad.json')],
    ['--deployment', hostile, '--config', at('names.json')],
    ['--deployment', 'a', '--config', at('good.json'), '--key', at('key.pem'), '--user-id', 'ada'],
  ],
  'token inspect': () => [
    [jwt],
    ['--file', at('token.jwt'), '--for', 'client-managed'],
    [hostile],
    ['--file', at(hostile)],
  ],
  'session open': () => [
    [...cloud()],
    [...cloud(), '--as', 'curl'],
    ['--token', hostile, '--url', qlik.url],
  ],
  'session end': () => [
    ['--session-file', at('session.json')],
    ['--session-file', at(hostile)],
  ],
  'sessions list': () => [
    ['--url', hostile],
    [
      '--url',
      'https://a.example',
      '--client-certificate',
      at(hostile),
      '--client-key',
      at('key.pem'),
    ],
    ['--qrs-url', 'https://a.example', '--ca-file', at(hostile)],
  ],
  'sessions end': () => [
    ['--url', 'https://a.example', '--user', hostile],
    ['--url', 'https://a.example', '--session', hostile],
  ],
  request: () => [
    ['GET', '/text', ...cloud()],
    ['GET', '/api/v1/items', ...cloud()],
    ['GET', '/api/v1/items', '--all-pages', ...cloud()],
    ['GET', '/refused', ...cloud()],
    ['GET', `/${hostile}`, ...cloud()],
    ['GET', '/text', '--header', hostile, ...cloud()],
  ],
  whoami: () => [[...cloud()]],
  gateway: () => [
    ['--check', '--config', at('gateway.json')],
    ['--check', '--config', at('gateway.json'), '--deployment', hostile],
    ['--port', hostile, '--config', at('gateway.json')],
    ['--config', at(hostile)],
    ['--config', at('good.json')],
  ],
  'gateway init': () => [
    ['--config', at('gateway.json')],
    ['--config', at(hostile)],
  ],
  'gateway paths': () => [
    ['--log', at('gateway.log')],
    ['--log', at(hostile)],
  ],
  'audit verify': () => [
    ['--folder', at(hostile), '--key-file', at(hostile)],
    ['--folder', folder, '--key-file', at('key.pem'), '--head', hostile],
  ],
  'config check': () => [
    ['--config', at('bad.json')],
    ['--config', at('names.json')],
    ['--config', at('good.json')],
    ['--config', at(hostile)],
  ],
  'config print': () => [
    ['--config', at('good.json')],
    ['--for', 'cloud', '--issuer', hostile, '--kid', hostile],
    ['--config', at('names.json'), '--deployment', hostile],
  ],
  'config schema': () => [[], [hostile]],
  plan: () => [
    ['--config', at('setup.json')],
    ['--config', at('setup.json'), '--adopt'],
    ['--config', at('names.json'), '--deployment', hostile],
  ],
  apply: () => [
    ['--config', at('setup.json'), '--yes'],
    ['--config', at('setup.json'), '--yes', '--adopt'],
  ],
  destroy: () => [['--config', at('setup.json'), '--yes', '--allow-delete']],
  import: () => {
    const tenant = ['--for', 'cloud', '--url', qlik.url, '--api-key-file', at('api.key')]
    return [
      [...tenant, '--print'],
      [...tenant, '--print', '--issuer', hostile, '--kid', hostile],
      [...tenant, '--issuer', 'other'],
      ['--for', hostile],
    ]
  },
  doctor: () => [
    ['--har', at('login.har')],
    ['--har', at(hostile)],
  ],
  explain: () => [[], [hostile]],
  completion: () => [['bash'], [hostile]],
  'create-qseow': () => [
    ['--user-id', hostile, '--user-directory', hostile, '--cert-privatekey-file', at(hostile)],
    [`--${hostile}`],
  ],
  'create-qscloud': () => [['--sub', hostile, '--name', hostile], [hostile]],
  decode: () => [
    ['--jwt', jwt],
    ['--jwt-file', at('token.jwt')],
    ['--jwt-file', at(hostile)],
  ],
}
const server = () => ['--for', 'client-managed', '--user-directory', 'A', '--key', at('key.pem')]
const cloud = () => ['--for', 'cloud', '--url', qlik.url, '--token-file', at('token.jwt')]

async function shown(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<string> {
  const terminal = Object.assign(memoryTerminal({ folder, environment }), {
    stdoutIsTerminal: true,
    stderrIsTerminal: true,
    showProgress(line: string) {
      terminal.err += `${line}\n`
    },
  })
  await runCli(args, terminal)
  return terminal.out + terminal.err
}

it('has lines of every command', () => {
  expect(Object.keys(lines)).toEqual(commands.map(({ name }) => name))
})

describe.each(Object.entries(lines))('jotgate %s', (name, of) => {
  it.each([[], ['--json']])('has nothing that a terminal obeys %s', async (...more) => {
    for (const line of of()) {
      const text = await shown([...name.split(' '), ...line, ...more], {})
      expect(text).not.toBe('')
      expect(plain(text), line.join(' ')).not.toMatch(obeyed)
      // A style from outside stands before what is escaped behind it.
      expect(text, line.join(' ')).not.toContain(`${esc}[31m\\u009b`)
      // Without colours of its own, nothing is taken for one.
      const bare = await shown([...name.split(' '), ...line, ...more], { NO_COLOR: '1' })
      expect(bare.replaceAll(/[\n\t]/g, ''), line.join(' ')).not.toMatch(obeyed)
    }
  })
})

it('shows a person the bytes of an answer, and gives them to a pipe as they are', async () => {
  const bytes = Buffer.from(hostile)
  const terminal = memoryTerminal({ folder })
  await createSafeTerminal(terminal).writeOut(bytes)
  expect(terminal.out).toBe(hostile)
  const seen = Object.assign(memoryTerminal({ folder }), { stdoutIsTerminal: true })
  const safe = createSafeTerminal(seen)
  for (const byte of bytes) await safe.writeOut(Buffer.of(byte))
  expect(seen.out).not.toMatch(obeyed)
  expect(seen.out).toContain('\\u001b]0;t\\u0007')
})

it('asks whether it is a terminal only for text with a style, since Node makes the stream to tell', async () => {
  const asked: string[] = []
  const terminal = Object.defineProperty(memoryTerminal({ folder }), 'stdoutIsTerminal', {
    get: () => asked.push('stdout') > 0,
  })
  const safe = createSafeTerminal(terminal)
  await safe.writeOut('token\u202e\n')
  expect(asked).toEqual([])
  await safe.writeOut(`${esc}[1mtoken${esc}[22m\n`)
  expect(asked).toEqual(['stdout'])
  expect(terminal.out).toBe(`token\\u202e\n${esc}[1mtoken${esc}[22m\n`)
})
