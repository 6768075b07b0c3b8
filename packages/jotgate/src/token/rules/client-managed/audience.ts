import { ownMember } from '../../../values/index.ts'
import type { ClientManagedDeployment } from '../../client-managed.ts'
import { describeDifference } from '../members.ts'
import type { TokenRule } from '../rule.ts'
import { isNotChecked } from '../signature.ts'

/** Whom the token is for. */
export const audienceRules: readonly TokenRule<ClientManagedDeployment>[] = [
  {
    about: 'claims',
    id: 'client-managed-audience',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The audience is not the one that the virtual proxy requires',
    hint: 'Write `aud` exactly as the virtual proxy has it under "JWT audience".',
    source:
      'qs-jwt: "Audience in JWT must match the audience defined in the QSEoW virtual proxy"; field jwtAudience',
    explain({ claims, deployment }) {
      const { audience: expected } = deployment
      if (expected === undefined) return undefined
      const aud = ownMember(claims, 'aud')
      const all: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
      if (all.length > 0 && all.every((one) => one === expected)) return undefined
      const required = `The virtual proxy requires ${JSON.stringify(expected)}`
      if (aud === undefined) return `${required}, and the payload has no \`aud\`.`
      if (all.includes(expected)) return `${required}; \`aud\` names others beside it.`
      return `${required}. In the token ${describeDifference(aud, expected)}.`
    },
  },
  {
    about: 'claims',
    id: 'client-managed-audience-unasked',
    effect: 'unknown',
    certainty: 'unknown',
    title: 'The token has an audience, and the deployment names none',
    hint: 'Put the virtual proxy’s "JWT audience" into the deployment as `audience`; when it has none, omit `aud`.',
    source:
      'Field jwtAudience; what an audience does where none is set was looked for and not found',
    explain: ({ claims, deployment }) =>
      deployment.audience === undefined && Object.hasOwn(claims, 'aud')
        ? 'The payload has `aud`.'
        : undefined,
  },
]

/** Which key the signature was made with. */
export const keyRules: readonly TokenRule<ClientManagedDeployment>[] = [
  {
    about: 'signature',
    id: 'client-managed-key-not-named',
    effect: 'unknown',
    blocks: true,
    certainty: 'unknown',
    title: 'The signature was not checked: nothing says which of the keys it was made with',
    hint: 'Give the certificate that the virtual proxy has, alone, as `certificate`: it has one, and does not look at key IDs.',
    source: 'Field jwtPublicKeyCertificate of the virtual proxy: one certificate, and no key ID',
    explain: ({ signature }) =>
      isNotChecked(signature, 'key-id')
        ? 'The header’s `kid` is none of the key IDs in the set, or there is none.'
        : undefined,
  },
]
