import type { SignatureVerdict } from '../verify/signature.ts'
import type { TokenRule } from './rule.ts'
import { timeInWords } from './time-words.ts'

/** Whether a signature was not checked for this reason. */
export function isNotChecked(
  signature: SignatureVerdict,
  reason: Extract<SignatureVerdict, { verdict: 'not-checked' }>['reason'],
): boolean {
  return signature.verdict === 'not-checked' && signature.reason === reason
}

const notChecked: TokenRule = {
  about: 'signature',
  id: 'signature-not-checked',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'The signature was not checked',
  hint: 'Give the certificate or public key that the deployment has: `certificate`, `key` or `jwks`, in the command `--certificate`, `--key` or `--jwks`.',
  source: 'RFC 7515 section 5.2',
  explain: ({ signature }) =>
    isNotChecked(signature, 'no-key') ? 'No key was given to check it with.' : undefined,
}

/** Evaluated last, and only where nothing else keeps the token from being called good. */
export const signatureNotVerifiable: TokenRule = {
  about: 'signature',
  id: 'signature-not-verifiable',
  effect: 'unknown',
  blocks: true,
  certainty: 'unknown',
  title: 'The signature was not checked, although a key was given',
  hint: 'Sign with RS256, RS384 or RS512 and give the public key or certificate of that key.',
  source: 'RFC 7515 section 5.2; RFC 8725 section 3.1',
  explain({ signature }) {
    if (isNotChecked(signature, 'algorithm')) return 'Only RS256, RS384 and RS512 are verified.'
    return isNotChecked(signature, 'form') ? 'The token cannot be read in one way only.' : undefined
  },
}

/** Whose signature it is, and what is known of the key. */
export const signatureRules: readonly TokenRule[] = [
  {
    about: 'signature',
    id: 'signature-mismatch',
    effect: 'refused',
    certainty: 'verified',
    title: 'The signature does not match this key and this token',
    hint: 'Give Qlik the certificate of the key that signs, and sign with the key of the certificate that Qlik has. A token that was edited after it was signed is refused too.',
    source: 'RFC 7515 section 5.2; https://qlik.dev/apis/rest/login/',
    explain: ({ signature }) =>
      signature.verdict === 'invalid'
        ? 'It was made with another key, or the token was changed afterwards.'
        : undefined,
  },
  notChecked,
  {
    about: 'signature',
    id: 'signature-unfit-key',
    effect: 'unknown',
    blocks: true,
    certainty: 'unknown',
    title: 'The signature was not checked: the given key cannot be used for it',
    hint: 'Give an RSA public key or certificate of 2048 to 8192 bits with exponent 65537, whose private half only you have. When the deployment really has this key, replace it there.',
    source:
      'RFC 7518 section 3.3; RFC 7517 sections 4.2 to 4.5; RFC 8725 section 3.5; FIPS 186-5 section 5.1',
    explain: ({ signature }) =>
      signature.verdict === 'not-checked' && signature.reason === 'unfit-key'
        ? `The given key ${signature.problem}.`
        : undefined,
  },
  {
    about: 'deployment',
    id: 'signature-certificate-dates',
    effect: 'unknown',
    certainty: 'unknown',
    title: 'The certificate is not valid at this time',
    hint: 'Make a new certificate for the key and give it to Qlik. Whether Qlik looks at the dates is not known.',
    source: 'RFC 5280 section 4.1.2.5; looked for at qlik.dev and help.qlik.com, and not found',
    explain({ certificateDates: dates, now }) {
      if (dates === undefined) return undefined
      if (now * 1000 < dates.from) return `It is valid from ${timeInWords(dates.from / 1000, now)}.`
      if (now * 1000 > dates.to) return `It expired ${timeInWords(dates.to / 1000, now)}.`
      return undefined
    },
  },
]
