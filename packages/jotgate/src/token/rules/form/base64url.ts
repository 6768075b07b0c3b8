import type { FormRule } from '../rule.ts'

export const base64url: FormRule = {
  id: 'form-base64url',
  effect: 'refused',
  certainty: 'inferred',
  title: 'A part of the token is not base64url in its one form',
  hint: 'Give the token as it was made. If your own code makes it: base64url, so `-` and `_` for `+` and `/`, and no `=`.',
  source: 'RFC 7515 section 2; RFC 4648 section 3.5',
  explain({ header, payload, signature }) {
    const wrong = Object.entries({ header, payload, signature })
      .filter(([, part]) => part?.canonical === false)
      .map(([name]) => name)
    return wrong.length === 0
      ? undefined
      : `In the ${wrong.join(' and the ')} there is padding, another character, or a bit too many.`
  },
}
