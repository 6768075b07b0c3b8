import type { JotgateError } from '../../errors/index.ts'
import { keyErrors } from '../errors.ts'
import type { SourceBytes } from '../source/key-source.ts'
import { labelOfDer, looksLikeDer } from './der.ts'
import {
  countBegins,
  isCertificate,
  isPublic,
  nameOfBlock,
  type PemBlock,
  pemBlocks,
  toPemBlock,
} from './pem.ts'

/**
 * Recognises the form of a key or certificate and converts it to PEM blocks. It may be PEM (also with line breaks
 * that are missing or written as `\n`), DER, PFX (which becomes a block `PKCS12`), base64 of these, or UTF-16 text
 * as Windows PowerShell writes it.
 */
export function toBlocks({ bytes, source }: SourceBytes): PemBlock[] {
  return blocksOf(bytes, source, true)
}

/** The text, when it looks like a JSON object. */
export function jsonTextOf(bytes: Buffer): string | undefined {
  const text = textOf(bytes).trim()
  return text.startsWith('{') ? text : undefined
}

function blocksOf(bytes: Buffer, source: string, mayBeBase64: boolean): PemBlock[] {
  const refuse = (problem: string) => keyErrors.ERR_KEY_FORM({ source, problem })
  if (looksLikeDer(bytes)) return [{ ...blockOfDer(bytes, source), isFromDer: true }]
  const text = textOf(bytes)
  if (text.trim() === '') throw refuse('is empty')
  const foreign = foreignForm(bytes, text)
  if (foreign !== undefined) throw keyErrors.ERR_KEY_FOREIGN({ source, ...foreign })
  if (text.includes('-----')) {
    // Environment variables and JSON files often have the two characters \ and n for each line break.
    const unescaped = text.replaceAll(/\\r\\n|\\n|\\r/g, '\n')
    const blocks = pemBlocks(unescaped)
    if (blocks.length === 0 || blocks.length < countBegins(unescaped))
      throw refuse('holds truncated or damaged PEM text')
    return blocks
  }
  if (jsonTextOf(bytes) !== undefined) throw refuse('holds JSON instead of PEM, DER or PFX')
  const decoded = mayBeBase64 ? fromBase64(text) : undefined
  if (decoded === undefined) throw refuse('does not hold PEM, DER, PFX, or base64 of these')
  return blocksOf(decoded, source, false)
}

function blockOfDer(bytes: Buffer, source: string): PemBlock {
  const label = labelOfDer(bytes)
  if (label !== undefined) return toPemBlock(label, bytes)
  throw keyErrors.ERR_KEY_FORM({ source, problem: 'holds truncated or damaged DER' })
}

function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le')
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString('utf16le')
  return bytes.toString('utf8').replace(/^\uFEFF/, '')
}

/** Base64 or base64url (RFC 4648), with or without line breaks. */
function fromBase64(text: string): Buffer | undefined {
  const compact = text.replaceAll(/\s|\\n|["']/g, '')
  if (compact.length < 32 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) return undefined
  return Buffer.from(compact, 'base64')
}

/** Formats of other programs that jotgate does not read, each with the command that converts a copy. */
function foreignForm(bytes: Buffer, text: string): { form: string; command: string } | undefined {
  if (text.includes('-----BEGIN OPENSSH PRIVATE KEY-----'))
    return { form: 'an OpenSSH private key', command: 'ssh-keygen -p -m PKCS8 -f COPY' }
  if (/^\s*ssh-rsa /.test(text))
    return { form: 'an OpenSSH public key', command: 'ssh-keygen -e -m PKCS8 -f FILE' }
  if (text.startsWith('PuTTY-User-Key-File-'))
    return { form: 'a PuTTY key', command: 'puttygen FILE -O private-openssh-new -o COPY' }
  // The first bytes of a Java key store, JKS and JCEKS.
  if (['feedfeed', 'cececece'].includes(bytes.subarray(0, 4).toString('hex')))
    return {
      form: 'a Java key store',
      command:
        'keytool -importkeystore -srckeystore FILE -destkeystore COPY.p12 -deststoretype PKCS12',
    }
  return undefined
}

/**
 * Finds the one private key among the blocks. There may also be certificates, as many tools write them.
 */
export function privateKeyBlock(blocks: readonly PemBlock[], source: string): PemBlock {
  const keys = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY') || label === 'PKCS12')
  const [key] = keys
  if (key === undefined) {
    const given = blocks[0] === undefined ? 'nothing' : nameOfBlock(blocks[0])
    throw keyErrors.ERR_KEY_WRONG_HALF({ source, given, needed: 'private key' })
  }
  if (keys.length > 1)
    throw keyErrors.ERR_KEY_FORM({ source, problem: `holds ${keys.length} private keys, not one` })
  if (/^(RSA |ENCRYPTED )?PRIVATE KEY$|^PKCS12$/.test(key.label)) return key
  const type = key.label.replace(/ ?PRIVATE KEY$/, '').toLowerCase()
  throw keyErrors.ERR_KEY_TYPE({ source, type })
}

/**
 * Finds the one certificate among the blocks. A private key in the same text is refused: what goes to Qlik must not
 * hold one. Other public blocks are ignored.
 */
export function certificateBlock(blocks: readonly PemBlock[], source: string): PemBlock {
  const secret = blocks.find((block) => !isPublic(block))
  if (secret !== undefined) {
    const given = nameOfBlock(secret)
    throw keyErrors.ERR_KEY_WRONG_HALF({ source, given, needed: 'certificate alone' })
  }
  const certificates = blocks.filter(isCertificate)
  const [certificate] = certificates
  if (certificate === undefined) throw noCertificate(blocks, source)
  if (certificates.length === 1) return certificate
  const problem = `holds ${certificates.length} certificates, not one`
  throw keyErrors.ERR_KEY_FORM({ source, problem })
}

/** What the public half may be in another form, each with the command that makes a certificate of it. */
const otherForms = [
  {
    label: /PUBLIC KEY$/,
    given: 'a public key',
    command: 'openssl req -new -x509 -key PRIVATE.pem -days 1825 -subj /CN=acme -out qlik.cer',
  },
  {
    label: /CERTIFICATE REQUEST$/,
    given: 'a certificate request',
    command: 'openssl x509 -req -in FILE -signkey PRIVATE.pem -days 1825 -out qlik.cer',
  },
  {
    label: /^PKCS7$/,
    given: 'certificates in a PKCS#7 file',
    command: 'openssl pkcs7 -print_certs -in FILE -out qlik.cer',
  },
] as const

function noCertificate(blocks: readonly PemBlock[], source: string): JotgateError {
  for (const { label, given, command } of otherForms) {
    const block = blocks.find((one) => label.test(one.label))
    if (block === undefined) continue
    const der = block.isFromDer === true ? ' -inform DER' : ''
    return keyErrors.ERR_KEY_NO_CERTIFICATE({
      source,
      given,
      command: command.replace(' -in FILE', `${der} -in FILE`),
    })
  }
  return keyErrors.ERR_KEY_FORM({ source, problem: 'does not hold a certificate' })
}
