import { switchAdvice } from '../../control/console/switch-advice.ts'
import type { Advice, RecordedRequest } from '../../control/recorder.ts'
import { clientManagedErrors } from '../errors/client-managed-errors.ts'
import { clientManagedSwitches } from '../switches.ts'

/** By the rule that refused a token. */
const byRule: Readonly<Record<string, string>> = {
  form: 'Send the token whole, as a library made it: three parts of base64url without padding.',
  algorithm: 'Sign with RS256, RS384 or RS512. ES256, PS256, HS256 and none are never taken.',
  header: 'Send alg and typ alone in the header; kid does no harm.',
  certificate:
    'Paste one whole certificate into “JWT certificate” of the virtual proxy, with its BEGIN and END lines.',
  signature:
    'Sign with the private key that belongs to the virtual proxy’s certificate. Each virtual proxy has its own.',
  audience: 'Set aud to the virtual proxy’s “JWT audience”, letter by letter, and to nothing else.',
  'time-types': 'Write iat, nbf and exp as numbers of seconds since 1970.',
  times: 'Compare the clocks: the signer’s and the emulator’s, which may have been moved.',
  user: 'Make the names in the token exactly those of “JWT attribute for user ID” and “… user directory”.',
  attributes: 'Send what the attribute map has as mandatory, or take the mark away there.',
}

function adviceOnToken({ token }: RecordedRequest): Advice[] {
  const refused = token?.verdict.find(({ outcome }) => outcome === 'refused')
  return refused === undefined
    ? []
    : [
        {
          why: refused.detail ?? `The rule ${refused.rule} refused the token.`,
          next: byRule[refused.rule] ?? 'Read what the rule says.',
        },
      ]
}

/** Several errors have one text: by what service a request was answered, as their IDs begin. */
function serviceOf({ path, shapedBy }: RecordedRequest): string {
  if (shapedBy?.includes('missingClientCertificate')) return 'qps-'
  return /\/qrs(?:\/|$)/i.test(path) ? 'qrs-' : 'proxy-'
}

function adviceOnError(request: RecordedRequest): Advice[] {
  const { error, token } = request
  if (error === undefined || token?.accepted === false) return []
  const { errors, closes } = clientManagedErrors
  const close = closes.find(({ notification }) => notification === error.code)
  const alike = errors.filter(({ code, title }) => code === error.code && title === error.title)
  const known = close ?? alike.find(({ id }) => id.startsWith(serviceOf(request))) ?? alike[0]
  const why = error.detail ?? known?.cause ?? error.title
  return [{ why, next: known?.advice ?? 'Read what the answer says.' }]
}

const adviceOnSwitches = switchAdvice(clientManagedSwitches)

/** What the site can say about a request in words. */
export function siteAdviceOn(request: RecordedRequest): Advice[] {
  return [...adviceOnToken(request), ...adviceOnError(request), ...adviceOnSwitches(request)]
}
