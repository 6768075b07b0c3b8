// Tokens as the real bin prints them.
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compactVerify, importX509, jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ada,
  create,
  createCommandWithKey,
  issuer,
  payloadOf,
  quoted,
  signing,
} from './command-for-ada.ts'

let command: Awaited<ReturnType<typeof createCommandWithKey>>
beforeAll(async () => {
  command = await createCommandWithKey()
})
afterAll(() => command?.close())

describe('jotgate token create', () => {
  it('prints only the token, which three other programs verify', async () => {
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
    const { payload } = await jwtVerify(
      token,
      await importX509(command.certificate, 'RS256'),
      options,
    )
    expect(payload).toMatchObject({
      sub: 'acme|ada',
      subType: 'user',
      email_verified: true,
      groups: ['sales', 'press'],
    })
    expect(Number(payload.exp) - Number(payload.nbf)).toBe(60)
    expect(
      jsonwebtoken.verify(token, command.certificate, { algorithms: ['RS256'], ...options }),
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
      await importX509(command.certificate, alg),
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
      await compactVerify(out.trim(), await importX509(command.certificate, 'RS256'))
    }
  })

  it('prefers flags to the environment, that to the file, and that to defaults', async () => {
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

  it('writes --out readable only for its owner, replaces what was there, and leaves nothing when it fails', async () => {
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

  it('passes a token to qlik-cli, for client-managed Qlik only', async () => {
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
    const { out, err } = await command.run(['token', 'create', ...args])
    expect(err).toMatch(/^note: the context works for 55 seconds, .*--lifetime 8h/)
    expect((await command.run(['token', 'create', ...args, '--lifetime', '8h'])).err).toBe('')
    expect(out).toMatch(
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
      err: expect.stringContaining('not an API key'),
    })
  })

  it('does not crash when its reader goes away', async () => {
    const rows = Array.from({ length: 300 }, (_, at) => `u${at},U,u@acme.example,true`).join('\n')
    await writeFile(join(command.folder, 'many.csv'), `subject,name,email,emailVerified\n${rows}\n`)
    const line = `{ jotgate token create ${signing.join(' ')} --batch many.csv; echo "code $?" >&2; } | head -1`
    const { out, err } = await command.shell(line)
    expect(out.split('\n')).toHaveLength(2)
    expect(err).toBe('code 0\n')
  })

  it('fails when the disk is full, instead of saying that all is well', async () => {
    const { exitCode, err } = await command.shell(`jotgate ${quoted(create)} > /dev/full`)
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringContaining('ENOSPC') })
  })
})
