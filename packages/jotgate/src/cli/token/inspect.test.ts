import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import jsonwebtoken from 'jsonwebtoken'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeyPair, type KeyPair } from '../../keys/index.ts'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'

let folder: string
let pair: KeyPair
let other: KeyPair

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-inspect-'))
  pair = await createKeyPair({ bits: 2048, kid: 'acme-1' })
  other = await createKeyPair({ bits: 2048 })
  await writeFile(join(folder, 'qlik.cer'), pair.certificatePem)
  await writeFile(join(folder, 'key.jwk'), JSON.stringify(pair.publicJwk))
  await writeFile(join(folder, 'set.jwks'), JSON.stringify({ keys: [pair.publicJwk] }))
})

afterAll(() => rm(folder, { recursive: true }))

const now = () => Math.floor(Date.now() / 1000)
const claims = () => ({
  sub: 'acme|ada',
  subType: 'user',
  name: 'Ada',
  email: 'ada@acme.example',
  email_verified: true,
  groups: ['sales'],
  jti: 'Xh3nR0c8vTz1Qm5sWk7pLd2fGb9yJa4e',
  iat: now(),
  nbf: now() - 5,
  exp: now() + 55,
  iss: 'acme.example',
  aud: 'qlik.api/login/jwt-session',
})
type Claims = Record<string, unknown>

const sign = (
  change: (all: Claims) => Claims = (all) => all,
  { key = pair.privateKeyPem, alg = 'RS256', kid = 'acme-1' } = {},
) =>
  jsonwebtoken.sign(change(claims()), key, {
    algorithm: alg as 'RS256',
    ...(kid === '' ? {} : { keyid: kid }),
  })

async function inspect(token: string, ...more: string[]) {
  const terminal = memoryTerminal({ folder, stdin: token })
  const args = ['token', 'inspect', '-', '--certificate', join(folder, 'qlik.cer'), ...more]
  const exitCode = await runCli(args, terminal)
  return { exitCode, out: terminal.out, err: terminal.err }
}

const without = (name: string) => (all: Claims) =>
  Object.fromEntries(Object.entries(all).filter(([key]) => key !== name))

describe('jotgate token inspect', () => {
  it('finds nothing wrong with a right token', async () => {
    const { exitCode, out } = await inspect(`${sign()}\n`)
    expect(exitCode).toBe(0)
    expect(out).toContain('Signature: valid')
    expect(out).toContain('No rule of Qlik Cloud is broken.')
    expect(out).toMatch(/expires +\d{4}-.* UTC, in \d\d? seconds/)
  })

  it.each<[string, () => string, RegExp]>([
    [
      'groups under the name of QSEoW',
      () => sign((all) => ({ ...without('groups')(all), group: ['sales'] })),
      /ignored: .*group[\s\S]*groups/,
    ],
    ['no nbf', () => sign(without('nbf')), /refused: [^\n]*(nbf|start|not-before)/i],
    [
      'a day of validity',
      () => sign((all) => ({ ...all, exp: now() + 86_400 })),
      /refused: [\s\S]*(3600|hour)/,
    ],
    [
      'another audience',
      () => sign((all) => ({ ...all, aud: 'https://acme.eu.qlikcloud.com' })),
      /refused: [\s\S]*audience/i,
    ],
    [
      'email_verified as a text',
      () => sign((all) => ({ ...all, email_verified: 'true' })),
      /email_verified/,
    ],
    ['no key ID', () => sign(undefined, { kid: '' }), /refused: [^\n]*key ID/i],
    [
      'an expired one',
      () => sign((all) => ({ ...all, iat: now() - 900, nbf: now() - 900, exp: now() - 600 })),
      /refused: [^\n]*expired/i,
    ],
    [
      'a shared secret in place of a key pair',
      () => sign(undefined, { key: 'x'.repeat(40), alg: 'HS256' }),
      /refused: [\s\S]*(HS256|HMAC|secret)/,
    ],
    [
      'another key',
      () => sign(undefined, { key: other.privateKeyPem }),
      /Signature: invalid[\s\S]*signature-mismatch/,
    ],
    ['Bearer before it', () => `Bearer ${sign()}`, /Bearer/],
    [
      'a token for the other product',
      () => sign(() => ({ userId: 'ada', userDirectory: 'ACME', group: ['a'], exp: now() + 60 })),
      /made-for-client-managed|refused/,
    ],
    [
      'times in milliseconds',
      () => sign((all) => ({ ...all, exp: Date.now() + 60_000 })),
      /millisecond/,
    ],
  ])('names the mistake and the mending of %s, and ends with 3', async (_, make, says) => {
    const { exitCode, out } = await inspect(make(), '--for', 'cloud', '--issuer', 'acme.example')
    expect(exitCode).toBe(3)
    expect(out).toMatch(says)
    expect(out).toMatch(/\n {2}To do: [A-Z].+/)
  })

  it('takes the key as certificate, JWK or key set, and a wrong issuer as a finding', async () => {
    for (const [flag, file] of [
      ['--key', 'key.jwk'],
      ['--jwks', 'set.jwks'],
    ]) {
      const terminal = memoryTerminal({ folder, stdin: sign() })
      const args = ['token', 'inspect', '-', String(flag), join(folder, String(file)), '--json']
      expect(await runCli(args, terminal)).toBe(0)
      expect(JSON.parse(terminal.out)).toMatchObject({
        signature: 'valid',
        target: 'Qlik Cloud',
        findings: [],
      })
    }
    const { exitCode, out } = await inspect(
      sign(),
      '--for',
      'cloud',
      '--issuer',
      'other.example',
      '--json',
    )
    expect(exitCode).toBe(3)
    expect(JSON.parse(out).findings).toEqual([
      expect.objectContaining({ id: 'cloud-issuer', effect: 'refused' }),
    ])
  })

  it('holds the key ID against the one that is said, and against none that a file has not', async () => {
    await writeFile(join(folder, 'public.pem'), pair.publicKeyPem)
    for (const [flag, file] of [
      ['--key', 'public.pem'],
      ['--certificate', 'qlik.cer'],
    ]) {
      const run = async (...more: string[]) => {
        const terminal = memoryTerminal({ folder, stdin: sign() })
        const args = ['token', 'inspect', '-', String(flag), join(folder, String(file)), '--json']
        await runCli([...args, ...more], terminal)
        return JSON.parse(terminal.out)
      }
      expect(await run()).toMatchObject({ signature: 'valid', findings: [] })
      expect(await run('--kid', 'acme-1')).toMatchObject({ signature: 'valid', findings: [] })
      expect(await run('--kid', 'acme-2')).toMatchObject({
        signature: 'not-checked',
        findings: [{ id: 'cloud-key-id-unknown' }],
      })
    }
  })

  it('calls no signature valid that a set of keys leaves open', async () => {
    const set = { keys: [pair.publicJwk, { ...other.publicJwk, kid: 'acme-2' }] }
    await writeFile(join(folder, 'two.jwks'), JSON.stringify(set))
    const stranger = await createKeyPair({ bits: 2048 })
    const forged = sign(() => ({ userId: 'ada', userDirectory: 'ACME', exp: now() + 60 }), {
      key: stranger.privateKeyPem,
      kid: '',
    })
    const terminal = memoryTerminal({ folder, stdin: forged })
    const args = ['token', 'inspect', '-', '--jwks', join(folder, 'two.jwks'), '--json']
    await runCli(args, terminal)
    expect(JSON.parse(terminal.out)).toMatchObject({
      signature: 'not-checked',
      findings: [{ id: 'client-managed-key-not-named' }],
    })
  })

  it('misses a claim of the attribute mapping only where a mapping was told', async () => {
    const stdin = sign(() => ({ userId: 'ada', userDirectory: 'ACME', exp: now() + 60 }))
    const ids = async (...more: string[]) => {
      const terminal = memoryTerminal({ folder, stdin })
      const args = ['token', 'inspect', '-', '--certificate', join(folder, 'qlik.cer'), '--json']
      await runCli([...args, ...more], terminal)
      return JSON.parse(terminal.out).findings.map(({ id }: { id: string }) => id)
    }
    expect(await ids()).toEqual([])
    expect(await ids('--claim-groups', 'roles')).toEqual(['client-managed-mapped-claim-missing'])
  })

  it('says that the signature was not checked when no key was given', async () => {
    const terminal = memoryTerminal({ folder, stdin: sign() })
    expect(await runCli(['token', 'inspect', '-'], terminal)).toBe(0)
    expect(terminal.out).toContain('Signature: not-checked')
    expect(terminal.err).toContain('checked as Qlik Cloud, by its claims')
  })

  it('checks the signature of a token by an algorithm that Qlik’s guides do not name', async () => {
    const inspectSigned = async (key: string) => {
      const { exitCode, out } = await inspect(sign(undefined, { key, alg: 'RS512' }), '--json')
      const { signature, findings } = JSON.parse(out)
      return { exitCode, signature, ids: findings.map(({ id }: { id: string }) => id) }
    }
    expect(await inspectSigned(other.privateKeyPem)).toEqual({
      exitCode: 3,
      signature: 'invalid',
      ids: ['cloud-algorithm-other', 'signature-mismatch'],
    })
    expect(await inspectSigned(pair.privateKeyPem)).toEqual({
      exitCode: 0,
      signature: 'valid',
      ids: ['cloud-algorithm-other'],
    })
  })

  it.each([
    { user: 'ada', directory: 'ACME' },
    { UserId: 'ada', UserDirectory: 'ACME' },
    { userid: 'ada', userdirectory: 'ACME' },
    { USERID: 'ada', USERDIRECTORY: 'ACME' },
  ])('recognises client-managed Qlik by %o, and checks time and signature', async (user) => {
    const expired = () => ({ ...user, iat: now() - 900, nbf: now() - 900, exp: now() - 600 })
    const token = sign(expired, { key: other.privateKeyPem, kid: '' })
    const { exitCode, out } = await inspect(token, '--json')
    const { target, signature, findings } = JSON.parse(out)
    expect({ exitCode, target, signature }).toEqual({
      exitCode: 3,
      target: 'client-managed Qlik',
      signature: 'invalid',
    })
    expect(findings.map(({ id }: { id: string }) => id)).toEqual([
      'client-managed-expired',
      'signature-mismatch',
    ])
  })

  it('checks time and signature also where the product is not known', async () => {
    const expired = () => ({ id: '42', iat: now() - 900, exp: now() - 600 })
    const { exitCode, out, err } = await inspect(
      sign(expired, { key: other.privateKeyPem }),
      '--json',
    )
    const { target, signature, findings } = JSON.parse(out)
    expect({ exitCode, target, signature }).toEqual({
      exitCode: 3,
      target: null,
      signature: 'invalid',
    })
    expect(findings.map(({ id }: { id: string }) => id)).toEqual([
      'token-expired',
      'signature-mismatch',
    ])
    expect(err).toContain('--for')
  })

  it('checks a token as of a time, and with the tolerance of the identity provider', async () => {
    // Within the dates of the certificate.
    const at = now() + 5000
    const iso = new Date(at * 1000).toISOString()
    const later = sign((all) => ({ ...all, iat: at, nbf: at + 47, exp: at + 100 }))
    const ids = async (...more: string[]) => {
      const { exitCode, out } = await inspect(later, '--json', ...more)
      return [exitCode, ...JSON.parse(out).findings.map(({ id }: { id: string }) => id)]
    }
    expect(await ids()).toContain('cloud-not-yet-valid')
    const when = ['--at', iso]
    expect(await ids(...when)).toEqual([0, 'cloud-clock-tolerance', 'cloud-not-before-after-issue'])
    for (const tolerance of ['47s', '47', '1m', '1h'])
      expect(await ids('--at', String(at), '--clock-tolerance', tolerance), tolerance).toEqual([
        0,
        'cloud-not-before-after-issue',
      ])
    expect(await ids(...when, '--clock-tolerance', '46')).toContain('cloud-not-yet-valid')
    const { out } = await inspect(later, ...when)
    expect(out).toContain(`${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC, now`)
    expect(out).toContain('--clock-tolerance')
    for (const [flag, value] of [
      ['--at', '2026-01-01T00:00:00'],
      ['--clock-tolerance', '2h'],
      ['--clock-tolerance', 'x'],
    ])
      expect(await inspect(later, String(flag), String(value))).toMatchObject({
        exitCode: 2,
        err: expect.stringContaining(String(flag)),
      })
  })

  it.each([
    ['cloud-issuer-form', { iss: 'acme\u001b[2J' }],
    ['cloud-issuer-form', { iss: 'x'.repeat(257) }],
    ['cloud-issuer-form', { iss: 'acme\ud800' }],
    ['client-managed-user-form', { userId: 'ada', userDirectory: 'A\u0007' }],
    ['client-managed-user-form', { userId: 'ada', userDirectory: 'A'.repeat(256) }],
    ['client-managed-user-form', { userId: 'ada', userDirectory: '\udc00A' }],
  ])('lays open what no deployment can have, with %s: %o', async (id, change) => {
    const make =
      'iss' in change
        ? (all: Claims) => ({ ...all, ...change })
        : () => ({ ...change, exp: now() + 60 })
    const { exitCode, out } = await inspect(sign(make), '--json')
    const { payload, findings } = JSON.parse(out)
    expect(payload).toMatchObject(change)
    expect({ exitCode, ids: findings.map((one: { id: string }) => one.id) }).toEqual({
      exitCode: 3,
      ids: [id],
    })
  })

  it('says first what a token of another kind is', async () => {
    const foreign = sign(() => ({
      iss: 'https://acme.eu.auth0.com/',
      sub: 'a',
      nonce: 'n',
      exp: now() + 60,
    }))
    const { exitCode, out } = await inspect(foreign)
    expect(exitCode).toBe(3)
    expect(out).toMatch(
      /findings? for a token:\n\nrefused: This is a token of another identity provider/,
    )
    expect(out).toContain('Auth0')
  })

  it('calls no token good whose signature was not checked', async () => {
    const terminal = memoryTerminal({ folder, stdin: sign() })
    await runCli(['token', 'inspect', '-'], terminal)
    expect(terminal.out).toContain('but the signature was not checked')
    expect(terminal.out).not.toContain('is broken.')
    const weak = { ...pair.publicJwk, e: 'Aw' }
    await writeFile(join(folder, 'weak.jwks'), JSON.stringify({ keys: [weak] }))
    const given = memoryTerminal({ folder, stdin: sign() })
    const args = ['token', 'inspect', '-', '--jwks', join(folder, 'weak.jwks'), '--json']
    expect(await runCli(args, given)).toBe(3)
    expect(JSON.parse(given.out)).toMatchObject({
      signature: 'not-checked',
      findings: [{ id: 'signature-unfit-key', blocks: true }],
    })
  })

  it('checks a token of client-managed Qlik by its own rules', async () => {
    const token = sign(
      () => ({
        userId: 'ada',
        userDirectory: 'ACME',
        jti: 'a',
        iat: now(),
        nbf: now(),
        exp: now() + 60,
      }),
      { kid: '' },
    )
    const { exitCode, out } = await inspect(token, '--json')
    expect({ exitCode, target: JSON.parse(out).target }).toEqual({
      exitCode: 0,
      target: 'client-managed Qlik',
    })
  })

  it('lets no control character of a token reach the terminal', async () => {
    const { out } = await inspect(sign((all) => ({ ...all, name: 'a\u001b[2J\u009b\u202eb' })))
    for (const sign of ['\u001b', '\u009b', '\u202e']) expect(out).not.toContain(sign)
  })
})
