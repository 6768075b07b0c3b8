// Whole command lines of `token create`: what they sign, and that everything wrong with one is told at once.
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeToken } from '../../token/index.ts'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'

const folder = await mkdtemp(join(tmpdir(), 'jotgate-token-create-'))
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  await writeFile(at('key.pem'), pem, { mode: 0o600 })
  const deployments = {
    tenant: {
      product: 'cloud',
      url: 'https://a.example',
      signing: { issuer: 'a', lifetime: '2h', key: { file: 'none.pem' } },
    },
    server: {
      product: 'client-managed',
      url: 'https://b.example',
      userDirectory: 'ACME',
      claims: { attributes: { department: 'dept' } },
      signing: { lifetime: '7d', key: { file: 'key.pem' } },
    },
  }
  await writeFile(at('jotgate.config.json'), JSON.stringify({ deployments }))
  await writeFile(
    at('ada.json'),
    JSON.stringify({ subject: 'ada', attributes: { level: 3, department: ['R&D', 7], ok: true } }),
  )
  await writeFile(
    at('users.jsonl'),
    '{"subject":"ada","attributes":{"department":7}}\n{"subject":"bob","attributes":{"department":{}}}\n',
  )
})

afterAll(() => rm(folder, { recursive: true }))

async function create(args: readonly string[], environment: Record<string, string> = {}) {
  const terminal = memoryTerminal({ folder, environment })
  const exitCode = await runCli(['token', 'create', ...args], terminal)
  return { exitCode, out: terminal.out, err: terminal.err }
}

async function payloadOf(...args: string[]) {
  const { exitCode, out, err } = await create(args)
  expect({ exitCode, err: exitCode === 0 ? '' : err }).toEqual({ exitCode: 0, err: '' })
  return { payload: decodeToken(out.trim()).payload, err }
}

const words = (line: string) => line.split(' ')
const server = () => [
  ...words('--for client-managed --user-directory ACME --user-id ada --key'),
  at('key.pem'),
]

describe('the lifetime of a token', () => {
  it('is a minute, of which nothing is said', async () => {
    const { payload, err } = await payloadOf(...server())
    expect(Number(payload.exp) - Number(payload.nbf)).toBe(60)
    expect(err).toBe('')
  })

  it('may be over an hour for client-managed Qlik, with a warning from a day on', async () => {
    expect((await payloadOf(...server(), '--lifetime', '86399')).err).toBe('')
    const { payload, err } = await payloadOf(...server(), '--lifetime', '1d')
    expect(Number(payload.exp) - Number(payload.nbf)).toBe(86_400)
    expect(err).toMatch(/^warning: the token is valid for 1 day .*cannot be revoked.*\n$/)
  })

  it('is warned of once for a whole batch, when the file says it', async () => {
    await writeFile(at('two.csv'), 'user-id\nada\nbob\n')
    const { exitCode, out, err } = await create(
      words('--deployment server --batch two.csv').with(-1, at('two.csv')),
    )
    expect(exitCode).toBe(0)
    expect(out.trim().split('\n')).toHaveLength(2)
    expect(err.match(/warning/g)).toHaveLength(1)
  })
})

describe('a claim of one’s own', () => {
  it('has the type of its JSON, and other than texts are mentioned', async () => {
    const claims = ['level=3', 'roles=["a","b"]', 'ok=true', 'id="007"', 'zip=01234', 'dept=R&D']
    const { payload, err } = await payloadOf(
      ...server(),
      ...claims.flatMap((claim) => ['--claim', claim]),
    )
    expect(payload).toMatchObject({
      level: 3,
      roles: ['a', 'b'],
      ok: true,
      id: '007',
      zip: '01234',
      dept: 'R&D',
    })
    expect(err).toMatch(/^note: level, ok: not a string; .*\n$/)
  })

  it('of --user-json is as good as one of --claim, under the name that the deployment has', async () => {
    const { payload } = await payloadOf('--deployment', 'server', '--user-json', at('ada.json'))
    expect(payload).toMatchObject({ level: 3, dept: ['R&D', 7], ok: true })
  })

  it('that would not be sent is told once, however many users have it', async () => {
    const users = at('unsent.csv')
    await writeFile(users, 'user-id,department,pho\u001bne\nada,007,1\nbob,42,2\n')
    const { exitCode, out, err } = await create(['--deployment', 'server', '--batch', users])
    expect(exitCode).toBe(0)
    const departments = out
      .trim()
      .split('\n')
      .map((line) => decodeToken(JSON.parse(line).token).payload.dept)
    expect(departments).toEqual(['007', '42'])
    expect(err.match(/^note: .*$/gm)).toEqual([
      'note: the attribute pho\\u001bne is not sent: claims.attributes in the configuration file names no claim for it',
    ])
    const cloud = words('--for cloud --issuer a --name Ada --email a@acme.example --user-json')
    const { err: ofCloud } = await payloadOf(...cloud, at('ada.json'), '--key', at('key.pem'))
    expect(ofCloud).toContain('the attribute level is not sent: Qlik Cloud reads no other claims')
  })

  it('of a batch of JSON lines keeps its type, and an object is told with its line', async () => {
    const { exitCode, out, err } = await create([
      '--deployment',
      'server',
      '--batch',
      at('users.jsonl'),
    ])
    expect(exitCode).toBe(1)
    const { token } = JSON.parse(out)
    expect(decodeToken(token).payload).toMatchObject({ userId: 'ada', dept: 7 })
    expect(err).toMatch(/line 2: .*attributes\.department must be a string, a number/)
  })
})

describe('everything that is wrong with a command line is told at once', () => {
  it.each<[string, string, Record<string, string>, RegExp[]]>([
    [
      'nothing but the product',
      '--for cloud',
      {},
      [/the issuer/, /--subject/, /--name/, /--email/, /private key is missing/],
    ],
    [
      'wrong values of options, of the environment and of the user',
      '--for cloud --issuer a --url acme --lifetime 2h --not-before-skew soon --subject 1 --name Ada --claim x',
      { JOTGATE_LIFETIME: 'soon', JOTGATE_KEY_ENV: 'NO_SUCH_KEY', JOTGATE_EMAIL: 'a\u0007' },
      [
        /--not-before-skew must be/,
        /--claim reads no|--claim is for client-managed/,
        /--claim must be name=value/,
        /url is not a web address/,
        /email contains a control character/,
        /1 to 3600/,
        /NO_SUCH_KEY is not set/,
      ],
    ],
    [
      'the file, and what was typed beside it',
      '--deployment tenant --user-json none.json --alg RS512',
      {},
      [/none\.json does not exist/, /takes RS256 alone/, /1 to 3600/, /none\.pem/],
    ],
    [
      'a broken file, and what is wrong without it',
      '--config none.config --user-json none.json --lifetime soon --claim a=[b',
      {},
      [
        /none\.config does not exist/,
        /none\.json does not exist/,
        /--lifetime must be/,
        /begins with \[/,
      ],
    ],
    [
      'names of claims, directory and user',
      '--for client-managed --claim-user-id exp --claim-groups iss --prefix UP --user-id a;b --group c;d',
      {},
      [
        /is exp/,
        /is iss/,
        /prefix/,
        /user directory: --user-directory/,
        /subject.*semicolon/,
        /groups\[0\].*semicolon/,
        /private key is missing/,
      ],
    ],
    [
      'a batch',
      '--for cloud --batch none.csv --name Ada',
      {},
      [/the issuer/, /omit the options/, /none\.csv does not exist/, /private key is missing/],
    ],
  ])('%s', async (_, line, environment, says) => {
    const { exitCode, out, err } = await create(words(line), environment)
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    for (const pattern of says) expect(err).toMatch(pattern)
    expect(err.match(/^error\[/gm)).toHaveLength(1)
  })

  it('a single one keeps its own code and hint', async () => {
    const { exitCode, err } = await create([
      ...words('--for client-managed --user-id ada --key'),
      at('key.pem'),
    ])
    expect(exitCode).toBe(2)
    expect(err).toMatch(/^error\[ERR_CONFIG_MISSING\]/)
  })

  it('what is missing brings no second complaint about its place', async () => {
    const line = words('--for client-managed --claim-user-directory [ACME] --user-id ada --key')
    const { err } = await create([...line, at('key.pem')])
    expect(err).toMatch(/^error\[ERR_CONFIG_MISSING\]: .*\n.*the user directory: .*\nhint/)
  })

  it('nobody is asked for a passphrase meanwhile', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'correct horse' } as const
    const sealed = privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher })
    await writeFile(at('sealed.pem'), sealed, { mode: 0o600 })
    const terminal = {
      ...memoryTerminal({ folder }),
      stdinIsTerminal: true,
      stderrIsTerminal: true,
    }
    const args = [...words('token create --for cloud --issuer a --key'), at('sealed.pem')]
    expect(await runCli(args, terminal)).toBe(2)
    expect(terminal.err).toContain('--subject is missing')
    expect(terminal.err).not.toContain('encrypted')
  })
})
