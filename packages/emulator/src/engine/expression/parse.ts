import { engineLimits } from '../limits.ts'
import { expressionError } from './expression-error.ts'
import { type Token, toTokens } from './tokens.ts'

export type AggregationName = 'sum' | 'count' | 'avg' | 'min' | 'max' | 'only'
type FunctionName = 'if' | 'isnull' | 'null'
export type BinaryOperator =
  | 'or'
  | 'and'
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | '&'
  | '+'
  | '-'
  | '*'
  | '/'

/** An expression that was understood completely. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'field'; readonly name: string }
  | {
      readonly kind: 'aggregation'
      readonly name: AggregationName
      readonly distinct: boolean
      readonly argument: Expression
    }
  | {
      readonly kind: 'call'
      readonly name: FunctionName
      readonly arguments: readonly Expression[]
    }
  | { readonly kind: 'negate' | 'not'; readonly operand: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    }

const aggregations: readonly string[] = ['sum', 'count', 'avg', 'min', 'max', 'only']
const argumentCounts: Readonly<Record<string, readonly [number, number]>> = {
  if: [2, 3],
  isnull: [1, 1],
  null: [0, 0],
}
/** From the loosest to the tightest, as Qlik binds them. */
const levels: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['=', '<>', '<', '<=', '>', '>='],
  ['&'],
  ['+', '-'],
  ['*', '/'],
]
/** So deep and so long no page author writes; a hostile frame must not exhaust the stack. */
const depthLimit = engineLimits.expressionDepth.value
const tokenLimit = engineLimits.expressionTokens.value

interface Parser {
  readonly tokens: readonly Token[]
  position: number
  depth: number
}

/**
 * Reads an expression: fields, numbers, 'text', Sum Count Avg Min Max Only with distinct, If,
 * IsNull, Null(), arithmetic, &, comparisons, and/or/not. Set analysis, TOTAL, Aggr and every other
 * function are refused by name.
 *
 * @param text with or without the leading `=`
 * @throws an error that `isExpressionError` tells
 */
export function parseExpression(text: string): Expression {
  const body = text.replace(/^\s*=/, '')
  const { value: characterLimit } = engineLimits.expressionCharacters
  if (body.length > characterLimit) throw expressionError('the expression is too long')
  const parser: Parser = { tokens: toTokens(body), position: 0, depth: 0 }
  if (parser.tokens.length > tokenLimit) throw expressionError('the expression is too long')
  if (peek(parser).kind === 'end') throw expressionError('the expression is empty')
  const expression = parseLevel(parser, 0)
  const rest = peek(parser)
  if (rest.kind !== 'end') throw expressionError(`"${rest.value}" at ${rest.at} is not expected`)
  return expression
}

function peek(parser: Parser): Token {
  return parser.tokens[parser.position] ?? { kind: 'end', value: '', at: 0 }
}

function take(parser: Parser): Token {
  const token = peek(parser)
  parser.position += 1
  return token
}

function takeIf(parser: Parser, value: string): boolean {
  const token = peek(parser)
  const isWord = token.kind === 'name' && token.value.toLowerCase() === value
  if (!isWord && !(token.kind === 'symbol' && token.value === value)) return false
  parser.position += 1
  return true
}

function expectSymbol(parser: Parser, value: string): void {
  const token = peek(parser)
  if (!takeIf(parser, value)) {
    const found = token.kind === 'end' ? 'the end' : `"${token.value}"`
    throw expressionError(`"${value}" expected at ${token.at}, found ${found}`)
  }
}

function parseLevel(parser: Parser, level: number): Expression {
  const operators = levels[level]
  if (operators === undefined) return parseUnary(parser)
  let left = parseLevel(parser, level + 1)
  for (;;) {
    const operator = operators.find((candidate) => takeIf(parser, candidate))
    if (operator === undefined) return left
    left = {
      kind: 'binary',
      operator: operator as BinaryOperator,
      left,
      right: parseLevel(parser, level + 1),
    }
  }
}

function parseUnary(parser: Parser): Expression {
  parser.depth += 1
  if (parser.depth > depthLimit) throw expressionError('the expression is nested too deeply')
  try {
    if (takeIf(parser, '-')) return { kind: 'negate', operand: parseUnary(parser) }
    if (takeIf(parser, '+')) return parseUnary(parser)
    if (takeIf(parser, 'not')) return { kind: 'not', operand: parseUnary(parser) }
    return parsePrimary(parser)
  } finally {
    parser.depth -= 1
  }
}

function parsePrimary(parser: Parser): Expression {
  const token = take(parser)
  if (token.kind === 'number') return { kind: 'number', value: token.value }
  if (token.kind === 'text') return { kind: 'text', value: token.value }
  if (token.kind === 'field') return { kind: 'field', name: token.value }
  if (token.kind === 'name') {
    return takeIf(parser, '(') ? parseCall(parser, token) : { kind: 'field', name: token.value }
  }
  if (token.kind === 'symbol' && token.value === '(') {
    const inner = parseLevel(parser, 0)
    expectSymbol(parser, ')')
    return inner
  }
  if (token.kind === 'end') throw expressionError('the expression ends too early')
  throw expressionError(`"${token.value}" at ${token.at} is not expected`)
}

function parseCall(parser: Parser, token: Token): Expression {
  const name = String(token.value).toLowerCase()
  if (aggregations.includes(name)) return parseAggregation(parser, name as AggregationName)
  const counts = argumentCounts[name]
  if (counts === undefined) {
    throw expressionError(`the function ${token.value} is not supported by the jotgate emulator`)
  }
  const parameters: Expression[] = []
  if (!takeIf(parser, ')')) {
    do parameters.push(parseLevel(parser, 0))
    while (takeIf(parser, ','))
    expectSymbol(parser, ')')
  }
  const [least, most] = counts
  if (parameters.length < least || parameters.length > most) {
    throw expressionError(`${token.value} does not take ${parameters.length} arguments`)
  }
  return { kind: 'call', name: name as FunctionName, arguments: parameters }
}

function parseAggregation(parser: Parser, name: AggregationName): Expression {
  let distinct = false
  for (;;) {
    const token = peek(parser)
    if (token.kind === 'symbol' && token.value === '{') {
      throw expressionError('set analysis is not supported by the jotgate emulator')
    }
    if (takeIf(parser, 'distinct')) distinct = true
    else if (isWord(parser, 'total')) {
      throw expressionError('TOTAL is not supported by the jotgate emulator')
    } else break
  }
  const argument = parseLevel(parser, 0)
  expectSymbol(parser, ')')
  if (hasAggregation(argument)) {
    throw expressionError('an aggregation inside an aggregation needs Aggr, which is not supported')
  }
  return { kind: 'aggregation', name, distinct, argument }
}

/** `total` followed by an argument is the qualifier; followed by `)` it is a field of that name. */
function isWord(parser: Parser, word: string): boolean {
  const token = peek(parser)
  const next = parser.tokens[parser.position + 1]
  const isLast = next?.kind === 'symbol' && next.value === ')'
  return token.kind === 'name' && token.value.toLowerCase() === word && !isLast
}

/** Tells whether an expression aggregates anywhere. */
function hasAggregation(expression: Expression): boolean {
  switch (expression.kind) {
    case 'aggregation':
      return true
    case 'call':
      return expression.arguments.some(hasAggregation)
    case 'negate':
    case 'not':
      return hasAggregation(expression.operand)
    case 'binary':
      return hasAggregation(expression.left) || hasAggregation(expression.right)
    default:
      return false
  }
}
