import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { primeAfter, randomPrime, rocaPrime } from '../../token/strength/primes.fixture.ts'
import { createKeyPair, type KeyPair } from '../create/create-key-pair.ts'
import { privateKeyOf, withOtherModulus } from '../strength/weak-keys.fixture.ts'
import { makeDesPkcs8, makePfx, makeRequest } from './openssl.fixture.ts'

/** A key file: its content, and the expected result of reading it. */
export interface OddKeyFile {
  name: string
  content: Uint8Array | string
  /** The error's code, or `good`. */
  expected: string
  passphrase?: string
  /** A part of the expected message or hint. */
  says?: string
  mode?: number
}

const passphrase = 'correct horse'

/** An encrypted file with its own passphrase, another one, or none. */
function file(name: string, content: Uint8Array | string, given?: string): OddKeyFile {
  const what =
    given === undefined
      ? 'no passphrase'
      : given === passphrase
        ? 'its passphrase'
        : 'another passphrase'
  const expected =
    given === undefined
      ? { expected: 'ERR_KEY_ENCRYPTED', says: 'passphrase' }
      : given === passphrase
        ? { expected: 'good', passphrase }
        : { expected: 'ERR_KEY_PASSPHRASE', says: 'passphrase', passphrase: given }
  return { name: `${name}, ${what}`, content, ...expected }
}

const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1', cipher?: string): string =>
  key
    .export({
      type: type as 'pkcs8',
      format: 'pem',
      ...(cipher === undefined ? {} : { cipher, passphrase }),
    })
    .toString()

/** Makes the files for the tests of reading, and the key pair that most of them hold. */
export async function makeOddKeyFiles(
  folder: string,
): Promise<{ pair: KeyPair; files: OddKeyFile[] }> {
  const pair = await createKeyPair({ bits: 2048 })
  const files = [
    ...goodForms(pair, folder),
    ...encryptedForms(pair),
    ...pfxFiles(pair, folder),
    ...damagedForms(pair),
    ...wrongThings(pair, folder),
    ...weakKeys(),
  ]
  return { pair, files }
}

function goodForms(pair: KeyPair, folder: string): OddKeyFile[] {
  const { privateKeyPem, certificatePem } = pair
  const key = createPrivateKey(privateKeyPem)
  const pkcs1 = pem(key, 'pkcs1')
  const der = key.export({ type: 'pkcs8', format: 'der' })
  const pkcs1Der = key.export({ type: 'pkcs1', format: 'der' })
  const oneLine = privateKeyPem.trim().replaceAll('\n', ' ')
  const good = (name: string, content: Uint8Array | string): OddKeyFile => ({
    name,
    content,
    expected: 'good',
  })
  return [
    good('PKCS#8', privateKeyPem),
    good('PKCS#1', pkcs1),
    good('PKCS#8 in DER', der),
    good('PKCS#1 in DER', pkcs1Der),
    good('CRLF', privateKeyPem.replaceAll('\n', '\r\n')),
    good('CR alone', privateKeyPem.replaceAll('\n', '\r')),
    good('no line break at the end', privateKeyPem.trim()),
    good('a byte order mark', `\uFEFF${privateKeyPem}`),
    good('UTF-16, as PowerShell writes', utf16(privateKeyPem)),
    good('UTF-16, big-endian', utf16(privateKeyPem).swap16()),
    good('literal \\n for line breaks', privateKeyPem.replaceAll('\n', '\\n')),
    good('literal \\r\\n for line breaks', privateKeyPem.replaceAll('\n', '\\r\\n')),
    good('literal \\n in quotes', JSON.stringify(privateKeyPem)),
    good('blanks for line breaks', oneLine),
    good('no line breaks at all', privateKeyPem.replaceAll('\n', '')),
    good('indented lines', privateKeyPem.replaceAll('\n', '\n    ')),
    good('a comment before and after', `Bag Attributes\n  friendlyName: x\n${pkcs1}\nbye`),
    good('its certificate after it', privateKeyPem + certificatePem),
    good('its certificate before it', certificatePem + privateKeyPem),
    good('a damaged certificate after it', privateKeyPem + certificatePem.replace('MII', 'AAA')),
    good('base64 of the PEM', Buffer.from(privateKeyPem).toString('base64')),
    good('base64 of the PEM in lines', inLines(Buffer.from(privateKeyPem).toString('base64'))),
    good('base64 of DER', der.toString('base64')),
    good('base64url of DER', pkcs1Der.toString('base64url')),
    good(
      'PFX without a passphrase',
      makePfx(pair, folder, '', ['-keypbe', 'NONE', '-certpbe', 'NONE']),
    ),
  ]
}

function encryptedForms(pair: KeyPair): OddKeyFile[] {
  const key = createPrivateKey(pair.privateKeyPem)
  const pkcs8 = pem(key, 'pkcs8', 'aes-256-cbc')
  const traditional = pem(key, 'pkcs1', 'aes-128-cbc')
  const protection = { cipher: 'aes-256-cbc', passphrase } as const
  const der = key.export({ type: 'pkcs8', format: 'der', ...protection })
  return [
    file('encrypted PKCS#8', pkcs8, passphrase),
    file('encrypted PKCS#8', pkcs8),
    file('encrypted PKCS#8', pkcs8, 'battery staple'),
    file('encrypted PKCS#8', pkcs8, ''),
    file('encrypted PKCS#8 in DER', der, passphrase),
    file('encrypted PKCS#8 in DER', der),
    file('encrypted PKCS#8 in base64', der.toString('base64'), passphrase),
    file('traditional encrypted PEM', traditional, passphrase),
    file('traditional encrypted PEM', traditional),
    file('traditional encrypted PEM', traditional, 'battery staple'),
    file(
      'traditional encrypted PEM with literal \\n',
      traditional.replaceAll('\n', '\\n'),
      passphrase,
    ),
    file('traditional encrypted PEM in one line', traditional.replaceAll('\n', ' '), passphrase),
    {
      name: 'encrypted PKCS#8 with DES',
      content: makeDesPkcs8(pair.privateKeyPem, passphrase),
      passphrase,
      expected: 'ERR_KEY_FOREIGN',
      says: 'openssl pkey -provider legacy',
    },
    {
      name: 'a passphrase that is not needed',
      content: pair.privateKeyPem,
      passphrase,
      expected: 'good',
    },
  ]
}

function pfxFiles(pair: KeyPair, folder: string): OddKeyFile[] {
  const pfx = (...options: string[]) => makePfx(pair, folder, passphrase, options)
  const [aes, withoutMac] = [pfx(), pfx('-nomac')]
  return [
    file('PFX with AES', aes, passphrase),
    file('PFX with AES', aes),
    file('PFX with AES', aes, 'battery staple'),
    file('PFX with AES in base64', aes.toString('base64'), passphrase),
    file(
      'PFX with 3DES, as older Windows exports',
      pfx('-legacy', '-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES'),
      passphrase,
    ),
    file('PFX without a MAC', withoutMac, passphrase),
    file('PFX without a MAC', withoutMac),
    file('PFX without a MAC', withoutMac, 'battery staple'),
    file('PFX without a certificate', pfx('-nocerts'), passphrase),
    {
      name: 'PFX without a private key',
      content: pfx('-nokeys'),
      passphrase,
      expected: 'ERR_KEY_WRONG_HALF',
      says: 'without a private key',
    },
    {
      name: 'PFX with RC2 of 40 bits',
      content: pfx('-legacy', '-keypbe', 'PBE-SHA1-RC2-40'),
      passphrase,
      expected: 'ERR_KEY_FOREIGN',
      says: 'openssl pkcs12 -legacy',
    },
  ]
}

function damagedForms({ privateKeyPem, certificatePem }: KeyPair): OddKeyFile[] {
  const key = createPrivateKey(privateKeyPem)
  const der = key.export({ type: 'pkcs8', format: 'der' })
  const form = (name: string, content: Uint8Array | string, says: string): OddKeyFile => ({
    name,
    content,
    expected: 'ERR_KEY_FORM',
    says,
  })
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  return [
    form('nothing', '', 'empty'),
    form('blanks', ' \n\t\r\n', 'empty'),
    form('zero bytes', Buffer.alloc(64), 'does not hold PEM'),
    form('prose', 'the key is in the other folder, ask Ada', 'does not hold PEM'),
    form('a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'does not hold PEM'),
    form('a web page', '<!doctype html><title>404</title>', 'does not hold PEM'),
    form('a JWK', JSON.stringify(key.export({ format: 'jwk' })), 'JSON'),
    form('cut off in the middle', privateKeyPem.slice(0, 700), 'truncated'),
    form('the BEGIN line alone', '-----BEGIN PRIVATE KEY-----\n', 'truncated'),
    form('no BEGIN line', privateKeyPem.slice(privateKeyPem.indexOf('\n')), 'truncated'),
    form('END of another kind', privateKeyPem.replace('END P', 'END RSA P'), 'truncated'),
    form('four dashes', privateKeyPem.replaceAll('-----', '----'), 'does not hold PEM'),
    form('no body', '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n', 'damaged'),
    form('a line lost', privateKeyPem.replace(/\n.*\n/, '\n'), 'damaged'),
    form('a letter lost', privateKeyPem.replace('\nMII', '\nMI'), 'damaged'),
    form(
      'the wrong label',
      privateKeyPem.replaceAll('PRIVATE', 'RSA PRIVATE').replace('MII', 'AAA'),
      'damaged',
    ),
    form('two keys', privateKeyPem + privateKeyPem, '2 private keys'),
    form('DER that is cut off', der.subarray(0, der.length - 1), 'DER'),
    form('DER with a trailing byte', Buffer.concat([der, Buffer.of(0)]), 'DER'),
    form('DER of something else', Buffer.from('3003020101', 'hex'), 'DER'),
    form(
      'a truncated key after a complete certificate',
      certificatePem + privateKeyPem.slice(0, 500),
      'truncated',
    ),
    form(
      'base64 of base64',
      Buffer.from(der.toString('base64')).toString('base64'),
      'does not hold PEM',
    ),
    {
      name: 'a modulus of another key',
      content: withOtherModulus(key, other),
      expected: 'ERR_KEY_DAMAGED',
    },
    { name: '70 KB', content: privateKeyPem.repeat(40), expected: 'ERR_KEY_TOO_LARGE' },
    {
      name: 'a mode of 0644',
      content: privateKeyPem,
      mode: 0o644,
      expected: 'ERR_KEY_MODE',
      says: 'chmod 600',
    },
  ]
}

function wrongThings(pair: KeyPair, folder: string): OddKeyFile[] {
  const { publicKeyPem, certificatePem, certificateLine, privateKeyPem } = pair
  const pkcs8 = (key: KeyObject) => pem(key, 'pkcs8')
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const half = (name: string, content: Uint8Array | string): OddKeyFile => ({
    name,
    content,
    expected: 'ERR_KEY_WRONG_HALF',
    says: 'private key',
  })
  const type = (name: string, content: Uint8Array | string): OddKeyFile => ({
    name,
    content,
    expected: 'ERR_KEY_TYPE',
    says: 'RSA',
  })
  const foreign = (name: string, content: Uint8Array | string, says: string): OddKeyFile => ({
    name,
    content,
    expected: 'ERR_KEY_FOREIGN',
    says,
  })
  const request = makeRequest(privateKeyPem, folder)
  return [
    half('the public key', publicKeyPem),
    half('the certificate', certificatePem),
    half('the certificate in one line', certificateLine),
    half('a certificate request', request),
    type('an EC key', pkcs8(curve)),
    type('an EC key in its old form', pem(curve, 'sec1')),
    type('an EC key in DER', curve.export({ type: 'pkcs8', format: 'der' })),
    type('an Ed25519 key', pkcs8(generateKeyPairSync('ed25519').privateKey)),
    type(
      'an Ed25519 key in DER',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' }),
    ),
    type(
      'an RSA-PSS key',
      pkcs8(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey),
    ),
    foreign(
      'an OpenSSH key',
      ['BEGIN', 'END']
        .map((side) => `-----${side} OPENSSH PRIVATE KEY-----`)
        .join('\nb3BlbnNzaA==\n'),
      'ssh-keygen -p -m PKCS8',
    ),
    foreign(
      'an OpenSSH public key',
      'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ ada@acme',
      'ssh-keygen -e',
    ),
    foreign('a PuTTY key', 'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n', 'puttygen'),
    foreign('a Java key store', Buffer.from('feedfeed0000000200000001', 'hex'), 'keytool'),
  ]
}

function weakKeys(): OddKeyFile[] {
  const weak = (name: string, key: KeyObject, expected: string, says?: string): OddKeyFile => ({
    name,
    content: pem(key, 'pkcs8'),
    expected,
    ...(says === undefined ? {} : { says }),
  })
  const made = (modulusLength: number, publicExponent = 65537) =>
    generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey
  const prime = randomPrime(1024)
  return [
    weak('1024 bits', made(1024), 'ERR_KEY_SIZE', '3072'),
    weak('2047 bits', made(2047), 'ERR_KEY_SIZE'),
    weak('an exponent of 3', made(2048, 3), 'ERR_KEY_EXPONENT'),
    weak('an exponent of 2^32 - 1', made(2048, 4_294_967_295), 'ERR_KEY_EXPONENT'),
    weak(
      'primes of the ROCA family',
      privateKeyOf(rocaPrime(1024), rocaPrime(1024)),
      'ERR_KEY_WEAK',
      'ROCA',
    ),
    weak('primes that are close', privateKeyOf(primeAfter(prime), prime), 'ERR_KEY_WEAK', 'Fermat'),
    weak(
      'a short prime',
      privateKeyOf(randomPrime(2040), 65_539n),
      'ERR_KEY_WEAK',
      'not of the same length',
    ),
  ]
}

const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')

const inLines = (text: string) => text.replaceAll(/.{76}/g, '$&\n')
