const piece = /("(?:[^"\\]+|\\.)*")(\s*:)?|[{}[\]]/g

/**
 * Finds names that stand twice in one object of a JSON text, of which JSON.parse takes the last without a
 * word; and `__proto__`, which is lost when an object is copied.
 *
 * @param text what JSON.parse has found well formed
 * @returns each with its place, such as `deployments.prod: stands twice`
 */
export function duplicateNames(text: string): string[] {
  const problems: string[] = []
  // The objects and lists that are open, each with the names so far and the last of them.
  const open: { readonly names: Set<string>; name: string }[] = []
  for (const [all, quoted, colon] of text.matchAll(piece)) {
    if (all === '{' || all === '[') open.push({ names: new Set(), name: '' })
    else if (all === '}' || all === ']') open.pop()
    const inside = open.at(-1)
    if (quoted === undefined || colon === undefined || inside === undefined) continue
    // Two spellings of one name, "a" and "\\u0061", are one name.
    inside.name = String(JSON.parse(quoted))
    const place = () => open.map(({ name }) => name).join('.')
    if (inside.names.has(inside.name)) problems.push(`${place()}: stands twice`)
    else if (inside.name === '__proto__') problems.push(`${place()}: cannot be a name`)
    inside.names.add(inside.name)
  }
  return [...new Set(problems)]
}
