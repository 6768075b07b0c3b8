import { hopByHopHeaders, proxyHeaders, qlikHeaders } from '../protocol/index.ts'

const ofOneConnection = 'concerns one connection only and is not passed on (RFC 9110 section 7.6.1)'

/** Header fields that a call does not take from outside, and why. */
const refused: ReadonlyMap<string, string> = new Map([
  ...[...hopByHopHeaders].map((name) => [name, ofOneConnection] as const),
  ...Object.entries({
    authorization: 'would name a second user: the token says who asks',
    cookie: 'is the session’s own: the token says who asks',
    [qlikHeaders.csrfToken]: 'is the session’s own and goes with each call',
    [proxyHeaders.xrfkey]: 'is made for each call, for the query too',
    host: 'follows from the deployment’s url',
    'content-length': 'follows from the body',
    'accept-encoding': 'is set here, since answers are unpacked here',
    expect: 'is not waited for here',
  }),
])

const maxValueLength = 4096

/**
 * Says what is wrong with a header field that is to go with a call made as a user.
 *
 * @param name in any case
 * @param value the text behind the name
 * @returns the reason in words, or nothing when the field may go; it never quotes the value
 * @see RFC 9110 sections 5.1, 5.5 and 7.6.1
 */
export function checkRestHeader(name: string, value: string): string | undefined {
  if (!/^[!#$%&'*+.^_`|~\w-]{1,128}$/.test(name))
    return 'has a name with other characters than letters, digits and -'
  const reason = refused.get(name.toLowerCase())
  if (reason !== undefined) return reason
  if (value.length > maxValueLength) return `is longer than ${maxValueLength} characters`
  if (!/^[\t\x20-\x7e]*$/.test(value))
    return 'holds line breaks, control characters or letters beyond ASCII'
  return undefined
}
