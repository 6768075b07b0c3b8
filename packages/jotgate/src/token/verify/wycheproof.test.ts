// Vectors that Google and others made to break verifiers. They are not in the repository:
// JOTGATE_CORPORA names the folder that holds them, and without it this file says that it was skipped.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { SigningAlgorithm } from '../../values/index.ts'
import { checkToken } from '../check.ts'
import { clientManaged } from '../client-managed.ts'
import { cloud } from '../deployment.ts'
import { readTokenText } from '../token-text.ts'
import { isKeyFound, readKeyText } from './public-key.ts'
import { rsaKeyProblem } from './rsa-key.ts'
import { type SignatureVerdict, verifyRsa, verifySignature } from './signature.ts'
import { readTrust } from './trust.ts'

const folder = `${process.env.JOTGATE_CORPORA ?? ''}/wycheproof`
const absent = !existsSync(folder)
if (absent) console.warn('Skipped: Wycheproof. JOTGATE_CORPORA names no folder that holds it.')

interface Vector {
  tcId: number
  jws: string
  msg: string
  sig: string
  result: 'valid' | 'invalid' | 'acceptable'
}

interface Group {
  public: { alg?: string; kty: string } & { keys: object[] }
  private: object
  publicKeyDer: string
  sha: string
  tests: Vector[]
}

const readGroups = (file: string): Group[] =>
  (JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as { testGroups: Group[] }).testGroups

const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })

const server = clientManaged({
  url: 'https://sense.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: { userId: 'userId', userDirectory: 'userDirectory' },
})

/** Vectors signed with keys whose private half is in an RFC: right, and refused all the same. */
const publishedKeys = [33, 345, 349]

const isPublished = (signature: SignatureVerdict) =>
  'problem' in signature && signature.problem.startsWith('is publicly known')

describe.skipIf(absent)('Wycheproof', () => {
  it('JWS: of the 16 valid RS vectors those with secret keys verify, all others are refused', async () => {
    const accepted: string[] = []
    const published: number[] = []
    const wrong: string[] = []
    let count = 0
    for (const { public: publicKey, private: secret, tests } of readGroups(
      'json_web_signature_test.json',
    )) {
      const jwk = publicKey ?? secret
      for (const { tcId, jws, result } of tests) {
        count += 1
        // The key's own algorithm, as the vector has it, if it is one that jotgate has.
        const algorithms = [jwk.alg as SigningAlgorithm].filter((alg) => /^RS\d{3}$/.test(alg))
        const signature = await verifySignature(
          readTokenText(jws),
          readTrust({ key: jwk }),
          algorithms,
        )
        const { verdict } = signature
        const isRight = result === 'valid' && algorithms.length === 1
        if (isRight && isPublished(signature)) published.push(tcId)
        const expected = isRight && !publishedKeys.includes(tcId)
        if ((verdict === 'valid') !== expected) wrong.push(`${tcId} ${verdict}`)
        if (verdict === 'valid') accepted.push(`${jwk.alg}`)
      }
    }
    expect(wrong).toEqual([])
    expect(count).toBe(401)
    expect(published).toEqual(publishedKeys)
    expect(accepted.sort()).toEqual([
      ...Array(5).fill('RS256'),
      ...Array(4).fill('RS384'),
      ...Array(4).fill('RS512'),
    ])
  })

  it('JWS: checkToken finds fault with the signature of every invalid one, and of no valid one', async () => {
    const faults = /^(form-|signature-|(cloud|client-managed)-(algorithm|key))/
    const wrong: string[] = []
    const accepted: string[] = []
    for (const { public: publicKey, private: secret, tests } of readGroups(
      'json_web_signature_test.json',
    )) {
      const jwk = publicKey ?? secret
      for (const [{ tcId, jws, result }, deployment] of tests.flatMap((vector) =>
        [tenant, server].map((one) => [vector, one] as const),
      )) {
        const { findings } = await checkToken(jws, deployment, { key: jwk })
        // The payload of every vector is some text, not JSON: that is a finding too, and is not meant here.
        const found = findings.filter(
          ({ id, effect, detail }) =>
            faults.test(id) &&
            effect !== 'ignored' &&
            (id !== 'form-json' || detail.includes('The header')),
        )
        const algorithms = deployment === tenant ? ['RS256'] : ['RS256', 'RS384', 'RS512']
        const isRight = result === 'valid' && algorithms.includes(String(jwk.alg))
        const sound = isRight && !publishedKeys.includes(tcId)
        if ((found.length === 0) !== sound) wrong.push(`${tcId} ${found.map(({ id }) => id)}`)
        if (found.length === 0) accepted.push(`${deployment.product} ${jwk.alg}`)
      }
    }
    expect(wrong).toEqual([])
    // Qlik Cloud accepts RS256, client-managed Qlik all three: 16 valid vectors, 3 of them with published keys.
    expect(accepted.filter((one) => one.startsWith('cloud'))).toHaveLength(5)
    expect(accepted.filter((one) => one.startsWith('client-managed'))).toHaveLength(13)
  })

  it('JWK: a good set is used, unclear and weak ones are not', async () => {
    const accepted: number[] = []
    for (const { public: publicKey, private: secret, tests } of readGroups(
      'json_web_key_test.json',
    )) {
      const jwks = publicKey ?? secret
      for (const { tcId, jws } of tests) {
        const trust = readTrust({ jwks })
        const signature = await verifySignature(readTokenText(jws), trust, ['RS256'])
        if (signature.verdict === 'valid' || isPublished(signature)) accepted.push(tcId)
      }
    }
    // The good set has the key of an RFC, whose private half is public. Refused among the RSA ones: 1 mixed set, 4 duplicate kid, 6 use, 7 ROCA, 8 small, 9 exponent, 24 kty.
    expect(accepted).toEqual([5])
  })

  it('RSA: of 2,330 raw signatures the 68 valid ones are accepted and no other', async () => {
    const counts = { valid: 0, invalid: 0, acceptable: 0 }
    let accepted = 0
    for (const file of readdirSync(folder).filter((name) => name.startsWith('rsa_signature_'))) {
      for (const { publicKeyDer, sha, tests } of readGroups(file)) {
        const key = readKeyText(Uint8Array.from(Buffer.from(publicKeyDer, 'hex')))
        if (!isKeyFound(key)) throw new Error(`${file}: the key ${key.problem}`)
        // Some keys have the exponent 3: right by the primitive, and refused as keys.
        const usual = Buffer.from(key.numbers.e).toString('hex') === '010001'
        expect(rsaKeyProblem(key.numbers) === undefined, file).toBe(usual)
        for (const { tcId, msg, sig, result } of tests) {
          counts[result] += 1
          const algorithm = `RS${sha.slice(4)}` as SigningAlgorithm
          const bytes = [Buffer.from(sig, 'hex'), Buffer.from(msg, 'hex')] as const
          const right = await verifyRsa(algorithm, key.numbers, ...bytes)
          expect(right, `${file} ${tcId}`).toBe(result === 'valid')
          if (right) accepted += 1
        }
      }
    }
    expect(counts).toEqual({ valid: 68, invalid: 2253, acceptable: 9 })
    expect(accepted).toBe(68)
  })
})
