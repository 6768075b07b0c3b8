/** Browsers, programs and Qlik use some hundred names of header fields, and a page some hundred paths. */
const maxNames = 500

/**
 * Remembers what a function says of a name, such as that of a header field: each request brings the same few. Whoever
 * makes up many names only makes it forget.
 *
 * @param read gives no undefined
 * @param maxNameLength of longer ones nothing is kept. Default 64
 */
export function rememberNames<Value>(
  read: (name: string) => Value,
  maxNameLength = 64,
): (name: string) => Value {
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

/** Remembers what a function says of an object that never changes, for as long as the object is there. */
export function rememberByObject<Key extends object, Value extends object>(
  read: (key: Key) => Value,
): (key: Key) => Value {
  const known = new WeakMap<Key, Value>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    const value = read(key)
    known.set(key, value)
    return value
  }
}
