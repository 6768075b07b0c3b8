import type { FormRule } from '../rule.ts'

/** The text as a whole: what it is, what is around it, how long it is. */
export const textRules: readonly FormRule[] = [
  {
    id: 'form-empty',
    effect: 'refused',
    certainty: 'inferred',
    title: 'There is no token',
    hint: 'Look where the token comes from: the variable, file or answer that should hold it is empty.',
    source: 'RFC 7515 section 7.1',
    explain(text) {
      if (!text.isText) return 'The value is not a string.'
      const nothing = text.parts === 0 && !text.isPem && !text.isJson && text.length <= 65_536
      return nothing ? 'The text is empty.' : undefined
    },
  },
  {
    id: 'form-key-in-place-of-token',
    effect: 'refused',
    certainty: 'inferred',
    title: 'A key or certificate was given in place of a token',
    hint: 'Give the token that was signed with the key. If it was a private key, and it left this machine, make a new one.',
    source: 'RFC 7515 section 7.1',
    explain: ({ isPem }) => (isPem ? 'The text holds a PEM block.' : undefined),
  },
  {
    id: 'form-scheme',
    effect: 'refused',
    certainty: 'inferred',
    title: '`Bearer ` or `Authorization:` was left in front of the token',
    hint: 'Give the token alone. The word is written once in the header: `Authorization: Bearer <token>`.',
    source: 'RFC 6750 section 2.1',
    explain: ({ hasScheme }) =>
      hasScheme ? 'The text begins with words that belong to the HTTP header.' : undefined,
  },
  {
    id: 'form-quotes',
    effect: 'refused',
    certainty: 'inferred',
    title: 'Quotation marks were left around the token',
    hint: 'Remove the quotation marks: read the token out of the JSON or the environment file, not with it.',
    source: 'RFC 7515 section 2',
    explain: ({ hasQuotes }) =>
      hasQuotes ? 'There are quotation marks at one end or both.' : undefined,
  },
  {
    id: 'form-white-space',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The token has spaces or line breaks in it or around it',
    hint: 'Give the token on one line, without a line break at the end: `tr -d "[:space:]" < token.txt`.',
    source: 'RFC 7515 section 2',
    explain: ({ hasWhiteSpace }) =>
      hasWhiteSpace ? 'A terminal, an e-mail or a file has wrapped it.' : undefined,
  },
  {
    id: 'form-parts',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The text is not a signed token: expected three parts',
    hint: 'Give the whole token: header, payload and signature with a dot between each. An unsigned token ends in a dot.',
    source: 'RFC 7515 section 7.1',
    explain({ parts: count, isJson }) {
      if (isJson)
        return 'The text is JSON: the token is inside it, or it is the JSON form of a token.'
      if (count === 0 || count === 3 || count === 5) return undefined
      return `There ${count === 1 ? 'is 1 part' : `are ${count} parts`} between the dots.`
    },
  },
  {
    id: 'form-encrypted',
    effect: 'refused',
    certainty: 'verified',
    title: 'The token is encrypted, not signed',
    hint: 'Sign the token (JWS, three parts) and do not encrypt it. TLS keeps it secret on its way.',
    source:
      'help.qlik.com, "JWT authentication": "Encrypted JWTs are not supported"; https://qlik.dev/apis/rest/login/ asks for one that is "securely signed"',
    explain: ({ parts }) =>
      parts === 5 ? 'It has five parts: that is the form of an encrypted token (JWE).' : undefined,
  },
  {
    id: 'form-too-long',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The token is longer than any server accepts in a header',
    hint: 'Send fewer or shorter groups: only those that Qlik gives access by.',
    source: 'Servers limit a header to 8 to 16 KiB; Qlik’s own limit is not published',
    explain: ({ length }) =>
      length > 16_384 ? `It has ${length.toLocaleString('en')} characters.` : undefined,
  },
  {
    id: 'form-long',
    effect: 'advice',
    certainty: 'inferred',
    title: 'The token is longer than some servers accept in a header',
    hint: 'Send fewer or shorter groups: only those that Qlik gives access by.',
    source: 'Servers limit a header to 8 to 16 KiB; Qlik’s own limit is not published',
    explain: ({ length }) =>
      length > 8192 && length <= 16_384
        ? `It has ${length.toLocaleString('en')} characters; jotgate itself signs up to 8,192.`
        : undefined,
  },
]
