import { type DerElement, derTag, readDerElements, readDerSequence } from '../../token/index.ts'

const octetString = 0x04
const context0 = 0xa0
const indefinite = 0x80

/** Whether bytes begin like DER: a sequence with a long length, which no text begins with, or of exactly their length. */
export function looksLikeDer(bytes: Uint8Array): boolean {
  if (bytes[0] !== derTag.sequence || bytes[1] === undefined) return false
  return bytes[1] >= 0x80 || bytes[1] === bytes.length - 2
}

/** Recognises DER by the members of its sequence, and gives the PEM label for it. */
export function labelOfDer(bytes: Uint8Array): string | undefined {
  // Some programs write indefinite lengths, which BER allows and DER does not; OpenSSL reads them.
  const members = bytes[1] === indefinite ? readBerSequence(bytes) : readDerSequence(bytes)
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

/** The members of a sequence in BER (X.690 section 8.1.3), in which lengths may be indefinite. */
function readBerSequence(bytes: Uint8Array): DerElement[] | undefined {
  const outer = readBer(bytes, 0, 0)
  return outer?.next === bytes.length ? outer.members : undefined
}

/** Deeper nesting than any key or certificate has. */
const maxDepth = 32

interface BerElement extends DerElement {
  /** Of an element with an indefinite length, which must be parsed to find its end. */
  readonly members: BerElement[]
  readonly next: number
}

function readBer(bytes: Uint8Array, start: number, depth: number): BerElement | undefined {
  const [tag, first] = [bytes[start], bytes[start + 1]]
  if (tag === undefined || first === undefined || depth > maxDepth) return undefined
  if (first !== indefinite) {
    const count = first < 0x80 ? 0 : first - 0x80
    const begin = start + 2 + count
    const length = bytes.subarray(start + 2, begin).reduce((sum, byte) => sum * 256 + byte, 0)
    const next = begin + (count === 0 ? first : length)
    if (next > bytes.length) return undefined
    return { tag, content: bytes.subarray(begin, next), members: [], next }
  }
  const members: BerElement[] = []
  for (let at = start + 2; ; ) {
    // Two zero bytes end it.
    if (bytes[at] === 0 && bytes[at + 1] === 0)
      return { tag, content: bytes.subarray(start + 2, at), members, next: at + 2 }
    const member = readBer(bytes, at, depth + 1)
    if (member === undefined) return undefined
    members.push(member)
    at = member.next
  }
}
