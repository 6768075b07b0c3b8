import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { type CertifiedKey, createAuthority, type TestAuthority } from '../../qlik/tls.fixture.ts'
import { readTlsCertificate } from './tls-certificate.ts'

const host = 'qlik.acme.example'
const now = Date.parse('2026-11-29T12:00:00Z')
const day = 86_400_000
const wishes = {
  name: 'gateway',
  hosts: [host],
  notBefore: new Date(now - day),
  notAfter: new Date(now + 90 * day),
}

let authority: TestAuthority
let pair: CertifiedKey
beforeAll(async () => {
  authority = await createAuthority()
  pair = await authority.certify(wishes)
})

const problemOf = (given: CertifiedKey, hosts: readonly string[] = [host]) =>
  readTlsCertificate({ source: 'qlik.pem', ...given }, hosts, now).problems?.[0].problem

describe('a certificate of the gateway', () => {
  it('is taken with those of its issuers', async () => {
    const certificate = `qlik\n${pair.certificate}\n${authority.ca}`
    expect(
      readTlsCertificate({ ...pair, certificate }, [host, 'other.example'], now).value,
    ).toEqual({
      source: 'tls',
      hosts: [host],
      expiresAt: now + 90 * day,
      cert: certificate,
      key: pair.key,
    })
    for (const key of ['RSA-2048'] as const)
      expect(problemOf(await authority.certify({ ...wishes, key })), key).toBeUndefined()
    const usages = ['1.3.6.1.5.5.7.3.1']
    expect(problemOf(await authority.certify({ ...wishes, usages }))).toBeUndefined()
  })

  it.each([
    ['qlik.acme.example', ['*.acme.example'], undefined],
    ['qlik.acme.example', ['QLIK.acme.example'], undefined],
    [
      'qlik.eu.acme.example',
      ['*.acme.example'],
      /^is not for qlik\.eu\.acme\.example: it names \*/,
    ],
    ['qlik.acme.example', ['qlik*.acme.example'], /^is not for/],
    ['qlik.acme.example', [], /it names no host/],
    ['127.0.0.1', ['127.0.0.1'], undefined],
    ['[::1]', ['::1'], undefined],
    ['127.0.0.1', ['localhost'], /^is not for 127\.0\.0\.1/],
  ] as const)('for %s with names %j', async (name, names, problem) => {
    const isAddress = (one: string) => /^[\d.:]+$/.test(one)
    const given = await authority.certify({
      ...wishes,
      // The common name is none that a browser reads.
      name,
      hosts: names.filter((one) => !isAddress(one)),
      addresses: names.filter(isAddress),
    })
    const found = problemOf(given, [name])
    if (problem === undefined) expect(found).toBeUndefined()
    else expect(found).toMatch(problem)
  })

  it('is refused for what a browser would refuse', async () => {
    const other = await authority.certify(wishes)
    const encrypted = createPrivateKey(pair.key)
      .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'secret' })
      .toString()
    const foreign = generateKeyPairSync('ed25519').privateKey
    const cases: [CertifiedKey, RegExp][] = [
      [{ ...pair, certificate: 'nothing' }, /no certificate in PEM/],
      [
        { ...pair, certificate: pair.certificate.replace(/[A-Z]{2}/g, '') },
        /no certificate in PEM/,
      ],
      [{ ...pair, certificate: pair.certificate + pair.key }, /private key beside the certificate/],
      [{ ...pair, key: '' }, /not PEM, is damaged, or is encrypted/],
      [{ ...pair, key: encrypted }, /encrypted/],
      [{ ...pair, key: other.key }, /does not belong to the first certificate/],
      [{ ...pair, key: foreign.export({ format: 'pem', type: 'pkcs8' }).toString() }, /browsers/],
      [{ ...pair, certificate: pair.certificate + other.certificate }, /not in order/],
      [await authority.certify({ ...wishes, key: 'P-521' }), /that browsers do not take/],
      [await authority.certify({ ...wishes, key: 'RSA-1024' }), /fewer than 2048 bits/],
      [
        await authority.certify({ ...wishes, notAfter: new Date(now) }),
        /has expired on 2026-11-29/,
      ],
      [
        await authority.certify({ ...wishes, notBefore: new Date(now + day) }),
        /is not valid before 2026-11-30/,
      ],
      [await authority.certify({ ...wishes, usages: ['1.3.6.1.5.5.7.3.2'] }), /is not for servers/],
    ]
    for (const [given, problem] of cases) {
      const found = problemOf(given)
      expect(found).toMatch(problem)
      for (const secret of [pair.key, given.key].filter((one) => one !== ''))
        expect(found).not.toContain(secret.slice(40, 60))
    }
    expect(problemOf({} as CertifiedKey)).toMatch(/must have `certificate` and `key`/)
    expect(readTlsCertificate(null as never, [host], now).problems?.[0].option).toBe('tls')
  })
})
