import { listKnown } from '../members.ts'
import type { FormRule } from '../rule.ts'

const flaws = {
  'utf-8': 'is not UTF-8',
  json: 'is not JSON',
  'no-object': 'is JSON, but not an object',
}

/** Names that may be shown; any other is counted, since a finding holds nothing of the token. */
const known = new Set(
  'alg typ kid crit iss aud sub exp nbf iat jti subType name email email_verified groups group'.split(
    ' ',
  ),
)

/** How the parts are written: base64url and JSON. */
export const encodingRules: readonly FormRule[] = [
  {
    id: 'form-base64url',
    effect: 'refused',
    certainty: 'inferred',
    title: 'A part of the token is not canonical base64url',
    hint: 'Give the token as it was made. If your own code makes it: base64url has `-` and `_` for `+` and `/`, and no `=`.',
    source: 'RFC 7515 section 2; RFC 4648 section 3.5',
    explain({ header, payload, signature }) {
      const wrong = Object.entries({ header, payload, signature })
        .filter(([, part]) => part?.canonical === false)
        .map(([name]) => name)
      return wrong.length === 0
        ? undefined
        : `In the ${wrong.join(' and the ')} there is padding, another character, or a bit too many.`
    },
  },
  {
    id: 'form-json',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The header or the payload is not a JSON object',
    hint: 'Make the token again: header and payload are JSON objects in UTF-8 without a byte order mark.',
    source: 'RFC 7515 section 4; RFC 7519 section 7.2',
    explain({ header, payload }) {
      const found = Object.entries({ header, payload }).flatMap(([name, part]) =>
        part?.flaw === undefined || part.flaw === 'too-deep'
          ? []
          : [`The ${name} ${part.bytes?.length === 0 ? 'is empty' : flaws[part.flaw]}.`],
      )
      return found.length === 0 ? undefined : found.join(' ')
    },
  },
  {
    id: 'form-nesting',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The header or the payload is nested deeper than any reader needs',
    hint: 'Omit the nested claim: Qlik reads strings, numbers and lists of strings.',
    source: 'RFC 8259 section 9: readers set a limit to the depth',
    explain: ({ header, payload }) =>
      header?.flaw === 'too-deep' || payload?.flaw === 'too-deep'
        ? 'Objects or arrays are nested more than 32 deep.'
        : undefined,
  },
  {
    id: 'form-duplicate-member',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The header or the payload has the same name twice',
    hint: 'Write each name once. Of two, one reader takes the first and another the last, so nobody can say what was signed.',
    source: 'RFC 7515 section 4; RFC 7519 section 4',
    explain({ header, payload }) {
      const names = new Set([...(header?.duplicates ?? []), ...(payload?.duplicates ?? [])])
      if (names.size === 0) return undefined
      const shown = [...names].filter((name) => known.has(name))
      return `More than once: ${listKnown(shown, names.size, 'name')}.`
    },
  },
  {
    id: 'form-unsafe-number',
    effect: 'advice',
    certainty: 'inferred',
    title: 'A number is larger than every reader can hold',
    hint: 'Send large numbers as strings. Beyond 2^53 - 1 readers round, each in its own way.',
    source: 'RFC 8259 section 6',
    explain({ header, payload }) {
      const count = (header?.unsafeNumbers ?? 0) + (payload?.unsafeNumbers ?? 0)
      return count === 0 ? undefined : `Numbers beyond 2^53 - 1: ${count}.`
    },
  },
]
