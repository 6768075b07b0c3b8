import { found, kindOf, type Reading, readEach, readString, refused } from '../values/index.ts'
import type { AttributeScalar, AttributeValue } from './user.ts'

/** The longest string among attributes, in characters. */
export const maxAttributeLength = 1024

const maxAttributeValues = 200

/** Reads the value of an attribute: one of a string, a number and a boolean, or an array of them. */
export function readAttribute(
  option: string,
  value: unknown,
  readText = readString,
): Reading<AttributeValue> {
  if (!Array.isArray(value)) return readScalar(option, value, readText)
  if (value.length > maxAttributeValues)
    return refused(option, `contains more than ${maxAttributeValues} values`)
  return readEach(value.map((one, index) => readScalar(`${option}[${index}]`, one, readText)))
}

/** JSON has no NaN, and beyond 2^53 a number is not the one that was written. */
function readScalar(
  option: string,
  value: unknown,
  readText: typeof readString,
): Reading<AttributeScalar> {
  if (typeof value === 'boolean') return found(value)
  if (typeof value === 'string') return readText(option, value, maxAttributeLength)
  if (typeof value !== 'number')
    return refused(option, `must be a string, a number or a boolean, not ${kindOf(value)}`)
  if (!Number.isFinite(value)) return refused(option, 'is not a number that JSON has')
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return refused(option, 'is a number beyond 2^53, which would lose digits; send it as a string')
  return found(value)
}
