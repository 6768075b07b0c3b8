/** The text of a condition that cannot be read. */
export interface ConditionProblem {
  readonly problem: string
  /** Characters before it. */
  readonly position: number
}

/** The smallest parts of a condition. */
export type Token =
  | { readonly kind: 'name'; readonly text: string; readonly position: number }
  | { readonly kind: 'string'; readonly text: string; readonly position: number }
  | { readonly kind: 'sign'; readonly text: string; readonly position: number }

/** A rule of the management console is far shorter. */
export const conditionLimits = { characters: 4000, tokens: 1000, depth: 50 } as const

const space = /\s+/y
const name = /@?[A-Za-z_][\w-]*/y
const string = /"(?:[^"\\]|\\.)*"/sy
// Longest first.
const sign = /!==|==|!=|&&|\|\||[=!().,{}]/y

/** Parts a condition into its smallest parts; a problem when something else stands in it. */
export function tokenize(text: string): readonly Token[] | ConditionProblem {
  if (text.length > conditionLimits.characters)
    return {
      problem: `it is longer than ${conditionLimits.characters} characters`,
      position: conditionLimits.characters,
    }
  const tokens: Token[] = []
  let position = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position
    return pattern.exec(text)?.[0]
  }
  while (position < text.length) {
    if (tokens.length >= conditionLimits.tokens)
      return { problem: `it has more than ${conditionLimits.tokens} parts`, position }
    const blank = take(space)
    if (blank !== undefined) {
      position += blank.length
      continue
    }
    const word = take(name)
    const quoted = word === undefined ? take(string) : undefined
    const mark = word === undefined && quoted === undefined ? take(sign) : undefined
    const found = word ?? quoted ?? mark
    if (found === undefined)
      return { problem: `${JSON.stringify(text[position])} is not expected`, position }
    if (quoted !== undefined)
      tokens.push({
        kind: 'string',
        text: quoted.slice(1, -1).replace(/\\(["\\])/g, '$1'),
        position,
      })
    else tokens.push({ kind: word === undefined ? 'sign' : 'name', text: found, position })
    position += found.length
  }
  return tokens
}
