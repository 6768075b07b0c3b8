/** Claims that are times, as people read them. */
export function timesOf(claims: Readonly<Record<string, unknown>>): [string, string][] {
  return ['iat', 'nbf', 'exp'].flatMap((name): [string, string][] => {
    const seconds = claims[name]
    if (typeof seconds !== 'number' || !(Math.abs(seconds) <= 8.64e12)) return []
    const iso = new Date(seconds * 1000).toISOString()
    return [[name, iso.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')]]
  })
}
