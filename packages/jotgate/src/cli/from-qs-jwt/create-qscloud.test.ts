// `create-qscloud` as scripts have it for qs-jwt 1.14, with the first word changed: each option once at least.
import { readFile } from 'node:fs/promises'
import { importX509, jwtVerify } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import { prepareOldLines, without, withValue } from './old-lines.fixture.ts'

const { at, pair, run, tokenOf, qscloud, remove } = await prepareOldLines()
afterAll(remove)

describe('create-qscloud', () => {
  it('--username, --useremail, --useremail-verified, --issuer, --keyid, --expires make a right token', async () => {
    const { header, payload, err } = await tokenOf(...qscloud())
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'acme-1' })
    expect(payload).toEqual({
      sub: 'ada@acme.example',
      subType: 'user',
      name: 'Ada',
      email: 'Ada@acme.example',
      email_verified: true,
      iss: 'acme.example',
      aud: 'qlik.api/login/jwt-session',
      iat: expect.any(Number),
      nbf: payload.iat,
      exp: Number(payload.iat) + 3600,
      jti: expect.any(String),
    })
    // What is different, and why.
    expect(err).toMatch(/subject is the e-mail address in lower case, since .*--sub/)
    expect(err).toMatch(/`groups`, the only one that Qlik Cloud reads/)
  })

  it('tells everything that is wrong at once', async () => {
    const { exitCode, out, err } = await run(
      ...['create-qscloud', '--expires', '24h', '--useremail-verified', 'banana'],
      ...['--cert-create', '--cert-create-expires-days', '0', '--cert-file-prefix', at('none-')],
    )
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    for (const words of [
      '--issuer is missing',
      '--keyid is missing',
      '1 to 7300',
      'the subject is missing',
      '--username is missing',
      '--useremail is missing',
      'JSON boolean',
      'over one hour',
    ])
      expect(err).toContain(words)
  })

  it('is the same person at every run', async () => {
    const subjects = [await tokenOf(...qscloud()), await tokenOf(...qscloud())].map(
      ({ payload }) => payload.sub,
    )
    expect(new Set(subjects).size).toBe(1)
  })

  it('--sub says who it is', async () => {
    expect((await tokenOf(...qscloud('--sub', 'acme|42'))).payload.sub).toBe('acme|42')
  })

  it('--groups become the claim that Qlik Cloud reads', async () => {
    const { payload } = await tokenOf(...qscloud('--groups', 'sales', 'press'))
    expect(payload).toMatchObject({ groups: ['sales', 'press'] })
    expect(payload).not.toHaveProperty('group')
  })

  it('--useremail-verified False is the boolean', async () => {
    const line = withValue(qscloud(), '--useremail-verified', 'False')
    expect((await tokenOf(...line)).payload.email_verified).toBe(false)
  })

  it('--cert-privatekey, --minimal-output and --loglevel are as at create-qseow', async () => {
    const line = without(
      qscloud('--minimal-output', '--loglevel', 'error'),
      '--cert-privatekey-file',
    )
    await tokenOf(...line, '--cert-privatekey', pair.privateKeyPem)
  })

  it('--cert-create signs with the new key, whatever other key is given, and says so', async () => {
    const more = [
      '--cert-create',
      '--cert-file-prefix',
      at('cloud-'),
      '--cert-create-expires-days',
      '30',
    ]
    const { exitCode, out, err } = await run(...qscloud(...more))
    expect(exitCode).toBe(0)
    expect(err).toContain('a new key signs')
    const certificate = await readFile(at('cloud-publickey.cer'), 'utf8')
    await jwtVerify(out.trim(), await importX509(certificate, 'RS256'))
  })

  it.each([
    [without(without(qscloud(), '--useremail'), '--useremail-verified'), 'the subject is missing'],
    [without(qscloud(), '--username'), '--username is missing'],
    [without(qscloud(), '--useremail-verified'), '--useremail-verified is missing'],
    [without(qscloud(), '--issuer'), '--issuer is missing'],
    [without(qscloud(), '--keyid'), '--keyid is missing'],
    [withValue(qscloud(), '--useremail-verified', 'banana'), 'JSON boolean'],
    [withValue(qscloud(), '--expires', '365d'), '3600 seconds'],
    [withValue(qscloud(), '--expires', '24h'), '--expires 1h'],
    [[...qscloud(), '--userdir', 'ACME'], '--userdir is unknown'],
    [[...qscloud(), '--loglevel', 'loud'], 'must be one of'],
    [[...qscloud(), '--cert-create', 'maybe'], 'true or false'],
  ])('refuses %j', async (line, words) => {
    expect(await run(...line)).toMatchObject({
      exitCode: 2,
      out: '',
      err: expect.stringContaining(words),
    })
  })
})
