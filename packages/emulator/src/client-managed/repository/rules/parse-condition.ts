import { type ConditionProblem, conditionLimits, type Token, tokenize } from './tokens.ts'

/** How two operands are compared. */
export type Comparison = '=' | '!=' | '==' | '!==' | 'like' | 'matches'

/** What stands on a side of a comparison. */
export type Operand =
  | { readonly kind: 'values'; readonly values: readonly string[] }
  /** `user.group`, `resource.stream.@region`: names in lower case, custom properties with their `@`. */
  | { readonly kind: 'path'; readonly path: readonly string[] }

/** The functions of conditions. */
export type ConditionFunction = 'hasprivilege' | 'isanonymous' | 'isowned' | 'empty'

/** A condition that was read. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | {
      readonly kind: 'compare'
      readonly left: Operand
      readonly operator: Comparison
      readonly right: Operand
    }
  | {
      readonly kind: 'call'
      readonly path: readonly string[]
      readonly name: ConditionFunction
      readonly argument?: string
    }

const comparisons: readonly string[] = ['=', '!=', '==', '!==', 'like', 'matches']
const functions: readonly string[] = ['hasprivilege', 'isanonymous', 'isowned', 'empty']
const roots: readonly string[] = ['user', 'resource']

const isComparison = (text: string): text is Comparison => comparisons.includes(text)
const isFunction = (text: string): text is ConditionFunction => functions.includes(text)

/** Ends the reading of a condition: caught where it began. */
function refuse(problem: string, position: number): never {
  throw Object.assign(new Error(problem), { position })
}

/** Reads tokens one after another. */
function createReader(tokens: readonly Token[], end: number) {
  let next = 0
  let depth = 0

  const peek = (): string | undefined => {
    const token = tokens[next]
    return token === undefined || token.kind === 'string' ? undefined : token.text.toLowerCase()
  }
  const position = () => tokens[next]?.position ?? end
  const take = (text: string): boolean => {
    if (peek() !== text) return false
    next += 1
    return true
  }
  const expect = (text: string) => {
    if (!take(text)) refuse(`${text} is expected`, position())
  }
  const takeString = (): string => {
    const token = tokens[next]
    if (token?.kind !== 'string') return refuse('a string in double quotes is expected', position())
    next += 1
    return token.text
  }
  const takePath = (): string[] => {
    const path: string[] = []
    const start = position()
    do {
      const token = tokens[next]
      if (token?.kind !== 'name') return refuse('the name of a property is expected', position())
      path.push(token.text.toLowerCase())
      next += 1
    } while (take('.'))
    if (!roots.includes(path[0] ?? '')) refuse(`${path[0]} is neither user nor resource`, start)
    return path
  }

  const operand = (): Operand => {
    if (tokens[next]?.kind === 'string') return { kind: 'values', values: [takeString()] }
    if (!take('{')) return { kind: 'path', path: takePath() }
    const values = [takeString()]
    while (take(',')) values.push(takeString())
    expect('}')
    return { kind: 'values', values }
  }

  const call = (path: readonly string[]): Condition => {
    const name = path.at(-1) ?? ''
    if (!isFunction(name)) return refuse(`${name} is not a function of conditions`, position())
    const argument = name === 'hasprivilege' ? takeString() : undefined
    expect(')')
    const target = path.slice(0, -1)
    return { kind: 'call', path: target, name, ...(argument === undefined ? {} : { argument }) }
  }

  const comparison = (): Condition => {
    const left = operand()
    if (left.kind === 'path' && take('(')) return call(left.path)
    const operator = peek() ?? ''
    if (!isComparison(operator)) return refuse('a comparison is expected', position())
    next += 1
    return { kind: 'compare', left, operator, right: operand() }
  }

  const single = (): Condition => {
    depth += 1
    if (depth > conditionLimits.depth)
      refuse(`it is nested more than ${conditionLimits.depth} deep`, position())
    const negated = take('!') || take('not')
    const found: Condition = negated ? { kind: 'not', part: single() } : grouped()
    depth -= 1
    return found
  }
  const grouped = (): Condition => {
    if (!take('(')) return comparison()
    const inner = alternatives()
    expect(')')
    return inner
  }
  const chain = (kind: 'and' | 'or', sign: string, part: () => Condition) => (): Condition => {
    const first = part()
    const parts = [first]
    while (take(kind) || take(sign)) parts.push(part())
    return parts.length === 1 ? first : { kind, parts }
  }
  const alternatives = chain('or', '||', chain('and', '&&', single))

  return () => {
    const condition = alternatives()
    if (next < tokens.length) refuse('the end is expected', position())
    return condition
  }
}

/**
 * Reads the condition of a security rule. `not` binds closest, then `and`, then `or`; names of properties and
 * functions are read in any case.
 *
 * @returns undefined for an empty condition, which always holds
 */
export function parseCondition(text: string): Condition | undefined | ConditionProblem {
  const tokens = tokenize(text)
  if ('problem' in tokens) return tokens
  if (tokens.length === 0) return undefined
  try {
    return createReader(tokens, text.length)()
  } catch (error) {
    if (!(error instanceof Error) || !('position' in error)) throw error
    return { problem: error.message, position: Number(error.position) }
  }
}

/** Tells a problem from a condition. */
export function isConditionProblem(
  parsed: Condition | undefined | ConditionProblem,
): parsed is ConditionProblem {
  return parsed !== undefined && 'problem' in parsed
}
