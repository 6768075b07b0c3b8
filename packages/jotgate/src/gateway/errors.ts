import { type DetailsOf, defineErrors, isJotgateError, type JotgateError } from '../errors/index.ts'

export interface PathRefusal {
  method: string
  why: string
  problem: string
  advice?: string
}

/** The errors of the part `gateway`. No detail holds a token, cookie, key or CSRF token. */
export const gatewayErrors = defineErrors('ERR_GATEWAY', {
  ERR_GATEWAY_OPTION: {
    kind: 'use',
    status: 500,
    message: (details: { option: string; problem: string }) =>
      `The option ${details.option} ${details.problem}`,
    hint: 'Correct the option; the documentation of `createGateway` has the unit and the bounds of each.',
  },
  ERR_GATEWAY_LOOP: {
    kind: 'failure',
    status: 508,
    message: (_details: Record<never, never>) =>
      'The request has been through this gateway before, so it would go round forever',
    hint: 'The address of the deployment leads back to the gateway. Look at `upstream.deployment` and at the DNS of its host name.',
  },
  ERR_GATEWAY_BUSY: {
    kind: 'failure',
    status: 503,
    message: (details: { waitedMs: number; retryAfterSeconds: number }) =>
      `No connection to Qlik became free within ${details.waitedMs} ms`,
    hint: 'A session has six connections to Qlik, and the gateway a limit for all together. Ask for fewer things at once, and try again.',
  },
  ERR_GATEWAY_QLIK_UNREACHABLE: {
    kind: 'failure',
    status: 502,
    message: (details: { reason: string }) => `Qlik cannot be reached (${details.reason})`,
    hint: 'Check the address of the deployment, and this machine’s DNS, proxy and firewall; for a private authority the option `transport`.',
  },
  ERR_GATEWAY_QLIK_TIMEOUT: {
    kind: 'failure',
    status: 504,
    message: (details: { missing: 'connection' | 'answer'; timeoutMs: number }) =>
      `Qlik gave no ${details.missing} within ${details.timeoutMs} ms`,
    hint: 'Try again. When it happens often, look at the network, and at Qlik Cloud’s status page or the services of your client-managed site.',
  },
  ERR_GATEWAY_QLIK_ANSWER: {
    kind: 'failure',
    status: 502,
    message: (details: { problem: string }) => `Qlik’s answer ${details.problem}`,
    hint: 'Check that the deployment is the Qlik that it is meant to be, and that no proxy between answers in its place.',
  },
  ERR_GATEWAY_QLIK_REFUSED: {
    kind: 'failure',
    status: 502,
    message: (_details: Record<never, never>) =>
      'Qlik does not accept the session that it has just given',
    hint: 'Look for the path in the allow-list: it may need another kind of login. When every path is refused, look at the tenant’s identity provider.',
  },
  ERR_GATEWAY_SEND_AGAIN: {
    kind: 'failure',
    status: 503,
    message: (details: { retryAfterSeconds: number }) =>
      `The Qlik session has ended and was renewed; the request’s body is too large to be kept, so it must be sent again, after ${details.retryAfterSeconds} s`,
    hint: 'Send the request again. Qlik has not carried it out.',
  },
  ERR_GATEWAY_NODE_GONE: {
    kind: 'failure',
    status: 503,
    message: (_details: { retryAfterSeconds: number }) =>
      'The node of Qlik that had the request is gone; whether it has carried the request out is not known',
    hint: 'Send the request again: another node takes it. If it creates something, look first whether that is there already.',
  },
  ERR_GATEWAY_NOT_IDENTIFIED: {
    kind: 'failure',
    status: 401,
    // The reason is for the log: every cause looks the same to a client.
    message: (_details: { reason: string }) => 'Who you are is not known',
    hint: 'Log in to the application, and try again.',
  },
  ERR_GATEWAY_HOST_SILENT: {
    kind: 'failure',
    status: 503,
    message: (details: { problem: string }) =>
      `Nobody can say who sends the request: ${details.problem}`,
    hint: 'Look at the host application, or at the identity provider whose keys are needed. Nobody enters until it answers; the gateway asks again with each request.',
  },
  ERR_GATEWAY_NOT_AUTHORISED: {
    kind: 'failure',
    status: 403,
    message: (_details: object) => 'You may not use Qlik here',
    hint: 'The audit log of the gateway has the reason.',
  },
  ERR_GATEWAY_STORE: {
    kind: 'failure',
    status: 503,
    message: (details: { problem: string }) => `The session store ${details.problem}`,
    hint: 'Without a store no session is opened. Look at the disk, its free space and the rights of the folder; a gateway that runs resumes by itself.',
  },
  ERR_GATEWAY_KEY_RING: {
    kind: 'use',
    status: 500,
    message: (details: { file: string; problem: string }) =>
      `The key ring ${details.file} ${details.problem}`,
    hint: 'The key ring seals the session store. Keep it outside the folder of the store, readable by the user of the gateway alone; without it, everyone signs in again. `jotgate gateway init` makes one.',
  },
  ERR_GATEWAY_AUDIT: {
    kind: 'failure',
    status: 503,
    message: (details: { problem: string }) => `The audit log ${details.problem}`,
    hint: 'Without an audit log no session is opened. Look at the disk, its free space and the rights of the folder; a gateway that runs resumes by itself.',
  },
  ERR_GATEWAY_AUDIT_UNREADABLE: {
    kind: 'failure',
    status: 500,
    message: (details: { source: string; problem: string }) =>
      `${details.source} ${details.problem}`,
    hint: 'Check the name of the folder and of the key file, and the rights of this user. `jotgate gateway init` makes a key, and so does `openssl rand -out FILE 32`.',
  },
  ERR_GATEWAY_REQUEST: {
    kind: 'failure',
    status: 400,
    message: (details: { problem: string }) => `The request ${details.problem}`,
    hint: 'Send the request as RFC 9112 describes it: one Host, one form of the path, no field twice that may come once.',
  },
  ERR_GATEWAY_REQUEST_HOST: {
    kind: 'failure',
    status: 421,
    message: ({ publicUrl }: { publicUrl?: string }) =>
      publicUrl === undefined
        ? 'The request names a host that is not one of this gateway'
        : `The request names another host than that of ${publicUrl}`,
    hint: 'Use the address in `publicUrl`. A proxy in front of the gateway must pass the Host field on unchanged.',
  },
  ERR_GATEWAY_REQUEST_METHOD: {
    kind: 'failure',
    status: 405,
    message: (details: { allowed: readonly string[] }) =>
      `The method is not one of ${details.allowed.join(', ')}`,
    hint: 'Use one of the methods in the field Allow of the answer.',
  },
  ERR_GATEWAY_REQUEST_TARGET: {
    kind: 'failure',
    status: 414,
    message: (details: { maxBytes: number }) =>
      `The path with its query is longer than ${details.maxBytes} bytes`,
    hint: 'Send long values in the body of a POST.',
  },
  ERR_GATEWAY_REQUEST_HEAD: {
    kind: 'failure',
    status: 431,
    message: (details: { problem: string }) => `The header of the request ${details.problem}`,
    hint: 'Often cookies of the registrable domain have grown too many: clear the cookies of this site.',
  },
  ERR_GATEWAY_REQUEST_EXPECT: {
    kind: 'failure',
    status: 417,
    message: () => 'The request expects something other than 100-continue',
    hint: 'Omit the field Expect.',
  },
  ERR_GATEWAY_REQUEST_SLOW: {
    kind: 'failure',
    status: 408,
    message: () => 'The request did not arrive in time',
    hint: 'Send it again.',
  },
  ERR_GATEWAY_RATE: {
    kind: 'failure',
    status: 429,
    message: (details: { retryAfterSeconds: number }) =>
      `Too many requests; the next may come in ${details.retryAfterSeconds} seconds`,
    hint: 'Wait as long as the field Retry-After says.',
  },
  ERR_GATEWAY_CLOSING: {
    kind: 'failure',
    status: 503,
    message: (_details: { retryAfterSeconds: number }) => 'The gateway is shutting down',
    hint: 'Send the request again: another process takes over.',
  },
  ERR_GATEWAY_BODY_READ: {
    kind: 'use',
    status: 500,
    message: () => 'The body of the request was read before it reached the gateway',
    hint: 'Mount `gateway.handler` before any body parser, such as `express.json()`.',
  },
  ERR_GATEWAY_LISTEN: {
    kind: 'use',
    status: 500,
    message: (details: { host: string; port: number; problem: string }) =>
      `Cannot listen at ${details.host}, port ${details.port}: ${details.problem}`,
    hint: 'Choose another port or address, or end the process that has it.',
  },
  ERR_GATEWAY_TLS: {
    kind: 'use',
    status: 500,
    message: (details: { source: string; problem: string }) =>
      `TLS cannot be served: ${details.source} ${details.problem}`,
    hint: 'Give the PEM file with the certificate of the host name in `publicUrl` and those of its issuers after it, and the private key that belongs to it. A gateway that runs keeps the certificate that it has.',
  },
  ERR_GATEWAY_PLAIN_HTTP: {
    kind: 'failure',
    status: 400,
    message: () => 'The request came by plain HTTP, and this port takes HTTPS alone',
    hint: 'Use an address that begins with https://.',
  },
  ERR_GATEWAY_ADMIN_LISTEN: {
    kind: 'use',
    status: 500,
    message: (details: { at: string; problem: string }) =>
      `The administration cannot listen at ${details.at}: ${details.problem}`,
    hint: 'Choose a socket in a folder of the gateway’s own user, or an address of this machine; elsewhere it needs `tls` and `bearer`.',
  },
  ERR_GATEWAY_ADMIN_BEARER: {
    kind: 'failure',
    status: 401,
    message: () => 'The bearer of the administration is missing or wrong',
    hint: 'Send what the file `admin.bearerFile` holds as `Authorization: Bearer …`.',
  },
  ERR_GATEWAY_ADMIN_BEARER_FILE: {
    kind: 'use',
    status: 500,
    message: (details: { file: string; problem: string }) => `${details.file} ${details.problem}`,
    hint: 'The file holds what programs send to the administration: one line, for its owner alone (0600). `jotgate gateway init` makes one.',
  },
  ERR_GATEWAY_ADMIN_BROWSER: {
    kind: 'failure',
    status: 403,
    message: (details: { field: string }) =>
      `The request has the field ${details.field}, as those of web pages have`,
    hint: 'The administration is for programs such as curl, Prometheus and `jotgate sessions --gateway`.',
  },
  ERR_GATEWAY_ADMIN_HOST: {
    kind: 'failure',
    status: 421,
    message: () => 'The request names a host that is not this machine',
    hint: 'Use localhost, 127.0.0.1 or [::1] in the address.',
  },
  ERR_GATEWAY_ADMIN_REQUEST: {
    kind: 'failure',
    status: 400,
    message: (details: { problem: string }) => `The request ${details.problem}`,
    hint: 'The guide of the gateway has the paths of the administration, with their filters.',
  },
  ERR_GATEWAY_ADMIN_PATH: {
    kind: 'failure',
    status: 404,
    message: () => 'The administration has nothing at this path',
    hint: 'Its paths are /live, /ready, /metrics, /sessions and /sessions/ID.',
  },
  ERR_GATEWAY_ADMIN_SESSION: {
    kind: 'failure',
    status: 404,
    message: () => 'No session has this ID',
    hint: 'It may have ended. GET /sessions lists those that are open.',
  },
  ERR_GATEWAY_PAGE: {
    kind: 'failure',
    status: 403,
    message: (details: { problem: string }) => `The request ${details.problem}`,
    hint: 'Name the origin of the page in `allowedOrigins`. A program sends its token in Authorization, and no Origin.',
  },
  ERR_GATEWAY_PATH: {
    kind: 'failure',
    status: 403,
    message: ({ method, problem }: PathRefusal) => `${method} of this path ${problem}`,
    hint: 'If the page needs it, add a line for it to `paths.allowPaths`. The gateway’s log has what was refused, with the page that asked.',
    hintFor: ({ advice }: PathRefusal) => advice,
  },
  ERR_GATEWAY_NO_LOGIN_PAGE: {
    kind: 'failure',
    status: 404,
    message: () => 'The gateway does not know where the application logs people in',
    hint: 'Set `loginUrl` to the page of the application that does it.',
  },
  ERR_GATEWAY_UNEXPECTED: {
    kind: 'failure',
    status: 500,
    message: () => 'The gateway failed in a way it should not',
    hint: 'Look for the request ID in the gateway’s log, and report what is there.',
  },
  ERR_GATEWAY_UPGRADE: {
    kind: 'failure',
    status: 400,
    message: (details: { problem: string }) => `The request for a web socket ${details.problem}`,
    hint: 'Open web sockets as RFC 6455, section 4.1 describes it; a proxy in front must pass the upgrade on unchanged.',
  },
  ERR_GATEWAY_UPGRADE_VERSION: {
    kind: 'failure',
    status: 426,
    message: () => 'The request for a web socket asks for another version than 13',
    hint: 'Use version 13, the one of RFC 6455.',
  },
  ERR_GATEWAY_USER_SOCKETS: {
    kind: 'failure',
    status: 429,
    message: (details: { most: number }) =>
      `This person has ${details.most} web sockets open already`,
    hint: 'Close sockets that are not needed, such as those of other tabs.',
  },
  ERR_GATEWAY_SOCKETS: {
    kind: 'failure',
    status: 503,
    message: (details: { most: number }) => `The gateway holds its ${details.most} web sockets`,
    hint: 'Try again later. Several gateways share the load when each has host name, store and audit log of its own.',
  },
  ERR_GATEWAY_COOKIE: {
    kind: 'failure',
    status: 400,
    message: () => 'The gateway’s session cookie comes more than once',
    hint: 'Delete the cookies of this host name. Another program on a parent domain may have set one of the same name.',
  },
  ERR_GATEWAY_TOKEN_USED: {
    kind: 'failure',
    status: 401,
    message: () => 'The token has been used before, or its session has been ended',
    hint: 'Ask the host application, or the provider, for a new token.',
  },
  ERR_GATEWAY_SESSION_ENDED: {
    kind: 'failure',
    status: 401,
    message: () => 'The session has ended',
    hint: 'Log in again.',
  },
  ERR_GATEWAY_FULL: {
    kind: 'failure',
    status: 503,
    message: (details: { sessions: number }) =>
      `The gateway holds its ${details.sessions} sessions`,
    hint: 'Raise `session.maxSessions`, or shorten `session.idleSeconds`.',
  },
  ERR_GATEWAY_WAITING: {
    kind: 'failure',
    status: 503,
    message: (_details: { retryAfterSeconds: number }) => 'Your login at Qlik waits for its turn',
    hint: 'Ask again: the login stays in the queue. `/.jotgate/session` says when it is done.',
  },
  ERR_GATEWAY_QLIK_SESSION: {
    kind: 'failure',
    status: 502,
    message: () => 'Qlik refuses a session that it has opened just before',
    hint: 'Look at the tenant’s user and licence, and at Qlik Cloud’s status page. The gateway opens another session in half a minute.',
  },
})

/** Why a request was refused, for the log: the reason, where a client must not be told it, else the code. */
export function denialReasonOf(error: JotgateError): string {
  return isJotgateError(error, 'ERR_GATEWAY_NOT_IDENTIFIED') ? error.details.reason : error.code
}

/** The codes of this part. */
export type GatewayErrorCode = keyof typeof gatewayErrors

declare module '../errors/errors.ts' {
  interface JotgateErrorDetails extends DetailsOf<typeof gatewayErrors> {}
}
