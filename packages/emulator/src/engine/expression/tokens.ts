import { expressionError } from './expression-error.ts'

/** A piece of an expression; `at` counts characters from 1. */
export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'text'; readonly value: string; readonly at: number }
  /** A field in brackets or double quotes. */
  | { readonly kind: 'field'; readonly value: string; readonly at: number }
  /** A plain name: a field, a function or an operator that is a word. */
  | { readonly kind: 'name'; readonly value: string; readonly at: number }
  | { readonly kind: 'symbol'; readonly value: string; readonly at: number }
  | { readonly kind: 'end'; readonly value: ''; readonly at: number }

const numberStart = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
const nameStart = /[\p{L}_][\p{L}\p{N}_.#]*/uy
const symbols = [
  '<>',
  '<=',
  '>=',
  '<',
  '>',
  '=',
  '+',
  '-',
  '*',
  '/',
  '&',
  '(',
  ')',
  ',',
  '{',
  '}',
  '$',
]
const closers: Readonly<Record<string, string>> = { "'": "'", '"': '"', '[': ']' }

/** Cuts an expression into tokens; the last one is `end`. */
export function toTokens(text: string): Token[] {
  const tokens: Token[] = []
  let position = 0
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position
    return pattern.exec(text)?.[0]
  }
  while (position < text.length) {
    const character = text.charAt(position)
    const at = position + 1
    if (/\s/.test(character)) {
      position += 1
      continue
    }
    const closer = closers[character]
    if (closer !== undefined) {
      const { value, end } = readQuoted(text, position, closer)
      tokens.push({ kind: character === "'" ? 'text' : 'field', value, at })
      position = end
      continue
    }
    const number = match(numberStart)
    if (number !== undefined) {
      tokens.push({ kind: 'number', value: Number(number), at })
      position += number.length
      continue
    }
    const name = match(nameStart)
    if (name !== undefined) {
      tokens.push({ kind: 'name', value: name, at })
      position += name.length
      continue
    }
    const symbol = symbols.find((candidate) => text.startsWith(candidate, position))
    if (symbol === undefined) throw expressionError(`"${character}" at ${at} is not understood`)
    tokens.push({ kind: 'symbol', value: symbol, at })
    position += symbol.length
  }
  tokens.push({ kind: 'end', value: '', at: text.length + 1 })
  return tokens
}

/** A closing sign stands for itself when it is doubled. */
function readQuoted(text: string, start: number, closer: string): { value: string; end: number } {
  let value = ''
  let position = start + 1
  for (;;) {
    const close = text.indexOf(closer, position)
    if (close < 0) throw expressionError(`${text.charAt(start)} at ${start + 1} is never closed`)
    value += text.slice(position, close)
    if (text[close + 1] !== closer) return { value, end: close + 1 }
    value += closer
    position = close + 2
  }
}
