export {
  type EngineAddress,
  readEngineAddress,
  toWebSocketOrigin,
} from './engine-address.ts'
export { parseQlikProblem, type QlikProblem } from './error-envelope.ts'
export { hopByHopHeaders, qlikHeaders, qlikPaths } from './names.ts'
export { parseQlikUser, type QlikGroup, type QlikName, type QlikUser } from './user.ts'
