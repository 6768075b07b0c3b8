import { type DerElement, derTag, readDerElements, readDerSequence } from '../../token/index.ts'

const octetString = 0x04
const context0 = 0xa0

/** Whether bytes begin like DER: a sequence with a long length, which no text begins with, or of exactly their length. */
export function looksLikeDer(bytes: Uint8Array): boolean {
  if (bytes[0] !== derTag.sequence || bytes[1] === undefined) return false
  return bytes[1] >= 0x80 || bytes[1] === bytes.length - 2
}

/** Recognises DER by the members of its sequence, and gives the PEM label for it. */
export function labelOfDer(bytes: Uint8Array): string | undefined {
  // Some programs write a PFX with indefinite lengths, which BER allows and DER does not.
  if (bytes[1] === 0x80) return 'PKCS12'
  const members = readDerSequence(bytes)
  if (members === undefined) return undefined
  const [first] = members
  const is = (...tags: number[]) => tags.every((tag, index) => members[index]?.tag === tag)
  const { integer, bitString, sequence } = derTag
  // Version 3 is a PFX (RFC 7292 section 4); a private key has 0 or 1 (RFC 5958 section 2).
  if (is(integer, sequence)) return first?.content[0] === 3 ? 'PKCS12' : 'PRIVATE KEY'
  if (is(integer, integer, integer) && members.length >= 9) return 'RSA PRIVATE KEY'
  if (is(integer, integer) && members.length === 2) return 'RSA PUBLIC KEY'
  if (is(integer, octetString)) return 'EC PRIVATE KEY'
  if (is(sequence, octetString)) return 'ENCRYPTED PRIVATE KEY'
  if (is(sequence, bitString)) return 'PUBLIC KEY'
  if (is(sequence, sequence, bitString)) return labelOfSigned(first)
  if (is(derTag.objectIdentifier)) return 'PKCS7'
  return undefined
}

/** A certificate request ends with attributes, tagged 0; a certificate begins with its version, tagged 0. */
function labelOfSigned(signed: DerElement | undefined): string | undefined {
  const members = signed && readDerElements(signed.content)
  if (members === undefined) return undefined
  return members.length === 4 && members[3]?.tag === context0
    ? 'CERTIFICATE REQUEST'
    : 'CERTIFICATE'
}

/** The object identifier of a certificate's signature algorithm, in hexadecimal. */
export function signatureAlgorithmOf(certificate: Uint8Array): string | undefined {
  const algorithm = readDerSequence(certificate)?.[1]
  const identifier = algorithm && readDerElements(algorithm.content)?.[0]
  if (identifier?.tag !== derTag.objectIdentifier) return undefined
  return Buffer.from(identifier.content).toString('hex')
}
