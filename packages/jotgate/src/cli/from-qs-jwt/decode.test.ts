// `decode` as scripts have it for qs-jwt 1.14, with the first word changed: each option once at least.
import { writeFile } from 'node:fs/promises'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepareOldLines } from './old-lines.fixture.ts'

const { at, pair, run, tokenOf, qseow, remove } = await prepareOldLines()
afterAll(remove)

describe('decode', () => {
  let token: string
  beforeAll(async () => {
    token = (await tokenOf(...qseow())).token
    await writeFile(at('token.txt'), `\uFEFF${token}\r\n`)
  })

  it('--jwt shows header and payload, times as dates', async () => {
    const { exitCode, out } = await run('decode', '--jwt', token)
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^JWT Header:\n\{[\s\S]+\nJWT Payload:\n\{/)
    expect(out).toMatch(/"iat": "\d+ \(\d{4}-.*Z\)"/)
  })

  it.each(['publickey.cer', 'publickey.pem'])(
    '--jwt-file and --cert-publickey-file %s verify',
    async (file) => {
      const { exitCode, out } = await run(
        'decode',
        '--jwt-file',
        at('token.txt'),
        '--cert-publickey-file',
        at(file),
      )
      expect(exitCode).toBe(0)
      expect(out).toContain('Status: Valid')
    },
  )

  it('--cert-publickey, --expected-audience, --minimal-output and --loglevel give the old JSON', async () => {
    const more = [
      '--cert-publickey',
      pair.publicKeyPem,
      '--expected-audience',
      'hdr',
      '--minimal-output',
      '--loglevel',
      'error',
    ]
    const { exitCode, out } = await run('decode', '--jwt', token, ...more)
    expect(exitCode).toBe(0)
    const { header, payload, verification } = JSON.parse(out)
    expect({ header, payload }).toMatchObject({
      header: { alg: 'RS256' },
      payload: { userId: 'ada' },
    })
    expect(verification).toEqual({
      status: 'valid',
      algorithm: 'RS256',
      integrity: true,
      issuedAt: new Date(payload.iat * 1000).toISOString(),
      expiresAt: new Date(payload.exp * 1000).toISOString(),
      notBefore: new Date(payload.nbf * 1000).toISOString(),
      currentlyValid: true,
      audience: 'hdr',
      audienceMatch: true,
    })
  })

  it('a wrong audience, an expired token and another key end with 3, each with its reason', async () => {
    const check = async (text: string, ...more: string[]) => {
      const { exitCode, out } = await run('decode', '--jwt', text, '--minimal-output', ...more)
      expect(exitCode).toBe(3)
      return JSON.parse(out).verification
    }
    const key = ['--cert-publickey', pair.publicKeyPem]
    expect(await check(token, ...key, '--expected-audience', 'other')).toMatchObject({
      integrity: true,
      audienceMatch: false,
    })
    const { subtle } = crypto
    const ec = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ])
    const expired = await new SignJWT({ exp: 1000 })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(ec.privateKey)
    const spki = Buffer.from(await subtle.exportKey('spki', ec.publicKey)).toString('base64')
    const ecKey = `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----`
    expect(await check(expired, '--cert-publickey', ecKey)).toMatchObject({
      integrity: true,
      currentlyValid: false,
    })
    expect(await check(token, '--cert-publickey', ecKey)).toMatchObject({
      integrity: false,
      status: 'invalid',
    })
  })

  it.each([
    [['decode'], 2, 'exactly one of'],
    [['decode', '--jwt', 'a.b.c', '--jwt-file', 'x'], 2, 'exactly one of'],
    [
      ['decode', '--jwt', 'eyJhbGciOiJSUzI1NiJ9.e30.AAAA', '--expected-audience', 'x'],
      2,
      'needs --cert-publickey',
    ],
    [['decode', '--jwt', 'SECRET'], 1, 'ERR_TOKEN_PARTS'],
    [['decode', '--jwt-file', '/nowhere/token'], 1, 'does not exist'],
    [['decode', '--jwt', 'a.b.c', '--cert-publickey-file', '/nowhere/key'], 1, 'does not exist'],
    [
      ['decode', '--jwt', 'eyJhbGciOiJSUzI1NiJ9.e30.AAAA', '--cert-publickey', 'SECRET'],
      1,
      'not a public key',
    ],
  ])('%j ends with %i', async (args, exitCode, words) => {
    const ended = await run(...args)
    expect(ended).toMatchObject({ exitCode, out: '', err: expect.stringContaining(words) })
    expect(ended.err).not.toContain('SECRET')
  })

  it('a private key has no business there', async () => {
    const ended = await run('decode', '--jwt', token, '--cert-publickey-file', at('privatekey.pem'))
    expect(ended).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('is a private key'),
    })
  })
})
