/** Browsers, programs and Qlik use some hundred names of header fields. */
const maxNames = 500
const maxNameLength = 64

/**
 * Remembers what a function says of the name of a header field: each request brings the same few. Whoever makes up
 * many names only makes it forget.
 */
export function rememberNames<Value>(read: (name: string) => Value): (name: string) => Value {
  const known = new Map<string, Value>()
  return (name) => {
    const found = known.get(name)
    if (found !== undefined) return found
    const value = read(name)
    if (name.length > maxNameLength) return value
    if (known.size === maxNames) known.clear()
    known.set(name, value)
    return value
  }
}
