import type { TokenRule } from './rule.ts'
import { timeInWords } from './time-words.ts'

export const signatureNotChecked: TokenRule = {
  about: 'signature',
  id: 'signature-not-checked',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'The signature was not checked',
  hint: 'Give the certificate or public key that the deployment has: `key`, `certificate` or `jwks`.',
  source: 'RFC 7515 section 5.2',
  explain: ({ signature }) =>
    signature.outcome === 'no-key' ? 'No key was given to check it with.' : undefined,
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
      signature.outcome === 'wrong'
        ? 'It was made with another key, or the token was changed afterwards.'
        : undefined,
  },
  signatureNotChecked,
  {
    about: 'signature',
    id: 'signature-unfit-key',
    effect: 'unknown',
    certainty: 'unknown',
    title: 'The signature was not checked: the given key cannot be used for it',
    hint: 'Give an RSA public key or certificate of 2048 to 8192 bits with exponent 65537. When the deployment really has this key, make a new one there.',
    source: 'RFC 7518 section 3.3; RFC 7517 sections 4.2 to 4.5; RFC 8725 section 3.5',
    explain: ({ signature }) =>
      signature.outcome === 'unfit-key' ? `The given key ${signature.problem}.` : undefined,
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
