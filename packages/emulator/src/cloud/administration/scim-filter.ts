/** Says whether a record matches a filter. */
export type Filter = (record: Readonly<Record<string, unknown>>) => boolean

const comparison = /^\s*(\w+)\s+(eq|co)\s+("(?:[^"\\]|\\.)*")\s*/i
const connective = /^(and|or)\s+/i

function toComparison(name: string, operator: string, quoted: string): Filter | undefined {
  let wanted: string
  try {
    wanted = String(JSON.parse(quoted)).toLowerCase()
  } catch {
    return undefined
  }
  const exact = operator.toLowerCase() === 'eq'
  return (record) => {
    const value = Object.hasOwn(record, name) ? record[name] : undefined
    if (typeof value !== 'string') return false
    const text = value.toLowerCase()
    return exact ? text === wanted : text.includes(wanted)
  }
}

/**
 * Reads the part of SCIM filters (RFC 7644 §3.4.2.2) that Qlik's examples use: `eq` and `co` on
 * texts, without regard to case, joined by `and` and `or`, of which `and` binds closer.
 *
 * @returns undefined for any other text
 */
export function parseFilter(text: string, attributes: readonly string[]): Filter | undefined {
  const alternatives: Filter[][] = [[]]
  let rest = text
  for (;;) {
    const [whole, name, operator, quoted] = comparison.exec(rest) ?? []
    if (whole === undefined || name === undefined || operator === undefined || quoted === undefined)
      return undefined
    // RFC 7644 §3.4.2.2: names and operators are case-insensitive.
    const attribute = attributes.find((known) => known.toLowerCase() === name.toLowerCase())
    const one = attribute === undefined ? undefined : toComparison(attribute, operator, quoted)
    if (one === undefined) return undefined
    alternatives.at(-1)?.push(one)
    rest = rest.slice(whole.length)
    if (rest === '') break
    const [joint, word] = connective.exec(rest) ?? []
    if (joint === undefined || word === undefined) return undefined
    if (word.toLowerCase() === 'or') alternatives.push([])
    rest = rest.slice(joint.length)
  }
  return (record) => alternatives.some((all) => all.every((matches) => matches(record)))
}
