// Wrong command lines, key files and environments: each ends with 1 or 2, says what to do, prints nothing on
// stdout, shows no byte of a key, and leaves no file behind.
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeyPair } from '../keys/index.ts'
import { runCli } from './main.ts'
import { memoryTerminal } from './memory-terminal.fixture.ts'

const folder = await mkdtemp(join(tmpdir(), 'jotgate-wrong-use-'))
const at = (name: string) => join(folder, name)
const secrets: string[] = ['correct horse battery', 'TOPSECRET']

/** The lines of a key that nobody else's output has. */
const keep = (pem: string) => {
  secrets.push(
    ...pem.split(/\r?\n|\\n/).filter((line) => line.length > 20 && !line.startsWith('---')),
  )
  return pem
}

beforeAll(async () => {
  const [pair, other] = await Promise.all([
    createKeyPair({ bits: 2048 }),
    createKeyPair({ bits: 2048 }),
  ])
  const good = keep(pair.privateKeyPem)
  const rsa = (modulusLength: number) =>
    keep(
      generateKeyPairSync('rsa', { modulusLength })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
    )
  const write = (name: string, text: string | Buffer, mode = 0o600) =>
    writeFile(at(name), text, { mode })
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  await Promise.all([
    write('good.pem', good),
    write('good.cer', pair.certificatePem),
    write('other.cer', other.certificatePem),
    write('open.pem', good, 0o644),
    write('short.pem', rsa(1024)),
    write('ec.pem', keep(ec.export({ type: 'pkcs8', format: 'pem' }).toString())),
    write('empty.pem', ''),
    write('words.pem', 'TOPSECRET is no key'),
    write('half.pem', good.slice(0, 900)),
    write('two.pem', good + good),
    write('noise.pem', Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 37) % 256))),
    write('large.pem', 'x'.repeat(70_000)),
    write('pass.txt', 'correct horse battery'),
    write('wrong-pass.txt', 'TOPSECRET'),
    write('umlaut-pass.txt', 'TOPSECRET für Qlik'),
    write('user.json', '{"subject":"1","nmae":"TOPSECRET"}'),
    write('list.json', '[1]'),
    write('broken.json', '{TOPSECRET'),
    write('bad.csv', 'subject,name,email\n1\n'),
    write('not-json.config', '{ "deployments": TOPSECRET }'),
    write(
      'typo.config',
      '{ "deployments": { "a": { "product": "cloud", "url": "https://a.example", "singing": {} } } }',
    ),
    write('empty.config', '{ "deployments": {} }'),
    write(
      'impossible.config',
      JSON.stringify({
        deployments: {
          plain: { product: 'cloud', url: 'http://qlik.acme.example', signing: { issuer: 'a' } },
          long: { product: 'cloud', url: 'https://a.example', signing: { lifetime: '2h' } },
        },
      }),
    ),
    write(
      'two.config',
      JSON.stringify({
        deployments: Object.fromEntries(
          ['a', 'b'].map((name) => [
            name,
            { product: 'cloud', url: 'https://a.example', signing: { issuer: 'a' } },
          ]),
        ),
      }),
    ),
    mkdir(at('folder.pem')),
  ])
  const sealed = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const cipher = {
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'correct horse battery',
  } as const
  await write('sealed.pem', keep(sealed.export(cipher).toString()))
  const pfx = [
    'pkcs12',
    '-export',
    '-inkey',
    at('good.pem'),
    '-in',
    at('good.cer'),
    '-out',
    at('good.pfx'),
    '-passout',
    'pass:correct horse battery',
  ]
  execFileSync('openssl', pfx)
}, 60_000)

afterAll(() => rm(folder, { recursive: true }))

interface Case {
  args: readonly string[]
  env?: Record<string, string>
  stdin?: string
  /** Whether the standard output is a terminal. */
  shows?: true
  /** What the person has to read. */
  says: RegExp
}

const cloud = ['token', 'create', '--for', 'cloud', '--issuer', 'acme', '--key', at('good.pem')]
const ada = [
  '--subject',
  '1',
  '--name',
  'Ada',
  '--email',
  'a@acme.example',
  '--email-verified',
  'true',
]
const server = [
  'token',
  'create',
  '--for',
  'client-managed',
  '--key',
  at('good.pem'),
  '--user-directory',
  'A',
  '--user-id',
  'ada',
]
const pfx = [
  'keys',
  'export',
  '--as',
  'pfx',
  '--key',
  at('good.pem'),
  '--certificate',
  at('good.cer'),
  '--pfx-passphrase-file',
  at('pass.txt'),
]
const minus = (args: readonly string[], flag: string) => args.toSpliced(args.indexOf(flag), 2)
const typed = (line: string, says: RegExp): Case => ({
  args: line.split(' ').filter(Boolean),
  says,
})
const more = (base: readonly string[], line: string, says: RegExp): Case => ({
  args: [...base, ...line.split(' ').filter(Boolean)],
  says,
})
const full = [...cloud, ...ada]
const withKey = (name: string, says: RegExp, ...rest: string[]): Case => ({
  args: [...full.with(full.indexOf(at('good.pem')), at(name)), ...rest],
  says,
})
const variable = (
  env: Record<string, string>,
  says: RegExp,
  args: readonly string[] = full,
): Case => ({ args, env, says })
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.AAAA'
const target = ['--for', 'cloud', '--url', 'http://localhost:9']

const cases: readonly Case[] = [
  // commands
  typed('', /a command is missing/),
  typed('crate', /no command `crate`/),
  typed('tokn create', /did you mean `jotgate token create`/),
  typed('token', /give one of create, inspect/),
  typed('token crate', /did you mean `jotgate token create`/),
  typed('keys', /create, show, check, export/),
  typed('keys shw', /did you mean `jotgate keys show`/),
  typed('inspect', /did you mean `jotgate token inspect`/),
  typed('sesion open', /did you mean `jotgate session open`/),
  typed('session', /give one of open/),
  typed('config', /check, print, schema/),
  typed('whoam', /did you mean `jotgate whoami`/),
  typed('--out token create', /options stand behind the command/),
  typed('-x', /options stand behind/),
  { args: [jwt], says: /no command of that name/ },
  typed('create-qsoew', /did you mean `jotgate create-qseow`/),
  typed('help nothing-like-it-at-all', /no command/),
  // options
  more(full, '--lifetim 5m', /--lifetim is unknown; did you mean --lifetime/),
  more(full, '--grop sales', /did you mean --group/),
  more(full, '--kye=TOPSECRET', /--kye is unknown; did you mean --key/),
  more(full, '-k TOPSECRET', /-k is unknown/),
  more(full, '--kid', /--kid needs a value/),
  more(full, '--kid a --kid b', /--kid was given 2 times/),
  more(
    minus(cloud, '--key'),
    `${ada.slice(0, 2).join(' ')} --key --kid`,
    /--key needs a value, and --kid stands in its place/,
  ),
  more(full, 'stray', /more on the line than the command takes/),
  more(full, '--as banana', /--as must be one of token, qlik-cli/),
  more(full, '--alg RS265', /did you mean RS256/),
  more(minus(full, '--email-verified'), '--email-verified yes', /must be one of true, false/),
  typed('token create --for clod', /did you mean cloud/),
  typed('token create', /--for cloud or --for client-managed/),
  more(minus(full, '--issuer'), '', /the issuer: --issuer/),
  more(minus(full, '--subject'), '', /--subject is missing: .*never made up/),
  more(cloud, '', /--subject[\s\S]*--name[\s\S]*--email/),
  more(minus(full, '--key'), '', /private key is missing/),
  more(minus(full, '--email'), '', /--email is missing/),
  more(full, '--user-id ada', /--user-id is for client-managed Qlik only/),
  more(full, '--user-directory A', /no user directories/),
  more(full, '--audience x', /always has the audience/),
  more(full, '--alg RS512', /takes RS256 alone/),
  more(full, '--claim a=b', /reads no claims of your own/),
  more(full, '--prefix jwt', /no virtual proxies/),
  more(server, '--subject x', /calls it --user-id/),
  more(server, '--issuer x', /knows the key by its certificate/),
  more(server, '--email-verified true', /does not read it/),
  more(minus(server, '--user-directory'), '', /the user directory: --user-directory/),
  more(minus(server, '--user-id'), '', /--user-id is missing/),
  more(server, '--claim department', /name=value/),
  more(server, '--claim a={"b":1}', /an object is no value/),
  more(server, '--claim a=[TOPSECRET', /begins with \[ and is not JSON[\s\S]*single quotes/),
  more(server, '--claim a=null', /null is no value/),
  more(server, '--claim a=[[1]]', /a list may hold/),
  more(server, '--claim a=12345678901234567890', /loses digits/),
  more(server, '--claim-user-id exp', /JWT itself uses/),
  more(server, '--claim-user-id group', /name of another claim/),
  more(server, '--user-id a;b', /semicolon|given 2 times/),
  more(server, '--prefix JWT', /a-z, 0-9/),
  more(server, '--as qlik-cli', /the address: --url/),
  more([...full, '--url', 'https://a.example'], '--as qlik-cli', /no API key/),
  // times
  more(full, '--lifetime 2h', /1 to 3600/),
  more(full, '--lifetime 3601', /1 to 3600/),
  more(full, '--lifetime 0', /1 to 3600/),
  more(server, '--lifetime 3653d', /1 to 315576000 seconds: no key should be trusted/),
  more(full, '--lifetime -5m', /must be a whole number with s, m, h or d/),
  more(full, '--lifetime 1.5h', /must be a whole number/),
  more(full, '--lifetime soon', /must be a whole number/),
  more(full, '--not-before-skew 1h', /0 to 59|notBeforeSkewSeconds/),
  more(full, '--not-before-skew x', /--not-before-skew must be/),
  // addresses
  more(full, '--url acme', /not an address/),
  more(full, '--url http://acme.example', /https/),
  more(full, '--url https://acme.example/path', /origin alone/),
  more(full, '--url https://u:TOPSECRET@acme.example', /name or password/),
  more(full, '--url ftp://acme.example', /https/),
  // keys
  withKey('none.pem', /no file at/),
  withKey('folder.pem', /is a folder/),
  withKey('open.pem', /chmod 600/),
  withKey('short.pem', /1024 bits/),
  withKey('ec.pem', /type ec/),
  withKey('empty.pem', /none\.pem|empty\.pem/),
  withKey('words.pem', /words\.pem/),
  withKey('half.pem', /half\.pem/),
  withKey('two.pem', /two\.pem/),
  withKey('noise.pem', /noise\.pem/),
  withKey('large.pem', /larger than/),
  withKey('good.cer', /certificate where a private key is needed/),
  withKey('sealed.pem', /encrypted with a passphrase/),
  withKey('sealed.pem', /does not open/, '--passphrase-file', at('wrong-pass.txt')),
  withKey('sealed.pem', /is not there/, '--passphrase-file', at('no-pass.txt')),
  withKey('sealed.pem', /not set, or empty/, '--passphrase-env', 'NO_SUCH_PASS'),
  withKey('good.pfx', /passphrase/),
  withKey('good.pfx', /does not open/, '--passphrase-file', at('wrong-pass.txt')),
  more(full, '--key-env QLIK_KEY', /named twice/),
  more(minus(full, '--key'), '--key-env QLIK_KEY', /QLIK_KEY is not set/),
  more(minus(full, '--key'), '--key-env 1-not-a-name', /letters, digits and underscores/),
  {
    args: [...minus(full, '--key'), '--key-env', 'QLIK_KEY'],
    env: { QLIK_KEY: 'TOPSECRET' },
    says: /QLIK_KEY/,
  },
  { args: full.with(full.indexOf(at('good.pem')), '-'), stdin: '', says: /bytes|stream|empty/i },
  { args: full.with(full.indexOf(at('good.pem')), '-'), stdin: 'TOPSECRET', says: /bytes|stream/i },
  {
    args: [...full.with(full.indexOf(at('good.pem')), '-'), '--user-json', '-'],
    stdin: '{}',
    says: /cannot both read the standard input/,
  },
  more(full, `--passphrase-file ${at('pass.txt')} --passphrase-env X`, /named twice/),
  more(full, '--kid \u0007', /control character/),
  // users
  more(cloud, `--user-json ${at('user.json')}`, /did you mean name/),
  more(cloud, `--user-json ${at('list.json')}`, /must hold a JSON object/),
  more(cloud, `--user-json ${at('broken.json')}`, /is not JSON/),
  more(cloud, `--user-json ${at('none.json')}`, /is not there/),
  more(cloud, `--user-json ${at('large.pem')}`, /is not JSON/),
  more(full, `--batch ${at('bad.csv')}`, /--batch names the users/),
  more(cloud, `--batch ${at('bad.csv')}`, /line 2: .*cells/),
  more(cloud, `--batch ${at('none.csv')}`, /is not there/),
  { args: [...minus(full, '--name'), '--name', ''], says: /name is empty/ },
  { args: [...minus(full, '--name'), '--name', 'a\u0000b'], says: /control character/ },
  { args: [...full, '--group', ''], says: /groups\[0\] is empty/ },
  { args: [...full, '--group', 'x'.repeat(257)], says: /longer than 256/ },
  {
    args: [...full, ...Array.from({ length: 201 }, (_, index) => ['--group', `g${index}`]).flat()],
    says: /more than 200/,
  },
  // files
  more(full, `--out ${at('nowhere/token')}`, /ERR_CLI_OUT[\s\S]*ENOENT/),
  more(full, `--out ${at('folder.pem')}`, /ERR_CLI_OUT/),
  more(['token', 'create', ...ada], `--config ${at('none.config')}`, /cannot be read \(ENOENT\)/),
  more(
    ['token', 'create', ...ada],
    `--config ${at('not-json.config')}`,
    /is not JSON: look at line 1/,
  ),
  more(['token', 'create', ...ada], `--config ${at('typo.config')}`, /did you mean signing/),
  more(['token', 'create', ...ada], `--config ${at('empty.config')}`, /has no deployment/),
  more(['token', 'create', ...ada], `--config ${at('two.config')}`, /several deployments: a, b/),
  more(['token', 'create', ...ada], `--config ${at('two.config')} --deployment c`, /only a, b/),
  more(
    ['token', 'create', ...ada],
    `--config ${at('two.config')} --deployment a --for client-managed`,
    /--for says client-managed/,
  ),
  more(
    ['token', 'create', ...ada],
    `--config ${at('two.config')} --deployment a`,
    /private key is missing/,
  ),
  more(['token', 'create', ...ada], '--deployment prod', /jotgate init/),
  typed('config check', /jotgate init/),
  more(['config', 'check'], `--config ${at('typo.config')}`, /singing: is unknown/),
  more(
    ['config', 'check'],
    `--config ${at('impossible.config')}`,
    /plain\.url: [\s\S]*long\.signing\.lifetime: must be from 1s to 3600s/,
  ),
  // environment
  variable({ JOTGATE_ISSEUR: 'x' }, /JOTGATE_ISSEUR is unknown; did you mean JOTGATE_ISSUER/),
  variable(
    { JOTGATE_ISSEUR: 'x', JOTGATE_ALG: 'none', JOTGATE_JSON: 'maybe' },
    /JOTGATE_ALG must be one of[\s\S]*JOTGATE_JSON must be[\s\S]*JOTGATE_ISSEUR is unknown/,
  ),
  variable({ JOTGATE_JSON: 'maybe' }, /JOTGATE_JSON must be true or false/),
  variable({ JOTGATE_FOR: 'clod' }, /did you mean cloud/, ['token', 'create']),
  variable({ JOTGATE_GROUP: '[TOPSECRET' }, /one value, or a JSON list/),
  variable({ JOTGATE_LIFETIME: 'soon' }, /--lifetime must be/),
  variable({ JOTGATE_CONFIG: at('none.config') }, /ENOENT/, ['token', 'create', ...ada]),
  // keys commands
  more(['keys', 'create'], '--bits 1024', /2048, 3072, 4096/),
  more(['keys', 'create'], '--days 0', /1 to 7300/),
  more(['keys', 'create'], '--days many', /1 to 7300/),
  more(['keys', 'create'], `--out ${at('good.pem')}`, /ERR_KEY_WRITE/),
  more(['keys', 'create', '--bits', '2048', '--out', folder], '--name good', /ERR_KEY_EXISTS/),
  more(['keys', 'create', '--bits', '2048', '--out', folder], '--name ../up', /letters, digits/),
  { args: ['keys', 'create', '--passphrase-file', '-'], stdin: 'short', says: /shorter than 8/ },
  typed('keys show', /give the private key/),
  more(['keys', 'show'], `--key ${at('none.pem')}`, /no file at/),
  more(['keys', 'show'], `--certificate ${at('good.pem')}`, /private key where/),
  typed('keys check', /give the private key/),
  more(['keys', 'export'], `--key ${at('good.pem')}`, /needs --certificate/),
  more(['keys', 'export'], `--key ${at('good.pem')} --as pem`, /must be one of/),
  // PFX
  more(minus(pfx, '--pfx-passphrase-file'), '', /passphrase of the PFX file is missing/),
  more(minus(pfx, '--certificate'), '', /needs the certificate of the key: --certificate/),
  more(minus(pfx, '--key'), '', /needs the private key: --key/),
  typed('keys export --as pfx', /private key[\s\S]*certificate[\s\S]*passphrase/),
  more(pfx, '--pfx-passphrase-env X', /named twice/),
  more(minus(pfx, '--pfx-passphrase-file'), '--pfx-passphrase-env X', /not set, or empty/),
  more(pfx.with(-1, at('none.txt')), '', /none\.txt is not there/),
  more(pfx.with(-1, at('wrong-pass.txt')), '', /has not 12 to 256 characters/),
  more(pfx.with(-1, at('umlaut-pass.txt')), '', /not printable ASCII/),
  more(pfx.with(-1, at('empty.pem')), '', /has not 12 to 256 characters/),
  more(pfx, `--out ${at('good.cer')}`, /ERR_CLI_EXISTS.*good\.cer exists already/),
  more(pfx, `--out ${at('folder.pem')}`, /ERR_CLI_EXISTS/),
  more(pfx, `--out ${at('nowhere/made.pfx')}`, /ERR_CLI_OUT[\s\S]*ENOENT/),
  more(pfx, `--out ${at('good.cer/made.pfx')}`, /ERR_CLI_OUT[\s\S]*ENOTDIR/),
  more(pfx.with(7, at('other.cer')), '', /ERR_KEY_PAIR.*other\.cer does not belong/),
  more(pfx.with(7, at('none.cer')), '', /no file at/),
  more(pfx.with(7, at('good.pem')), '', /private key where a certificate alone/),
  more(pfx.with(5, at('short.pem')), '', /1024 bits/),
  more(pfx.with(5, at('sealed.pem')), '', /encrypted with a passphrase/),
  more(pfx.with(5, at('sealed.pem')), `--passphrase-file ${at('wrong-pass.txt')}`, /does not open/),
  { args: pfx.with(5, '-').with(-1, '-'), stdin: '', says: /cannot both read/ },
  { args: pfx, shows: true, says: /bytes that no terminal shows: --out/ },
  { args: [...pfx, '--friendly-name', ''], says: /friendlyName must be 1 to 64/ },
  more(pfx.with(3, 'jwk'), '', /--pfx-passphrase-file is not for --as jwk/),
  // inspect
  { args: ['token', 'inspect'], stdin: '', says: /holds no token/ },
  { args: ['token', 'inspect', 'TOPSECRET'], says: /holds no token/ },
  more(['token', 'inspect'], `--file ${at('good.pem')}`, /holds no token/),
  more(['token', 'inspect'], `--file ${at('none.jwt')}`, /is not there/),
  more(['token', 'inspect', jwt], `--file ${at('none.jwt')}`, /given twice/),
  more(['token', 'inspect', jwt], `--certificate ${at('none.cer')}`, /no file at/),
  more(
    ['token', 'inspect', jwt],
    `--certificate ${at('good.cer')} --jwks ${at('list.json')}`,
    /give one of/,
  ),
  more(['token', 'inspect', jwt], `--key ${at('good.pem')}`, /private key where/),
  more(['token', 'inspect', jwt], `--jwks ${at('broken.json')}`, /is not JSON/),
  // sessions
  more(['session', 'open', ...target], '', /the issuer/),
  more(['session', 'open', ...target], '--token TOPSECRET', /holds no token/),
  more(['session', 'open', '--for', 'cloud'], `--token ${jwt}`, /the address: --url/),
  more(['session', 'open', ...target], `--token ${jwt} --as xml`, /must be one of/),
  more(['session', 'open', ...target], `--token ${jwt} --token-file x`, /given twice/),
  more(['session', 'open', ...target], `--token ${jwt}`, /ERR_QLIK_UNREACHABLE/),
  more(['request', 'FETCH', '/x', ...target], `--token ${jwt}`, /method must be one of/),
  more(['request', 'GET', 'api/v1', ...target], `--token ${jwt}`, /begin with one slash/),
  more(['request', 'GET', '//evil.example/x', ...target], `--token ${jwt}`, /begin with one slash/),
  more(['request', 'GET', '/\\evil.example', ...target], `--token ${jwt}`, /begin with one slash/),
  more(['request', 'GET', '/x', ...target], `--token ${jwt} --data {}`, /takes no --data/),
  more(['request', 'POST', '/x', ...target], `--token ${jwt} --all-pages`, /is for GET/),
  more(
    ['request', 'POST', '/x', ...target],
    `--token ${jwt} --data @${at('none')}`,
    /is not there/,
  ),
  typed('request GET', /path is missing/),
  more(['whoami', ...target], `--token ${jwt}`, /ERR_QLIK_UNREACHABLE/),
  // the rest
  typed('init', /--for is missing[\s\S]*--url is missing/),
  more(
    ['init', '--for', 'cloud', '--issuer', 'a', '--keys', at('k')],
    `--url acme --config ${at('new.json')}`,
    /must be an origin alone/,
  ),
  more(
    ['init', '--for', 'cloud', '--issuer', 'a', '--keys', at('k')],
    `--url http://acme.example --config ${at('new.json')}`,
    /deployments\.prod\.url: /,
  ),
  more(
    ['init', '--for', 'cloud', '--issuer', 'a', '--url', 'https://a.example'],
    `--config ${at('two.config')}`,
    /exists already/,
  ),
  typed('completion', /shell is missing/),
  typed('completion tcsh', /bash, zsh, fish/),
]

describe('wrong use', () => {
  it('stands here in 120 forms at least', () => {
    expect(cases.length).toBeGreaterThanOrEqual(120)
  })

  it.each(
    cases.map((one, index) => ({
      ...one,
      index,
      line: one.args
        .map((arg) => arg.slice(0, 40).replace(folder, ''))
        .join(' ')
        .slice(-70),
    })),
  )('$index: $line', async ({ args, env = {}, stdin, shows = false, says }) => {
    const before = await readdir(folder, { recursive: true })
    const environment = { ...env }
    const terminal = Object.assign(
      memoryTerminal({ folder, environment, ...(stdin === undefined ? {} : { stdin }) }),
      { stdoutIsTerminal: shows },
    )
    const exitCode = await runCli(args, terminal)
    expect({ exitCode, err: terminal.err }).toEqual({
      exitCode: expect.toBeOneOf([1, 2]),
      err: expect.stringMatching(says),
    })
    expect(terminal.out).toBe('')
    expect(terminal.err).toMatch(/\nhint: [A-Z`].+\ndocs: docs\/reference\/errors\.md#err_/)
    expect(secrets.filter((secret) => terminal.err.includes(secret))).toEqual([])
    expect(await readdir(folder, { recursive: true })).toEqual(before)
  })
})
