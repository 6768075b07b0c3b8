/** Parts of a filter that are looked at; the rest of a longer one names nothing. */
const partLimit = 100

/**
 * Whether a text has the form of a wildcard pattern, in any case: `*` stands for any characters. Pieces are found
 * from left to right, so a pattern of many asterisks costs no more than one of few.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  const [head = '', ...others] = pattern.toLowerCase().split('*')
  const whole = text.toLowerCase()
  const tail = others.pop()
  if (tail === undefined) return whole === head
  if (!whole.startsWith(head) || whole.length < head.length + tail.length) return false
  if (!whole.endsWith(tail)) return false
  const end = whole.length - tail.length
  let at = head.length
  for (const piece of others) {
    const found = whole.indexOf(piece, at)
    if (found === -1 || found + piece.length > end) return false
    at = found + piece.length
  }
  return true
}

/**
 * Whether the resource filter of a rule names a resource: `App_*`, `App*` (with App.Object), `Stream_<id>`, `*`,
 * several with commas between them.
 */
export function filterNames(filter: string, resource: { type: string; id: string }): boolean {
  return filter
    .split(',', partLimit)
    .some((part) => matchesWildcard(part.trim(), `${resource.type}_${resource.id}`))
}
