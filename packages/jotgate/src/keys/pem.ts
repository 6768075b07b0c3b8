import { keyErrors } from './errors.ts'

/** One block of a PEM text (RFC 7468), with its own lines only. */
export interface PemBlock {
  label: string
  text: string
}

const blockPattern = /-----BEGIN ([A-Z0-9 ]+)-----(?:(?!-----)[\s\S])*-----END \1-----/g

/** Finds the blocks of a text. What stands around them is a comment (RFC 7468 section 2). */
export function pemBlocks(text: string): PemBlock[] {
  return [...text.matchAll(blockPattern)].map(([block, label = '']) => ({ label, text: block }))
}

/** The bytes of a block, also when its line breaks were lost or its lines are long. */
export function derOf({ text }: PemBlock): Buffer {
  return Buffer.from(text.replaceAll(/-----[A-Z0-9 ]+-----|\s/g, ''), 'base64')
}

/** What a block is, in words; a label that is not listed is told as it stands. */
export function nameOfBlock(label: string): string {
  if (label.endsWith('PRIVATE KEY')) return 'private key'
  if (label.endsWith('PUBLIC KEY')) return 'public key'
  if (label === 'CERTIFICATE') return 'certificate'
  return label.toLowerCase()
}

/**
 * Picks the one private key of a text. A certificate may stand beside it, as many tools write them.
 *
 * @param source how errors name the text
 */
export function privateKeyBlock(text: string, source: string): PemBlock {
  const blocks = pemBlocks(text)
  const keys = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'))
  const [key] = keys
  if (key === undefined) {
    const [other] = blocks
    if (other === undefined) throw keyErrors.ERR_KEY_FORM({ source, problem: noPemProblem(text) })
    const given = nameOfBlock(other.label)
    throw keyErrors.ERR_KEY_WRONG_HALF({ source, given, needed: 'private key' })
  }
  if (keys.length > 1)
    throw keyErrors.ERR_KEY_FORM({ source, problem: `holds ${keys.length} private keys, not one` })
  if (key.label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type:.*ENCRYPTED/m.test(key.text))
    throw keyErrors.ERR_KEY_ENCRYPTED({ source })
  if (key.label === 'PRIVATE KEY' || key.label === 'RSA PRIVATE KEY') return key
  const type = key.label.replace(/ ?PRIVATE KEY$/, '').toLowerCase()
  throw keyErrors.ERR_KEY_TYPE({ source, type })
}

/**
 * Picks the one certificate of a text. A private key beside it is refused: a text that goes to Qlik
 * must not hold one.
 */
export function certificateBlock(text: string, source: string): PemBlock {
  const blocks = pemBlocks(text)
  const [certificate] = blocks
  if (certificate === undefined)
    throw keyErrors.ERR_KEY_FORM({ source, problem: noPemProblem(text) })
  const stranger = blocks.find(({ label }) => label !== 'CERTIFICATE')
  if (stranger !== undefined) {
    const given = nameOfBlock(stranger.label)
    throw keyErrors.ERR_KEY_WRONG_HALF({ source, given, needed: 'certificate alone' })
  }
  if (blocks.length > 1)
    throw keyErrors.ERR_KEY_FORM({
      source,
      problem: `holds ${blocks.length} certificates, not one`,
    })
  return certificate
}

function noPemProblem(text: string): string {
  if (text.trim() === '') return 'is empty'
  if (text.includes('-----BEGIN ')) return 'holds PEM text that is cut off or damaged'
  return 'holds no PEM text'
}
