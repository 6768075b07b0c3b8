import type { Draft } from '../entities/entity-type.ts'
import { type FindEntity, fieldReader } from '../field-reader.ts'
import type { Fields } from '../fields.ts'
import { makeTest, type Operator, operators } from './comparison.ts'
import { type FilterToken, type QuoteEscape, tokenizeFilter } from './filter-tokens.ts'

/** Says whether an entity matches a filter. */
export type Filter = (entity: Draft) => boolean

/** What a filter is read by. */
export interface FilterLanguage {
  /** Those of the entities, with the fields that all entities have. */
  readonly fields: Fields
  readonly find: FindEntity
  readonly quotes: QuoteEscape
  /** Whether `not` is a word of the language: Qlik’s page does not have it. */
  readonly hasNot: boolean
}

const depthLimit = 50

/** Thrown where a filter cannot be read, and caught where its reading began. */
const unreadable = new Error('unreadable filter')

function isOperator(text: string): text is Operator {
  return (operators as readonly string[]).includes(text)
}

function readTokens(tokens: readonly FilterToken[], language: FilterLanguage): Filter {
  let next = 0
  let depth = 0
  const takeWord = (word: string): boolean => {
    const token = tokens[next]
    if (token?.kind !== 'word' || token.text.toLowerCase() !== word) return false
    next += 1
    return true
  }
  const takeBracket = (bracket: string): boolean => {
    const token = tokens[next]
    if (token?.kind !== 'bracket' || token.text !== bracket) return false
    next += 1
    return true
  }
  const comparison = (): Filter => {
    const [path, operator, value] = tokens.slice(next, next + 3)
    const name = operator?.text.toLowerCase() ?? ''
    if (path?.kind !== 'word' || operator?.kind !== 'word' || !isOperator(name)) throw unreadable
    if (value === undefined || value.kind === 'bracket') throw unreadable
    next += 3
    const found = fieldReader(language.fields, path.text.split('.', 10), language.find)
    const given = { text: value.text, isQuoted: value.kind === 'string' }
    const test = found === undefined ? undefined : makeTest(found.field, name, given)
    if (found === undefined || test === undefined) throw unreadable
    return (entity) => found.read(entity).some(test)
  }
  const single = (): Filter => {
    depth += 1
    if (depth > depthLimit) throw unreadable
    const filter = unary()
    depth -= 1
    return filter
  }
  const unary = (): Filter => {
    if (language.hasNot && takeWord('not')) {
      const inner = single()
      return (entity) => !inner(entity)
    }
    if (!takeBracket('(')) return comparison()
    const inner = alternatives()
    if (!takeBracket(')')) throw unreadable
    return inner
  }
  const conjunction = (): Filter => {
    const parts = [single()]
    while (takeWord('and')) parts.push(single())
    return (entity) => parts.every((part) => part(entity))
  }
  const alternatives = (): Filter => {
    const parts = [conjunction()]
    while (takeWord('or')) parts.push(conjunction())
    return (entity) => parts.some((part) => part(entity))
  }
  const filter = alternatives()
  if (next < tokens.length) throw unreadable
  return filter
}

/**
 * Reads a filter: `name sw 'a' and (published eq true or stream.name eq 'Sales')`.
 *
 * @returns undefined for a text that is not a filter, or names an unknown field
 */
export function parseFilter(text: string, language: FilterLanguage): Filter | undefined {
  const tokens = tokenizeFilter(text, language.quotes)
  if (tokens === undefined || tokens.length === 0) return undefined
  try {
    return readTokens(tokens, language)
  } catch (error) {
    if (error !== unreadable) throw error
    return undefined
  }
}
