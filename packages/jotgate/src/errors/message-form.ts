import type { ErrorDefinition } from './errors.ts'

/** The message of an error with the names of its details in place of their values: `‹file› does not exist`. */
export function messageForm({ message }: Pick<ErrorDefinition<never>, 'message'>): string {
  return message(placeholder('') as never)
}

/** A message is a function of its details: whatever it asks of this stand-in is answered by a name. */
function placeholder(path: string): unknown {
  return new Proxy(() => undefined, {
    get(_target, name) {
      if (name === Symbol.toPrimitive || name === 'toString') return () => `‹${path}›`
      if (typeof name === 'symbol') return undefined
      // Lists are joined in messages; the list's own name says more than "join".
      if (name === 'join') return () => `‹${path}›`
      return placeholder(path ? `${path}.${name}` : name)
    },
    apply: () => placeholder(path),
  })
}
