export {
  assertQlikId,
  type EngineAddress,
  toEngineAddress,
  toWebSocketOrigin,
} from './engine-address.ts'
export { parseQlikProblem, type QlikProblem } from './error-envelope.ts'
export { hopByHopHeaders, qlikHeaders, qlikPaths } from './names.ts'
export { proxyHeaders, proxyPaths } from './proxy-names.ts'
export {
  parseProxyUser,
  parseQlikUser,
  type QlikGroup,
  type QlikName,
  type QlikUser,
} from './user.ts'
export { createXrfkey } from './xrfkey.ts'
