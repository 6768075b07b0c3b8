/**
 * Refuses what cannot be a signed token before it is sent: fetch quotes an invalid header value in its error.
 *
 * @throws TypeError
 */
export function checkToken(token: unknown): void {
  if (typeof token !== 'string' || !/^[\w.-]{1,16384}$/.test(token))
    throw new TypeError('The option token must be a signed token')
}
