import type { JotgateError } from '../../errors/index.ts'
import type { Finding } from '../../values/index.ts'
import { keyErrors } from '../errors.ts'

/** A rule for keys: the part of a finding that is the same for every key. */
export type KeyRule = Pick<
  Finding,
  'id' | 'effect' | 'blocks' | 'certainty' | 'title' | 'hint' | 'source'
>

const rfc7518 = 'RFC 7518 section 3.3'
const rfc5280 = 'RFC 5280 section 4.1.2.5'
const qlikSetup =
  'https://community.qlik.com/t5/Official-Support-Articles/Qlik-Sense-How-to-set-up-JWT-authentication/ta-p/1716226'

/** A title for each refusal, and its source unless the rule is our own. */
const titles = {
  ERR_KEY_NOT_FOUND: ['The file does not exist'],
  ERR_KEY_UNREADABLE: ['The file cannot be read'],
  ERR_KEY_NOT_A_FILE: ['It is not a file'],
  ERR_KEY_TOO_LARGE: ['It is larger than any key'],
  ERR_KEY_MODE: ['Other users have rights to the private key', 'OWASP ASVS 5.0, 13.3.1'],
  ERR_KEY_OWNER: ['The private key belongs to another user', 'OWASP ASVS 5.0, 13.3.1'],
  ERR_KEY_VARIABLE: ['The environment variable is not set'],
  ERR_KEY_FORM: ['It does not hold a readable key'],
  ERR_KEY_FOREIGN: ['It is in a form that jotgate does not read'],
  ERR_KEY_ENCRYPTED: ['It needs a passphrase'],
  ERR_KEY_PASSPHRASE: ['The passphrase is wrong'],
  ERR_KEY_WRONG_HALF: ['It is the wrong half of the key pair'],
  ERR_KEY_NO_CERTIFICATE: ['It is the public half, but not a certificate'],
  ERR_KEY_TYPE: ['It is not an RSA key', rfc7518],
  ERR_KEY_SIZE: ['The key has the wrong size', rfc7518],
  ERR_KEY_EXPONENT: ['The key has an unusual public exponent', 'NIST SP 800-56B section 6.4.1'],
  ERR_KEY_WEAK: ['The key is weak', 'CVE-2017-15361, CVE-2022-26320'],
  ERR_KEY_KNOWN: ['The private key is publicly known', 'RFC 8725 section 3.5'],
  ERR_KEY_DAMAGED: ['The two halves of the key do not match'],
  ERR_KEY_OPTION: ['An option has an invalid value'],
} as const satisfies {
  [Code in keyof typeof keyErrors]?: readonly [title: string, source?: string]
}

/** Refusals as rules: `checkKey` reports everything for which reading a key or certificate fails. */
const refusals: readonly KeyRule[] = Object.freeze(
  Object.entries(titles).map(([code, [title, source]]) =>
    Object.freeze({
      id: idOf(code),
      effect: 'refused' as const,
      blocks: true,
      certainty: 'verified' as const,
      title,
      hint: keyErrors[code as keyof typeof titles].definition.hint,
      source: source ?? `jotgate explain ${code}`,
    }),
  ),
)

/** Turns an error about a key into a finding. The messages of this part hold no byte of a key. */
export function toFinding(error: JotgateError): Finding {
  const id = idOf(error.code)
  const rule = refusals.find((one) => one.id === id)
  // Every error of reading a key is in the list; a test checks that.
  if (rule === undefined) throw error
  return Object.freeze({ ...rule, detail: error.message })
}

function idOf(code: string): string {
  return code.slice('ERR_'.length).toLowerCase().replaceAll('_', '-')
}

/**
 * What `checkKey` reports besides the errors of reading a key. Here the effect `refused` also means that jotgate
 * itself refuses the key: Qlik checks neither its strength nor its origin.
 */
const rules = {
  'key-below-3072-bits': {
    effect: 'advice',
    blocks: false,
    certainty: 'verified',
    title: 'The key has fewer than 3072 bits',
    hint: 'Create the next key with 3072 bits, the default of createKeyPair. 2048 bits are accepted, and sign about four times as fast.',
    source: 'NIST SP 800-57 part 1, table 2; OWASP ASVS 5.0, 11.2.3',
  },
  'key-debian-not-checked': {
    effect: 'unknown',
    blocks: false,
    certainty: 'unknown',
    title: 'It was not checked whether Debian’s broken OpenSSL of 2006 to 2008 made this key',
    hint: 'If the key may be that old, check it with the program badkeys, or create a new one.',
    source: 'CVE-2008-0166',
  },
  'key-shares-prime': {
    effect: 'refused',
    blocks: true,
    certainty: 'verified',
    title: 'The key shares a prime with another key',
    hint: 'Replace both keys, created on a machine with a good source of randomness, and remove them wherever they are trusted.',
    source: 'https://factorable.net/paper.html',
  },
  'certificate-of-other-key': {
    effect: 'refused',
    blocks: true,
    certainty: 'verified',
    title: 'The certificate does not belong to the private key',
    hint: 'Give Qlik the certificate that was made with this key, or create a new one from the key.',
    source: 'RFC 7515 section 5.2',
  },
  'certificate-expired': {
    effect: 'unknown',
    blocks: true,
    certainty: 'unknown',
    title: 'The certificate has expired',
    hint: 'Create a new key with a new certificate, and give that to Qlik. No source says whether Qlik checks the date.',
    source: rfc5280,
  },
  'certificate-not-yet-valid': {
    effect: 'unknown',
    blocks: true,
    certainty: 'unknown',
    title: 'The certificate is not valid yet',
    hint: 'Check the clocks of this machine and of the one that made the certificate.',
    source: rfc5280,
  },
  'certificate-expires-soon': {
    effect: 'advice',
    blocks: false,
    certainty: 'verified',
    title: 'The certificate expires within 30 days',
    hint: 'Rotate the key now, while the old one still works: make another with `jotgate keys create`, and give its certificate to Qlik beside the old one.',
    source: rfc5280,
  },
  'certificate-weak-signature': {
    effect: 'advice',
    blocks: false,
    certainty: 'verified',
    title: 'The certificate is signed with MD5 or SHA-1',
    hint: 'Create a certificate signed with SHA-256, as createKeyPair and openssl 3 do.',
    source: 'RFC 9155; https://shattered.io',
  },
  'key-qlik-own': {
    effect: 'refused',
    blocks: true,
    certainty: 'inferred',
    title: 'The key belongs to a Qlik Sense site’s own services',
    hint: 'Create a separate key for tokens with createKeyPair, and give Qlik its certificate.',
    source: qlikSetup,
  },
} as const satisfies Readonly<Record<string, Omit<KeyRule, 'id'>>>

export type KeyRuleId = keyof typeof rules

export function keyFinding(id: KeyRuleId, detail: string, change: Partial<Finding> = {}): Finding {
  return Object.freeze({ id, ...rules[id], detail, ...change })
}

/**
 * Every finding that `checkKey` can give, without its detail: first the reasons why a key cannot be read,
 * then what is reported about one that was read. docs/reference/rules.md is generated from it.
 *
 * @example
 * const advice = keyRules.filter(({ effect }) => effect === 'advice')
 */
export const keyRules: readonly KeyRule[] = Object.freeze([
  ...refusals,
  ...Object.entries(rules).map(([id, rule]) => Object.freeze({ id, ...rule })),
])
