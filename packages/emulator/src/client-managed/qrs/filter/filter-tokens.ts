/** How a quote inside a string is written: twice, with a backslash before it, or either. */
export type QuoteEscape = 'both' | 'doubled' | 'backslash'

/** The smallest parts of a filter. */
export interface FilterToken {
  readonly kind: 'word' | 'string' | 'bracket'
  readonly text: string
}

/** Far more than an address of common length holds. */
const limits = { characters: 8000, tokens: 1000 } as const

const literals: Readonly<Record<QuoteEscape, RegExp>> = {
  both: /'(?:[^'\\]|''|\\.)*'/sy,
  doubled: /'(?:[^']|'')*'/sy,
  backslash: /'(?:[^'\\]|\\.)*'/sy,
}

const escapes: Readonly<Record<QuoteEscape, RegExp>> = {
  both: /'(')|\\(['\\])/g,
  doubled: /'(')/g,
  backslash: /\\(['\\])/g,
}

/** Parts a filter into its smallest parts; undefined when it holds anything else. */
export function tokenizeFilter(
  filter: string,
  quotes: QuoteEscape,
): readonly FilterToken[] | undefined {
  if (filter.length > limits.characters) return undefined
  const literal = new RegExp(literals[quotes])
  const other = /\s*(?:([()])|([\w.:+-]+))/y
  const tokens: FilterToken[] = []
  let at = 0
  const end = filter.trimEnd().length
  while (at < end) {
    if (tokens.length >= limits.tokens) return undefined
    literal.lastIndex = at + (/^\s*/.exec(filter.slice(at, at + 1000))?.[0].length ?? 0)
    const quoted = literal.exec(filter)?.[0]
    if (quoted !== undefined) {
      const text = quoted
        .slice(1, -1)
        .replace(escapes[quotes], (_whole, one: string, other: string) => one ?? other)
      tokens.push({ kind: 'string', text })
      at = literal.lastIndex
      continue
    }
    other.lastIndex = at
    const [, bracket, word] = other.exec(filter) ?? []
    if (bracket === undefined && word === undefined) return undefined
    tokens.push(
      bracket === undefined
        ? { kind: 'word', text: word ?? '' }
        : { kind: 'bracket', text: bracket },
    )
    at = other.lastIndex
  }
  return tokens
}
