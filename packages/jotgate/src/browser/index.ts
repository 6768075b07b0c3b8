export { isJotgateError, JotgateError } from '../errors/index.ts'
export { connect, type QlikConnection } from './connect.ts'
export type { ConnectOptions, TokenSource } from './options.ts'
export type { QlikName, QlikUser } from './qlik-user.ts'
