/** One block of a PEM text (RFC 7468), without the text around it. */
export interface PemBlock {
  label: string
  text: string
  /** Whether the file itself is DER: openssl must be told so. */
  isFromDer?: boolean
}

const blockPattern = /-----BEGIN ([A-Z0-9 ]+)-----((?:(?!-----)[\s\S])*)-----END \1-----/g

/** Finds the blocks of a text. The text around them is a comment (RFC 7468 section 2). */
export function pemBlocks(text: string): PemBlock[] {
  return [...text.matchAll(blockPattern)].map(([, label = '', body = '']) => ({
    label,
    text: `-----BEGIN ${label}-----\n${inLines(body)}-----END ${label}-----\n`,
  }))
}

/** How many blocks begin in a text, complete or not. */
export function countBegins(text: string): number {
  return text.split('-----BEGIN ').length - 1
}

/** Restores the line breaks, which OpenSSL needs and variables and copies lose. */
function inLines(body: string): string {
  const { header = '', data = '' } =
    /^\s*(?<header>Proc-Type:\s*4,ENCRYPTED\s+DEK-Info:\s*[A-Z0-9-]+,[0-9A-Fa-f]+)\s(?<data>[\s\S]*)$/.exec(
      body,
    )?.groups ?? { data: body }
  const lines = data.replaceAll(/\s/g, '').match(/.{1,64}/g) ?? []
  const head = header.replaceAll(/\s*(DEK-Info:)/g, '\n$1')
  return `${head === '' ? '' : `${head}\n\n`}${lines.join('\n')}\n`
}

/** Converts DER to a block. */
export function toPemBlock(label: string, der: Uint8Array): PemBlock {
  const body = inLines(Buffer.from(der).toString('base64'))
  return { label, text: `-----BEGIN ${label}-----\n${body}-----END ${label}-----\n` }
}

/** The bytes of a block that has no header lines. */
export function derOf({ text }: PemBlock): Buffer {
  return Buffer.from(text.replaceAll(/-----[A-Z0-9 ]+-----|\s/g, ''), 'base64')
}

/** What a block is, in words; for other labels, the label itself. */
export function nameOfBlock({ label }: PemBlock): string {
  if (label.endsWith('PRIVATE KEY')) return 'private key'
  if (label.endsWith('PUBLIC KEY')) return 'public key'
  if (isCertificate({ label })) return 'certificate'
  if (label === 'PKCS12') return 'PFX file, which has a private key in it,'
  return label.toLowerCase()
}

/** Whether a block may be published: its label is neither of a private key nor unknown. */
export function isPublic(block: PemBlock): boolean {
  return isCertificate(block) || publicLabels.test(block.label)
}

const publicLabels =
  /^((RSA )?PUBLIC KEY|(NEW )?CERTIFICATE REQUEST|PKCS7|(EC|DH|DSA) PARAMETERS|X509 CRL)$/

export function isCertificate({ label }: Pick<PemBlock, 'label'>): boolean {
  return label === 'CERTIFICATE' || label === 'X509 CERTIFICATE'
}
