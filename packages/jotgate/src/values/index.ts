export {
  algorithmNames,
  algorithms,
  algorithmsOf,
  isSigningAlgorithm,
  type SigningAlgorithm,
  signingAlgorithms,
} from './algorithms.ts'
export type { Certainty, Effect, Finding } from './finding.ts'
export { parseJsonObject } from './json-object.ts'
export { surveyJson } from './json-survey.ts'
export { kindOf } from './kind-of.ts'
export { limitBytes, readBytes } from './limited-bytes.ts'
export { definedOf, isObject, type JsonObject, ownMember } from './objects.ts'
export { escapeForTerminal } from './printable.ts'
export { type ProductName, productNames } from './products.ts'
export {
  found,
  foundUnless,
  type Problem,
  type Reading,
  readAll,
  readEach,
  refused,
  valueOrThrow,
} from './reading.ts'
export { looksSecret } from './secret-shape.ts'
export { joinWords, listNames, readString, stringProblem, trimEndOf } from './strings.ts'
export { isLoopback, readOrigin, readWebAddress } from './web-address.ts'
export { isWholeNumber, readWholeNumber } from './whole-number.ts'
