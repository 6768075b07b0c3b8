import type { JotgateError } from '../../errors/index.ts'
import type { Finding } from '../../token/finding.ts'
import { keyErrors } from '../errors.ts'

/** What a rule for keys says whatever the key. */
export type KeyRule = Pick<Finding, 'id' | 'effect' | 'certainty' | 'title' | 'hint' | 'source'>

const rfc7518 = 'RFC 7518 section 3.3'
const rfc5280 = 'RFC 5280 section 4.1.2.5'
const qlikSetup =
  'https://community.qlik.com/t5/Official-Support-Articles/Qlik-Sense-How-to-set-up-JWT-authentication/ta-p/1716226'

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
const refusals: readonly KeyRule[] = Object.freeze(
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

/**
 * What `checkKey` looks for besides that which `readSigningKey` refuses. The effect `refused` stands for
 * jotgate's own refusal too: Qlik looks neither at a key's strength nor at where it comes from.
 */
const rules = {
  'key-below-3072-bits': {
    effect: 'advice',
    certainty: 'verified',
    title: 'The key has fewer than 3072 bits',
    hint: 'Make the next key with 3072 bits, as createKeyPair does. 2048 bits are taken, and sign some four times as fast.',
    source: 'NIST SP 800-57 part 1, table 2; OWASP ASVS 5.0, 11.2.3',
  },
  'key-debian-not-checked': {
    effect: 'unknown',
    certainty: 'unknown',
    title: 'It was not checked whether this key comes from Debian’s broken OpenSSL of 2006 to 2008',
    hint: 'If the key may be that old, look it up with the program badkeys, or make a new one.',
    source: 'CVE-2008-0166',
  },
  'key-shares-prime': {
    effect: 'refused',
    certainty: 'verified',
    title: 'The key shares a prime with another one',
    hint: 'Make both keys anew, on a machine with a good source of randomness, and end every trust in these.',
    source: 'https://factorable.net/paper.html',
  },
  'certificate-of-other-key': {
    effect: 'refused',
    certainty: 'verified',
    title: 'The certificate does not belong to the private key',
    hint: 'Give Qlik the certificate that was made with this key; a new one can be made of the key at any time.',
    source: 'RFC 7515 section 5.2',
  },
  'certificate-expired': {
    effect: 'unknown',
    certainty: 'unknown',
    title: 'The certificate has expired',
    hint: 'Make a new certificate, and a new key with it, and give it to Qlik. No source says whether Qlik looks at the date.',
    source: rfc5280,
  },
  'certificate-not-yet-valid': {
    effect: 'unknown',
    certainty: 'unknown',
    title: 'The certificate is not valid yet',
    hint: 'Check the clock of this machine and of the one that made the certificate.',
    source: rfc5280,
  },
  'certificate-expires-soon': {
    effect: 'advice',
    certainty: 'verified',
    title: 'The certificate expires within 30 days',
    hint: 'Change the key now, while both can overlap: docs/guides/keys.md.',
    source: rfc5280,
  },
  'certificate-weak-signature': {
    effect: 'advice',
    certainty: 'verified',
    title: 'The certificate is signed with MD5 or SHA-1',
    hint: 'Make a certificate with SHA-256, as createKeyPair and openssl 3 do.',
    source: 'RFC 9155; https://shattered.io',
  },
  'key-qlik-own': {
    effect: 'refused',
    certainty: 'inferred',
    title: 'The key is one with which a Qlik Sense site’s own services know one another',
    hint: 'Make a key for tokens alone with createKeyPair, and give Qlik its certificate.',
    source: qlikSetup,
  },
} as const satisfies Readonly<Record<string, Omit<KeyRule, 'id'>>>

export type KeyRuleId = keyof typeof rules

export function keyFinding(id: KeyRuleId, detail: string, change: Partial<Finding> = {}): Finding {
  return Object.freeze({ id, ...rules[id], detail, ...change })
}

/**
 * Every finding that `checkKey` can give, but for its detail: first what keeps a key from being read,
 * then what is told of one that was. docs/reference/rules.md is made of it.
 *
 * @example
 * const advice = keyRules.filter(({ effect }) => effect === 'advice')
 */
export const keyRules: readonly KeyRule[] = Object.freeze([
  ...refusals,
  ...Object.entries(rules).map(([id, rule]) => Object.freeze({ id, ...rule })),
])
