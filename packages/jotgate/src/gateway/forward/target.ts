/**
 * Makes the target that Qlik gets: path and query as they came, without the parameters that are replaced.
 *
 * @param drop names of parameters, in lower case; compared without regard to case, as some servers do
 * @param add appended, encoded
 */
export function toTarget(
  path: string,
  query: string,
  { drop, add }: { drop: ReadonlySet<string>; add: Readonly<Record<string, string>> },
): string {
  const names = Object.keys(add)
  // As most requests come.
  if (query.length < 2 && names.length === 0) return path
  const added = Object.entries(add).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  )
  const replaced = new Set(names.map((name) => name.toLowerCase()))
  const kept = query
    .slice(1)
    .split('&')
    .filter((part) => part !== '')
    .filter((part) => {
      const name = nameOf(part)
      return !drop.has(name) && !replaced.has(name)
    })
  const all = [...kept, ...added]
  return all.length === 0 ? path : `${path}?${all.join('&')}`
}

/** The name of a parameter, as a server that is generous with escapes and blanks reads it. */
function nameOf(part: string): string {
  const [name = ''] = part.split('=', 1)
  const decoded = name
    .replaceAll('+', ' ')
    .replace(/%[0-9a-f]{2}/gi, (escaped) =>
      String.fromCharCode(Number.parseInt(escaped.slice(1), 16)),
    )
  return decoded.trim().toLowerCase()
}
