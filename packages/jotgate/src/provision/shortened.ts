const mostNames = 20
const mostCharacters = 150

/** Names that a server chose, so that a message of them stays readable: each cut off, and not too many. */
export function shortened(names: readonly string[]): readonly string[] {
  const few = names.slice(0, mostNames).map(shortName)
  return few.length === names.length ? few : [...few, `and ${names.length - few.length} more`]
}

/** One of them. */
export const shortName = (name: string): string =>
  name.length <= mostCharacters ? name : `${name.slice(0, mostCharacters)}…`
