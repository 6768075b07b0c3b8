/** More than the keys of a set that is rotated, and a few kilobytes. */
const maxKept = 32

/**
 * Keeps the results that were asked for last, by name. A result that fails is not kept.
 *
 * @returns a function that gives the kept result of a name, or makes it
 */
export function keepRecent<Result>(): (
  name: string,
  make: () => Promise<Result>,
) => Promise<Result> {
  const kept = new Map<string, Promise<Result>>()
  return (name, make) => {
    const found = kept.get(name)
    // The one that was used last is at the end.
    kept.delete(name)
    const result = found ?? make()
    kept.set(name, result)
    if (found === undefined) result.catch(() => kept.delete(name))
    const [oldest] = kept.keys()
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest)
    return result
  }
}
