/** Does a write that nobody need wait for: when it is refused, that ends no process. */
export function unwatched<Result>(work: () => Promise<Result>): Promise<Result> {
  const result = work()
  result.catch(() => undefined)
  return result
}
