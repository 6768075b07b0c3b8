import type { KeyObject, X509Certificate } from 'node:crypto'
import { isJotgateError } from '../../errors/index.ts'
import { sharesPrime } from '../../token/index.ts'
import type { Finding } from '../../values/index.ts'
import { signatureAlgorithmOf } from '../form/der.ts'
import { parseCertificate } from '../read/certificate.ts'
import { parsePrivateKey, privateKeyProblem } from '../read/private-key.ts'
import { type KeySource, readSource } from '../source/key-source.ts'
import { qlikOwnCertificate } from '../strength/qlik-certificate.ts'
import { modulusOf, strengthProblem } from '../strength/strength.ts'
import { keyFinding, toFinding } from './key-rules.ts'

/** What to check; a private key, a certificate, or both. */
export interface CheckKeyOptions {
  /** The private key that signs. */
  privateKey?: KeySource & { passphrase?: string }
  /** The certificate that Qlik has. One in the same file as the private key is checked too. */
  certificate?: KeySource
  /** Other public keys in use, to look for a prime that this key shares with one of them. */
  others?: readonly { kid: string; n: string }[]
  /**
   * Whether the key is for production. Then the key of Qlik's own certificate is `refused`, otherwise `advice`.
   * Default true.
   */
  production?: boolean
  /** The time at which dates are evaluated, in milliseconds since 1970. Default `Date.now`. */
  clock?: () => number
}

const soonMs = 30 * 86_400_000

/** MD5, SHA-1, and SHA-1 as OIW named it, each with RSA. */
const weakSignatures: ReadonlySet<string | undefined> = new Set([
  '2a864886f70d010104',
  '2a864886f70d010105',
  '2b0e03021d',
])

/** Debian's lists of weak keys are for these sizes. */
const debianSizes = [1024, 2048, 4096]

/**
 * Reports what is wrong with a key, or could be: everything that `readSigningKey` refuses, and what it accepts
 * but its owner should know. A key that cannot be read is a finding, not an exception. No finding holds a byte
 * of a key.
 *
 * @param options see `CheckKeyOptions`
 * @returns findings; an empty array when nothing was found
 * @throws TypeError when neither a private key nor a certificate is given
 * @see docs/guides/keys.md for what is checked, and what is not
 * @example
 * const findings = await checkKey({
 *   privateKey: { file: 'keys/qlik.pem' },
 *   certificate: { file: 'keys/qlik.cer' },
 * })
 * for (const { effect, title, detail, hint } of findings) console.log(effect, title, detail, hint)
 */
export async function checkKey(options: CheckKeyOptions): Promise<Finding[]> {
  const { privateKey, certificate, others = [], production = true, clock = Date.now } = options
  if (privateKey === undefined && certificate === undefined)
    throw new TypeError('The option privateKey or certificate is needed')
  const findings: Finding[] = []
  const pair = privateKey && (await readPair(privateKey, findings))
  const given = certificate && (await readGiven(certificate, findings))
  const publicKey = pair?.publicKey ?? given?.certificate.publicKey
  if (publicKey !== undefined) {
    const source = pair?.source ?? given?.source ?? ''
    const problem = pair
      ? await privateKeyProblem(pair, source)
      : strengthProblem(publicKey, source)
    if (problem !== undefined) findings.push(toFinding(problem))
    findings.push(...checkPublicKey(publicKey, source, others))
  }
  const certificates = [...(given ? [given.certificate] : []), ...beside(pair)]
  if (given && pair && !belongs(given.certificate, pair.publicKey))
    findings.push(keyFinding('certificate-of-other-key', `${given.source} belongs to another key`))
  for (const each of certificates)
    findings.push(...checkCertificate(each, { production, now: clock() }))
  return withoutRepeats(findings)
}

async function readPair(
  options: KeySource & { passphrase?: string },
  findings: Finding[],
): Promise<ReadPair | undefined> {
  return await collect(findings, async () => {
    const found = await readSource(options, true)
    return { ...(await parsePrivateKey(found, options.passphrase)), source: found.source }
  })
}

type ReadPair = Awaited<ReturnType<typeof parsePrivateKey>> & { source: string }

async function readGiven(options: KeySource, findings: Finding[]) {
  return await collect(findings, async () => {
    const found = await readSource(options, false)
    return { certificate: parseCertificate(found), source: found.source }
  })
}

/** An error about the key becomes a finding; a TypeError stays an exception. */
async function collect<Result>(
  findings: Finding[],
  read: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await read()
  } catch (error) {
    if (!isJotgateError(error)) throw error
    findings.push(toFinding(error))
    return undefined
  }
}

const beside = (pair: ReadPair | undefined): X509Certificate[] =>
  pair?.certificates.filter((certificate) => belongs(certificate, pair.publicKey)) ?? []

function belongs(certificate: X509Certificate, publicKey: KeyObject): boolean {
  return certificate.publicKey.equals(publicKey)
}

function* checkPublicKey(
  publicKey: KeyObject,
  source: string,
  others: readonly { kid: string; n: string }[],
): Generator<Finding> {
  if (publicKey.asymmetricKeyType !== 'rsa') return
  const modulus = modulusOf(publicKey.export({ format: 'jwk' }))
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits >= 2048 && bits < 3072)
    yield keyFinding('key-below-3072-bits', `${source} holds a key of ${bits} bits`)
  if (debianSizes.includes(bits))
    yield keyFinding('key-debian-not-checked', `${source} holds a key of ${bits} bits`)
  const other = others.find((one) => {
    const theirs = modulusOf(one)
    return theirs.length > 0 && sharesPrime(modulus, theirs)
  })
  if (other !== undefined)
    yield keyFinding('key-shares-prime', `${source} shares a prime with the key ${other.kid}`)
}

function* checkCertificate(
  certificate: X509Certificate,
  { production, now }: { production: boolean; now: number },
): Generator<Finding> {
  const from = certificate.validFromDate
  const to = certificate.validToDate
  if (from.getTime() > now)
    yield keyFinding('certificate-not-yet-valid', `It is valid from ${from.toISOString()}`)
  if (to.getTime() < now)
    yield keyFinding('certificate-expired', `It was valid until ${to.toISOString()}`)
  else if (to.getTime() - now < soonMs)
    yield keyFinding('certificate-expires-soon', `It is valid until ${to.toISOString()}`)
  if (weakSignatures.has(signatureAlgorithmOf(certificate.raw))) {
    const maker = certificate.subject === 'CN=qs-jwt' ? '. This is what qs-jwt makes: SHA-1' : ''
    const detail = `Its signature proves nothing about who made it${maker}`
    yield keyFinding('certificate-weak-signature', detail)
  }
  const role = qlikOwnCertificate(certificate)
  if (role !== undefined) {
    const detail = `It is the site's ${role} key, issued by ${certificate.issuer}`
    yield keyFinding('key-qlik-own', detail, production ? {} : { effect: 'advice' })
  }
}

/** The given certificate is often the same as the one in the key's file. */
function withoutRepeats(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>()
  return findings.filter(({ id, detail }) => {
    const key = `${id}\n${detail}`
    return seen.has(key) ? false : seen.add(key)
  })
}
