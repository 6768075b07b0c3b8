import { switchAdvice } from '../../control/console/switch-advice.ts'
import type { Advice, RecordedRequest } from '../../control/recorder.ts'
import { documentedCloses } from '../errors/documented-closes.ts'
import { documentedErrors } from '../errors/documented-errors.ts'
import { cloudSwitches } from '../switch-definitions.ts'

/** By the rule that refused a token. */
const byRule: Readonly<Record<string, string>> = {
  form: 'Send the token whole, as a library made it: three parts of base64url without padding.',
  algorithm: 'Sign with RS256. Tokens signed with HS256 or none are never taken.',
  header: 'Send alg, typ and kid alone in the header.',
  'key-id': 'Set kid in the header, not in the claims, to the key ID of the identity provider.',
  issuer:
    'Compare iss and kid with the identity providers in Set-up, character by character: both must be those of one provider.',
  certificate: 'Register a certificate that is valid today, as a new identity provider.',
  signature:
    'Sign with the private key that belongs to the registered certificate. After a rotation, old and new are easily mixed up.',
  audience: 'Set aud to qlik.api/login/jwt-session, and to nothing else.',
  'required-claims': 'Add the claim that is named.',
  'claim-types': 'Give the claim the type that is named.',
  lifetime: 'Let exp lie at most 3600 seconds after nbf. A minute is enough to log in.',
  times:
    'Compare the clocks: the signer’s and the emulator’s, which may have been moved. Set nbf a few seconds before now, or a clock tolerance at the identity provider.',
  once: 'Make a new token with a new jti for each log-in; never keep one.',
}

/** By code of an answer; documented errors bring their own. */
const byCode: Readonly<Record<string, Advice>> = {
  'HTTP-401': {
    why: 'There was no valid session cookie and no valid key.',
    next: 'If jwt-session answered 200 before, the browser kept or sent no cookie: check that the page is of the same site, and that requests go with credentials.',
  },
  'HTTP-403': {
    why: 'An ordinary user asked for administration.',
    next: 'Send the administrator’s key as a bearer token.',
  },
  'APPS-403': {
    why: 'The user may not open this app.',
    next: 'Check the user’s groups and the rows of section access.',
  },
  'EMULATOR-NOT-IMPLEMENTED': {
    why: 'The emulator does not have this address; Qlik Cloud may.',
    next: 'Its README lists what it has.',
  },
}

function adviceOnToken(request: RecordedRequest): Advice[] {
  const { token, error } = request
  if (token === undefined) return []
  const advice: Advice[] = []
  const refused = token.verdict.find(({ outcome }) => outcome === 'refused')
  const known = documentedErrors.find(
    ({ detail }) => detail !== undefined && detail === error?.detail,
  )
  if (known !== undefined) advice.push({ why: known.cause, next: known.advice })
  else if (refused !== undefined)
    advice.push({
      why: refused.detail ?? `The rule ${refused.rule} refused the token.`,
      next: byRule[refused.rule] ?? 'Read what the rule says.',
    })
  const { group, groups } = token.claims
  if (group !== undefined && groups === undefined)
    advice.push({
      why: 'The token has group, which Qlik Cloud drops without a word: it reads groups.',
      next: 'Name the claim groups; group is for client-managed Qlik Sense.',
    })
  return advice
}

function adviceOnError(request: RecordedRequest): Advice[] {
  const { error, closeCode, token } = request
  const isTokenRefused = token !== undefined && !token.accepted
  if (error !== undefined && !isTokenRefused) {
    const known =
      documentedErrors.find(
        ({ code, title, detail }) =>
          code === error.code && (title === error.title || (detail ?? title) === error.detail),
      ) ?? documentedErrors.find(({ code }) => code === error.code)
    const text = [error.title, error.detail].filter(Boolean).join(': ')
    if (known !== undefined) return [{ why: known.cause, next: known.advice }]
    return [byCode[error.code] ?? { why: text, next: 'Read what the answer says.' }]
  }
  const close = documentedCloses.find((one) => one.closeCode === closeCode)
  return close === undefined ? [] : [{ why: close.cause, next: close.advice }]
}

const adviceOnSwitches = switchAdvice(cloudSwitches)

/** What the tenant can say about a request in words. */
export function adviceOn(request: RecordedRequest): Advice[] {
  return [...adviceOnToken(request), ...adviceOnError(request), ...adviceOnSwitches(request)]
}
