// The command as people and CI jobs run it: the real bin in a process of its own.
import { execFileSync } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compactVerify, importX509, jwtVerify } from 'jose'
import { cloud } from 'jotgate'
import { createAdministration } from 'jotgate/qlik'
import { createEmulator, type Emulator } from 'jotgate-emulator'
import jsonwebtoken from 'jsonwebtoken'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Command, createCommand } from './command.ts'

let command: Command
let emulator: Emulator
let certificate: string
const issuer = 'acme.example'

const signing = ['--for', 'cloud', '--issuer', issuer, '--key', 'keys/qlik.pem', '--kid', 'acme-1']
const ada = [
  '--subject',
  'acme|ada',
  '--name',
  'Ada',
  '--email',
  'ada@acme.example',
  '--email-verified',
  'true',
]
const create = ['token', 'create', ...signing, ...ada]
const payloadOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >

beforeAll(async () => {
  command = await createCommand()
  const made = await command.run(['keys', 'create', '--bits', '2048', '--kid', 'acme-1'])
  expect(made.exitCode).toBe(0)
  certificate = await readFile(join(command.folder, 'keys/qlik.cer'), 'utf8')
  emulator = await createEmulator({ port: 0 })
  const deployment = cloud({ url: `http://localhost:${emulator.port}`, issuer })
  await createAdministration({ deployment, apiKey: emulator.adminKey }).createIdentityProvider({
    issuer,
    kid: 'acme-1',
    certificateLine: certificate.trim().replaceAll(/\r?\n/g, ''),
  })
})

afterAll(async () => {
  await emulator?.close()
  await command?.close()
})

const url = () => `http://localhost:${emulator.port}`

describe('jotgate keys', () => {
  it('makes a key for its owner alone and never a second over it', async () => {
    const file = join(command.folder, 'keys/qlik.pem')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const before = await readFile(file, 'utf8')
    const again = await command.run(['keys', 'create', '--bits', '2048'])
    expect(again).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('ERR_KEY_EXISTS'),
    })
    expect(await readFile(file, 'utf8')).toBe(before)
  })

  it('encrypts it on request; the token is then made with the passphrase', async () => {
    await writeFile(join(command.folder, 'pass'), 'correct horse\n')
    const words = ['--passphrase-file', 'pass']
    const args = ['keys', 'create', '--bits', '2048', '--out', 'sealed', ...words]
    expect((await command.run(args)).exitCode).toBe(0)
    const pem = await readFile(join(command.folder, 'sealed/qlik.pem'), 'utf8')
    expect(pem).toContain('BEGIN ENCRYPTED PRIVATE KEY')
    const sealed = create.with(create.indexOf('keys/qlik.pem'), 'sealed/qlik.pem')
    expect(await command.run(sealed)).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('ERR_KEY_ENCRYPTED'),
    })
    const { exitCode, out } = await command.run([...sealed, ...words])
    expect(exitCode).toBe(0)
    expect(payloadOf(out)).toMatchObject({ sub: 'acme|ada' })
  })

  it('shows what openssl shows', async () => {
    const { out } = await command.run(['keys', 'show', '--certificate', 'keys/qlik.cer', '--json'])
    const shown = JSON.parse(out)
    const file = join(command.folder, 'keys/qlik.cer')
    const told = execFileSync('openssl', ['x509', '-noout', '-fingerprint', '-sha256', '-in', file])
    expect(told.toString()).toContain(shown.certificateSha256)
    expect(shown).toMatchObject({ bits: 2048, daysLeft: 1824 })
  })

  it('checks that both halves match, and says so by its exit code', async () => {
    await command.run(['keys', 'create', '--bits', '2048', '--out', 'other'])
    const check = (cer: string) =>
      command.run(['keys', 'check', '--key', 'keys/qlik.pem', '--certificate', cer])
    expect((await check('keys/qlik.cer')).exitCode).toBe(0)
    expect(await check('other/qlik.cer')).toMatchObject({
      exitCode: 3,
      out: expect.stringContaining('certificate-of-other-key'),
    })
  })

  it('exports the public half in each form that says the same key', async () => {
    const as = async (form: string, from: string[]) =>
      (await command.run(['keys', 'export', '--as', form, ...from])).out
    const cer = ['--certificate', 'keys/qlik.cer']
    const key = ['--key', 'keys/qlik.pem', '--kid', 'acme-1']
    expect((await as('certificate', cer)).trim()).toBe(certificate.trim())
    expect(await as('one-line', cer)).toBe(`${certificate.trim().replaceAll('\n', '')}\n`)
    const pem = await as('public-key', key)
    expect(await as('public-key', cer)).toBe(pem)
    const { n } = createPublicKey(pem).export({ format: 'jwk' })
    expect(JSON.parse(await as('jwk', key))).toMatchObject({ n, kid: 'acme-1', kty: 'RSA' })
    const set = await as('jwks', key)
    expect(JSON.parse(set).keys).toHaveLength(1)
    expect(set).not.toMatch(/"(d|p|q)"/)
  })
})

describe('jotgate token create', () => {
  it('prints the token alone, which three programs verify that we did not write', async () => {
    const { exitCode, out, err } = await command.run([
      ...create,
      '--group',
      'sales',
      '--group',
      'press',
    ])
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(out).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const token = out.trim()
    const options = { issuer, audience: 'qlik.api/login/jwt-session' }
    const { payload } = await jwtVerify(token, await importX509(certificate, 'RS256'), options)
    expect(payload).toMatchObject({
      sub: 'acme|ada',
      subType: 'user',
      email_verified: true,
      groups: ['sales', 'press'],
    })
    expect(Number(payload.exp) - Number(payload.nbf)).toBe(60)
    expect(
      jsonwebtoken.verify(token, certificate, { algorithms: ['RS256'], ...options }),
    ).toMatchObject({ sub: 'acme|ada' })
    const [header, body, signature = ''] = token.split('.')
    await writeFile(join(command.folder, 'signed'), `${header}.${body}`)
    await writeFile(join(command.folder, 'signature'), Buffer.from(signature, 'base64url'))
    const line =
      'openssl x509 -in keys/qlik.cer -noout -pubkey > public.pem && openssl dgst -sha256 -verify public.pem -signature signature signed'
    expect(await command.shell(line)).toMatchObject({ exitCode: 0, out: 'Verified OK\n' })
  })

  it.each(['RS256', 'RS384', 'RS512'])('signs for client-managed Qlik with %s', async (alg) => {
    const args = [
      'token',
      'create',
      '--for',
      'client-managed',
      '--key',
      'keys/qlik.pem',
      '--user-directory',
      'ACME',
    ]
    const who = [
      '--user-id',
      'ada',
      '--name',
      'Ada',
      '--group',
      'sales',
      '--claim',
      'department=Sales',
      '--claim',
      'site=["a","b"]',
    ]
    const { out } = await command.run([...args, ...who, '--alg', alg, '--audience', 'hdr'])
    const { payload, protectedHeader } = await jwtVerify(
      out.trim(),
      await importX509(certificate, alg),
    )
    expect(protectedHeader).toEqual({ alg, typ: 'JWT' })
    expect(payload).toMatchObject({
      userId: 'ada',
      userDirectory: 'ACME',
      name: 'Ada',
      group: ['sales'],
      department: 'Sales',
      site: ['a', 'b'],
      aud: 'hdr',
    })
  })

  it('takes the key from a file, stdin, and the environment in each form', async () => {
    const pem = await readFile(join(command.folder, 'keys/qlik.pem'), 'utf8')
    const from = (...key: string[]) => [
      'token',
      'create',
      '--for',
      'cloud',
      '--issuer',
      issuer,
      '--kid',
      'acme-1',
      ...key,
      ...ada,
    ]
    const calls = [
      command.run(from('--key', '-'), { stdin: pem }),
      ...[pem, pem.replaceAll('\n', '\\n'), Buffer.from(pem).toString('base64')].map((QLIK_KEY) =>
        command.run(from('--key-env', 'QLIK_KEY'), { env: { QLIK_KEY } }),
      ),
    ]
    for (const { exitCode, out } of await Promise.all(calls)) {
      expect(exitCode).toBe(0)
      await compactVerify(out.trim(), await importX509(certificate, 'RS256'))
    }
  })

  it('lets flags count over the environment, that over the file, and that over defaults', async () => {
    const prod = {
      product: 'cloud',
      url: 'https://acme.eu.qlikcloud.com',
      signing: {
        key: { file: 'keys/qlik.pem' },
        kid: 'from-file',
        issuer: 'from-file',
        lifetime: '2m',
      },
    }
    await writeFile(join(command.folder, 'levels.json'), JSON.stringify({ deployments: { prod } }))
    const env = {
      JOTGATE_CONFIG: 'levels.json',
      JOTGATE_KID: 'from-environment',
      JOTGATE_ISSUER: 'from-environment',
    }
    const { out, err } = await command.run(
      ['token', 'create', ...ada, '--issuer', 'from-flag', '--json'],
      { env },
    )
    expect(err).toBe('')
    const { kid, token } = JSON.parse(out)
    const { iss, exp, nbf } = payloadOf(token)
    expect({ kid, iss, lifetime: Number(exp) - Number(nbf) }).toEqual({
      kid: 'from-environment',
      iss: 'from-flag',
      lifetime: 120,
    })
    const printed = await command.run(['config', 'print', '--issuer', 'from-flag', '--json'], {
      env,
    })
    expect(JSON.parse(printed.out)).toMatchObject({
      issuer: { value: 'from-flag', from: 'flags' },
      kid: { value: 'from-environment', from: 'environment' },
      lifetimeSeconds: { value: 120, from: 'levels.json, prod' },
    })
  })

  it('writes --out for its owner alone, over what was there, and leaves nothing when it fails', async () => {
    const file = join(command.folder, 'token.txt')
    await writeFile(file, 'old')
    await chmod(file, 0o644)
    expect(await command.run([...create, '--out', 'token.txt'])).toMatchObject({
      exitCode: 0,
      out: '',
    })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readFile(file, 'utf8')).toMatch(/^eyJ.*\n$/)
    const before = await readdir(command.folder)
    const failed = await command.run([...create, '--out', 'nowhere/token.txt'])
    expect(failed).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('ERR_CLI_OUT'),
    })
    expect(await readdir(command.folder)).toEqual(before)
  })

  it('says once on stderr that an e-mail address counts as not verified', async () => {
    const { out, err } = await command.run(
      create.filter((word) => !/^(--email-verified|true)$/.test(word)),
    )
    expect(payloadOf(out)).toMatchObject({ email_verified: false })
    expect(err.match(/not verified/g)).toHaveLength(1)
  })

  it('makes a batch, names bad rows, and fails for them', async () => {
    const csv = `subject,name,email,groups\n${Array.from({ length: 40 }, (_, at) => `u${at},User ${at},u${at}@acme.example,sales;press`).join('\n')}\n,nobody,,\n`
    const { exitCode, out, err } = await command.run(
      ['token', 'create', ...signing, '--batch', '-'],
      { stdin: csv },
    )
    expect(exitCode).toBe(1)
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { subject: string; token: string })
    expect(lines.map(({ subject }) => subject)).toEqual(
      Array.from({ length: 40 }, (_, at) => `u${at}`),
    )
    expect(payloadOf(lines[7]?.token ?? '')).toMatchObject({
      sub: 'u7',
      groups: ['sales', 'press'],
    })
    expect(err).toMatch(/^line 42: .*subject/m)
    expect(err).toContain('1 of 41 users got no token')
  })

  it('hands a token to qlik-cli, for client-managed Qlik alone', async () => {
    const args = [
      '--for',
      'client-managed',
      '--url',
      'https://sense.acme.example',
      '--prefix',
      'jwt',
      '--user-directory',
      'ACME',
      '--user-id',
      'ada',
      '--key',
      'keys/qlik.pem',
      '--as',
      'qlik-cli',
    ]
    expect((await command.run(['token', 'create', ...args])).out).toMatch(
      /^qlik context create jotgate-jwt --server https:\/\/sense\.acme\.example\/jwt --server-type windows --api-key eyJ\S+\n$/,
    )
    const refused = await command.run([
      ...create,
      '--url',
      'https://acme.eu.qlikcloud.com',
      '--as',
      'qlik-cli',
    ])
    expect(refused).toMatchObject({
      exitCode: 2,
      out: '',
      err: expect.stringContaining('no API key'),
    })
  })

  it('does not crash when its reader goes away', async () => {
    const rows = Array.from({ length: 300 }, (_, at) => `u${at},U,u@acme.example`).join('\n')
    await writeFile(join(command.folder, 'many.csv'), `subject,name,email\n${rows}\n`)
    const line = `{ jotgate token create ${signing.join(' ')} --batch many.csv; echo "code $?" >&2; } | head -1`
    const { out, err } = await command.shell(line)
    expect(out.split('\n')).toHaveLength(2)
    expect(err).toBe('code 0\n')
  })

  it('fails when the disk is full, instead of saying that all is well', async () => {
    const { exitCode, err } = await command.shell(
      `jotgate ${[...create].map((word) => `'${word}'`).join(' ')} > /dev/full`,
    )
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringContaining('ENOSPC') })
  })
})

describe('at the emulator', () => {
  it('opens a session from a plain shell, as a CI job does', async () => {
    const words = create.map((word) => `'${word}'`).join(' ')
    const line = `set -eu
      T=$(jotgate ${words})
      curl -sf -X POST -H "Authorization: Bearer $T" ${url()}/login/jwt-session -o /dev/null -w '%{http_code}'`
    expect(await command.shell(line)).toMatchObject({ exitCode: 0, out: '200', err: '' })
  })

  const open = () => ['session', 'open', ...signing, ...ada, '--url', url()]
  const quoted = (words: string[]) => words.map((word) => `'${word}'`).join(' ')

  it('gives a cookie jar, a curl command and shell variables that work', async () => {
    const lines = [
      `jotgate ${quoted(open())} --as netscape > jar && curl -sfL -b jar ${url()}/api/v1/users/me`,
      `sh -c "$(jotgate ${quoted(open())} --as curl)" 2>/dev/null`,
      `eval "$(jotgate ${quoted(open())} --as env)" && curl -sfL -H "Cookie: $QLIK_COOKIE" "$QLIK_URL/api/v1/users/me"`,
      `curl -sfL -H "Cookie: $(jotgate ${quoted(open())})" ${url()}/api/v1/users/me`,
    ]
    for (const line of lines) {
      const { exitCode, out } = await command.shell(line)
      expect(exitCode).toBe(0)
      expect(JSON.parse(out)).toMatchObject({ subject: 'acme|ada' })
    }
  })

  it('gives JSON with url, cookies, CSRF token and time', async () => {
    const { out } = await command.run([...open(), '--json'])
    expect(JSON.parse(out)).toEqual({
      url: url(),
      cookies: expect.objectContaining({ _csrfToken: expect.any(String) }),
      csrfToken: expect.any(String),
      openedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    })
  })

  it('takes a token that is there already, from the environment, a file or stdin; it works once', async () => {
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

  it('makes REST calls as the user, and fails when Qlik says no', async () => {
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
      err: expect.stringMatching(/ERR_CLI_ANSWER.*404/),
    })
    const denied = await request(
      'POST',
      '/api/v1/web-integrations',
      '--data',
      '{"name":"x","validOrigins":[]}',
    )
    expect(denied).toMatchObject({ exitCode: 1, out: '', err: expect.stringContaining('403') })
  })

  it('says clearly that sessions of client-managed Qlik come later', async () => {
    const args = [
      '--for',
      'client-managed',
      '--url',
      'https://sense.acme.example',
      '--user-directory',
      'A',
      '--user-id',
      'a',
      '--key',
      'keys/qlik.pem',
    ]
    for (const name of [['session', 'open'], ['whoami'], ['request', 'GET', '/qrs/about']])
      expect(await command.run([...name, ...args])).toMatchObject({
        exitCode: 1,
        out: '',
        err: expect.stringContaining('not opened by this version'),
      })
  })

  it('says that nobody listens there', async () => {
    const args = [...signing, ...ada, '--url', 'http://localhost:9']
    expect(await command.run(['session', 'open', ...args])).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('ERR_QLIK_UNREACHABLE'),
    })
  })
})

describe('jotgate init', () => {
  it('writes a file and keys with which a token is made at once', async () => {
    const own = await createCommand()
    try {
      const init = [
        'init',
        '--for',
        'cloud',
        '--url',
        'https://acme.eu.qlikcloud.com',
        '--issuer',
        issuer,
        '--kid',
        'a-1',
      ]
      expect(await own.run(init)).toMatchObject({
        exitCode: 0,
        err: expect.stringContaining('Next: make an identity provider'),
      })
      expect((await own.run(['config', 'check'])).exitCode).toBe(0)
      const { out } = await own.run(['token', 'create', ...ada, '--json'])
      expect(JSON.parse(out)).toMatchObject({ kid: 'a-1' })
      const before = await readdir(own.folder)
      expect(await own.run(init)).toMatchObject({
        exitCode: 1,
        out: '',
        err: expect.stringContaining('ERR_CLI_EXISTS'),
      })
      expect(await readdir(own.folder)).toEqual(before)
    } finally {
      await own.close()
    }
  })
})

describe('jotgate completion', () => {
  it('completes commands, options and values in bash', async () => {
    const complete = async (...words: string[]) => {
      const list = words.map((word) => `"${word}"`).join(' ')
      const script = `bash -c 'source <("${process.execPath}" "$0" completion bash); COMP_WORDS=(${list.replaceAll('"', '\\"').replaceAll('\\"', '"')}); COMP_CWORD=${words.length - 1}; _jotgate; echo "\${COMPREPLY[@]}"' "${new URL('../../packages/jotgate/bin/jotgate.js', import.meta.url).pathname}"`
      return (await command.shell(script)).out.trim()
    }
    expect(await complete('jotgate', 'ke')).toBe('keys')
    expect(await complete('jotgate', 'keys', 'e')).toBe('export')
    expect(await complete('jotgate', 'token', 'create', '--lif')).toBe('--lifetime')
    expect(await complete('jotgate', 'token', 'create', '--alg', 'RS5')).toBe('RS512')
  })
})
