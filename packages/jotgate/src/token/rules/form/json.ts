import type { FormRule } from '../rule.ts'

const words = {
  'utf-8': 'is not UTF-8',
  json: 'is not JSON',
  'no-object': 'is JSON, but no object',
}

export const json: FormRule = {
  id: 'form-json',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The header or the payload is not a JSON object',
  hint: 'Make the token again: header and payload are JSON objects in UTF-8 without a byte order mark.',
  source: 'RFC 7515 section 4; RFC 7519 section 7.2',
  explain({ header, payload }) {
    const flaws = Object.entries({ header, payload }).flatMap(([name, part]) =>
      part?.flaw === undefined || part.flaw === 'too-deep'
        ? []
        : [`The ${name} ${part.bytes?.length === 0 ? 'is empty' : words[part.flaw]}.`],
    )
    return flaws.length === 0 ? undefined : flaws.join(' ')
  },
}
