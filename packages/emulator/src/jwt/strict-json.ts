const maximumDepth = 32
const scan = /("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/g

/** Why a valid JSON text is refused all the same; undefined when it is not. */
function findFlaw(text: string): string | undefined {
  // Each open object has the names it had so far; an array has none.
  const open: (Set<unknown> | undefined)[] = []
  for (const match of text.matchAll(scan)) {
    const [token, name] = match
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (name !== undefined) {
      // Two spellings of one name, "a" and "\u0061", are one name.
      const read: unknown = JSON.parse(name)
      const names = open.at(-1)
      if (names?.has(read)) return `the member ${String(read).slice(0, 64)} stands twice`
      names?.add(read)
    }
    if (open.length > maximumDepth) return `nested deeper than ${maximumDepth}`
  }
  return undefined
}

/** What came of a strict reading. */
export type StrictJson =
  | { readonly object: Readonly<Record<string, unknown>> }
  | { readonly flaw: string }

/**
 * Reads one JSON object as RFC 7515 §4 and RFC 7519 §4 ask: UTF-8, no byte-order mark, unique member
 * names, nothing after it. JSON.parse alone takes the last of two equal names, and the next reader
 * may take the first.
 */
export function parseStrictObject(bytes: Uint8Array): StrictJson {
  let text: string
  let value: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return { flaw: 'not UTF-8' }
  }
  try {
    value = JSON.parse(text)
  } catch {
    return { flaw: 'not JSON' }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { flaw: 'not a JSON object' }
  const flaw = findFlaw(text)
  return flaw === undefined ? { object: value as Record<string, unknown> } : { flaw }
}
