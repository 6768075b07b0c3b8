import { listNames, ownMember } from '../../../values/index.ts'
import { presentNames } from '../members.ts'
import type { FormRule } from '../rule.ts'

function explainPresent(header: Parameters<FormRule['explain']>[0]['header'], names: string[]) {
  const present = presentNames(header?.value ?? {}, names)
  return present.length === 0 ? undefined : `The header has ${listNames(present)}.`
}

/** What the header says of the token, whatever the token is for. */
export const headerRules: readonly FormRule[] = [
  {
    id: 'form-critical-header',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The header asks for an extension that changes how a token is read',
    hint: 'Omit `crit` and `b64` from the header: `alg`, `typ` and `kid` are all that Qlik asks for.',
    source: 'RFC 7515 section 4.1.11; RFC 7797 section 6',
    explain: ({ header }) => explainPresent(header, ['crit', 'b64']),
  },
  {
    id: 'form-compressed',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The header says that the token is compressed',
    hint: 'Omit `zip`: it belongs to encrypted tokens, which Qlik does not accept.',
    source: 'RFC 7516 section 4.1.3; RFC 8725 section 3.6',
    explain: ({ header }) => explainPresent(header, ['zip']),
  },
  {
    id: 'form-nested',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The header says that there is another token inside',
    hint: 'Omit `cty` and put the claims themselves into the payload.',
    source: 'RFC 7519 section 5.2',
    explain: ({ header }) => explainPresent(header, ['cty']),
  },
  {
    id: 'form-type',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The header says that this is another kind of token',
    hint: 'Write `"typ": "JWT"`, or omit it. An access or logout token is not a token for a login.',
    source: 'RFC 7519 section 5.1; RFC 8725 section 3.11',
    explain({ header }) {
      const typ = ownMember(header?.value ?? {}, 'typ')
      if (typ === undefined) return undefined
      if (typeof typ !== 'string') return '`typ` is not a string.'
      return typ.toUpperCase() === 'JWT' ? undefined : '`typ` is not JWT.'
    },
  },
  {
    id: 'form-embedded-key',
    effect: 'ignored',
    certainty: 'inferred',
    title: 'The token brings its own key, or says where one is',
    hint: 'Omit it. Qlik uses the key that an administrator gave it: in the identity provider, or in the virtual proxy.',
    source: 'RFC 8725 section 3.10; RFC 7515 sections 4.1.2 to 4.1.6',
    explain: ({ header }) => explainPresent(header, ['jwk', 'jku', 'x5c', 'x5u']),
  },
]
