import type { JotgateError } from '../errors/index.ts'
import type { Finding } from '../token/finding.ts'
import { keyErrors } from './errors.ts'

/** What a rule for keys says whatever the key. */
export type KeyRule = Pick<Finding, 'id' | 'effect' | 'certainty' | 'title' | 'hint' | 'source'>

const rfc7518 = 'RFC 7518 section 3.3'

/** A title for each refusal, and the source where it is not our own rule. */
const titles = {
  ERR_KEY_NOT_FOUND: ['There is no such file'],
  ERR_KEY_UNREADABLE: ['The file cannot be read'],
  ERR_KEY_NOT_A_FILE: ['It is not a file'],
  ERR_KEY_TOO_LARGE: ['It is too large for a key'],
  ERR_KEY_MODE: ['Others may use the private key', 'OWASP ASVS 5.0, 13.3.1'],
  ERR_KEY_VARIABLE: ['The environment variable is not set'],
  ERR_KEY_FORM: ['No key can be read from it'],
  ERR_KEY_FOREIGN: ['It is in a form that is not read here'],
  ERR_KEY_ENCRYPTED: ['It needs a passphrase'],
  ERR_KEY_PASSPHRASE: ['The passphrase does not open it'],
  ERR_KEY_WRONG_HALF: ['It is the wrong half of the key pair'],
  ERR_KEY_TYPE: ['It is not an RSA key', rfc7518],
  ERR_KEY_SIZE: ['The key has the wrong size', rfc7518],
  ERR_KEY_EXPONENT: ['The key has an unusual public exponent', 'NIST SP 800-56B section 6.4.1'],
  ERR_KEY_WEAK: ['The key can be broken', 'CVE-2017-15361, CVE-2022-26320'],
  ERR_KEY_KNOWN: ['Everybody has this private key', 'RFC 8725 section 3.5'],
  ERR_KEY_DAMAGED: ['The two halves of the key do not belong together'],
  ERR_KEY_OPTION: ['An option has a value that it cannot have'],
} as const satisfies {
  [Code in keyof typeof keyErrors]?: readonly [title: string, source?: string]
}

/** Refusals as rules: whatever `readSigningKey` and `readCertificate` say of a key, `checkKey` says too. */
export const refusals: readonly KeyRule[] = Object.freeze(
  Object.entries(titles).map(([code, [title, source]]) =>
    Object.freeze({
      id: idOf(code),
      effect: 'refused' as const,
      certainty: 'verified' as const,
      title,
      hint: keyErrors[code as keyof typeof titles].definition.hint,
      source: source ?? `docs/reference/errors.md#${code.toLowerCase()}`,
    }),
  ),
)

/** Turns the refusal of a key into what a check says. Messages of this part hold no byte of a key. */
export function toFinding(error: JotgateError): Finding {
  const id = idOf(error.code)
  const rule = refusals.find((one) => one.id === id)
  // Each error of reading a key is in the list; a test looks for it.
  if (rule === undefined) throw error
  return Object.freeze({ ...rule, detail: error.message })
}

function idOf(code: string): string {
  return code.slice('ERR_'.length).toLowerCase().replaceAll('_', '-')
}
