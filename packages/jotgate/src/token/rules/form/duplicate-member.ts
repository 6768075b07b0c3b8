import { listKnown } from '../members.ts'
import type { FormRule } from '../rule.ts'

/** Shown by name; any other is counted, since a finding holds nothing of the token. */
const known = new Set(
  'alg typ kid crit iss aud sub exp nbf iat jti subType name email email_verified groups group'.split(
    ' ',
  ),
)

export const duplicateMember: FormRule = {
  id: 'form-duplicate-member',
  effect: 'refused',
  certainty: 'inferred',
  title: 'A name stands twice in the header or the payload',
  hint: 'Write each name once. Of two, one reader takes the first and another the last, so nobody can say what was signed.',
  source: 'RFC 7515 section 4; RFC 7519 section 4',
  explain({ header, payload }) {
    const names = new Set([...(header?.duplicates ?? []), ...(payload?.duplicates ?? [])])
    if (names.size === 0) return undefined
    const told = [...names].filter((name) => known.has(name))
    return `More than once: ${listKnown(told, names.size, 'name')}.`
  },
}
