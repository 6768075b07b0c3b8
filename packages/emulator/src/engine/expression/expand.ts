import { expressionError } from './expression-error.ts'

/** What dollar-sign expansion asks for. */
export interface ExpansionSource {
  /** A variable's definition; undefined where there is none of that name. */
  variable(name: string): string | undefined
  /** The text of an expression's value, for `$(=…)` and for variables that begin with `=`. */
  evaluate(expression: string): string
}

/** A variable may use others; one that uses itself must not hang the engine. */
const depthLimit = 20

/**
 * Replaces `$(name)` by the variable's definition and `$(=expression)` by the expression's value, as
 * text and before parsing. A variable that is not there is an error, never an empty text.
 */
export function expandDollars(text: string, source: ExpansionSource, depth = 0): string {
  if (!text.includes('$(')) return text
  if (depth > depthLimit) throw expressionError('the variables use each other without end')
  let expanded = ''
  let position = 0
  for (;;) {
    const start = text.indexOf('$(', position)
    if (start < 0) return expanded + text.slice(position)
    const end = closingParenthesis(text, start + 1)
    const inner = expandDollars(text.slice(start + 2, end), source, depth + 1)
    expanded += text.slice(position, start) + expansionOf(inner, source, depth)
    position = end + 1
  }
}

function expansionOf(inner: string, source: ExpansionSource, depth: number): string {
  if (inner.trimStart().startsWith('=')) return source.evaluate(inner)
  const name = inner.trim()
  if (name.includes('(')) {
    throw expressionError('variables with parameters are not supported by the jotgate emulator')
  }
  const definition = source.variable(name)
  if (definition === undefined) throw expressionError(`there is no variable "${name}"`)
  const expanded = expandDollars(definition, source, depth + 1)
  return expanded.trimStart().startsWith('=') ? source.evaluate(expanded) : expanded
}

function closingParenthesis(text: string, open: number): number {
  let depth = 0
  for (let position = open; position < text.length; position += 1) {
    const character = text[position]
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (depth === 0) return position
  }
  throw expressionError(`$( at ${open} is never closed`)
}
