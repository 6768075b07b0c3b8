import { type DetailsOf, defineErrors } from '../errors/index.ts'

/** The errors of the part `token`. No detail contains a token or a value of a user. */
export const tokenErrors = defineErrors('ERR_TOKEN', {
  ERR_TOKEN_DEPLOYMENT: {
    kind: 'use',
    status: 500,
    message: (details: { option: string; problem: string }) =>
      `The deployment's ${details.option} ${details.problem}`,
    hint: 'Give the address as an origin, such as https://acme.eu.qlikcloud.com, and every name exactly as the identity provider (Qlik Cloud) or the virtual proxy (client-managed) has it.',
  },
  ERR_TOKEN_USER: {
    kind: 'use',
    status: 500,
    message: (details: { field: string; problem: string }) =>
      `The user's ${details.field} ${details.problem}`,
    hint: 'Correct what the host application passes for this user. Qlik Cloud requires subject, name and email; client-managed Qlik requires the subject.',
  },
  ERR_TOKEN_LIFETIME: {
    kind: 'use',
    status: 500,
    message: (details: { option: string; min: number; max: number; reason: string }) =>
      `${details.option} must be a whole number of seconds from ${details.min} to ${details.max}: ${details.reason}`,
    hint: 'Omit the option (60 seconds, 5 of them in the past) unless clocks differ more than that: a token is used once, immediately.',
  },
  ERR_TOKEN_OPTION: {
    kind: 'use',
    status: 500,
    message: (details: { option: string; problem: string }) =>
      `The signer's option ${details.option} ${details.problem}`,
    hint: 'Correct the option, or omit it to get its default.',
  },
  ERR_TOKEN_CHECK: {
    kind: 'use',
    status: 500,
    message: (details: { option: string; problem: string }) =>
      `The option ${details.option} of checkToken ${details.problem}`,
    hint: 'Give only one of `key`, `certificate` and `jwks`, a valid `Date` as `at`, and the tolerance as a whole number of seconds.',
  },
  ERR_TOKEN_ALGORITHM: {
    kind: 'use',
    status: 500,
    message: (details: { algorithm: string; allowed: readonly string[] }) =>
      `This deployment does not accept tokens signed with ${details.algorithm}, only ${details.allowed.join(', ')}`,
    hint: 'Make the signing key with `alg` set to an algorithm that the deployment accepts.',
  },
  ERR_TOKEN_KEY: {
    kind: 'failure',
    status: 500,
    message: (details: { problem: string }) => `The signing key ${details.problem}`,
    hint: 'Use an RSA key of 2048 to 8192 bits with exponent 65537, made by createKeyPair or `openssl genrsa 3072`.',
  },
  ERR_TOKEN_SIGNING: {
    kind: 'failure',
    status: 500,
    message: (details: { kid: string; problem: string }) =>
      `The key ${details.kid} did not sign: ${details.problem}`,
    hint: 'Look at the cause. When the key is in another service, check that this process can reach it and may sign.',
  },
  ERR_TOKEN_QUEUE_FULL: {
    kind: 'failure',
    status: 503,
    message: (details: { maxQueued: number; retryAfterSeconds: number }) =>
      `${details.maxQueued} tokens are already waiting for a signature`,
    hint: 'Try again after a second. When this happens often, add a processor core, use a 2048-bit key, or raise `maxQueued`.',
  },
  ERR_TOKEN_SIZE: {
    kind: 'failure',
    status: 400,
    message: (details: { length: number; max: number }) =>
      `The token is ${details.length} characters long; servers with the usual header limits accept at most ${details.max}`,
    hint: 'Send fewer or shorter groups: only those that Qlik uses to give access.',
  },
  ERR_TOKEN_PARTS: {
    kind: 'failure',
    status: 400,
    message: (details: { parts: number }) =>
      details.parts === 5
        ? 'The token has five parts: it is encrypted (JWE), not signed'
        : `The token has ${details.parts} part${details.parts === 1 ? '' : 's'} separated by dots; a signed token has three`,
    hint: 'Give only the token, in its compact form: header.payload.signature.',
  },
  ERR_TOKEN_BASE64URL: {
    kind: 'failure',
    status: 400,
    message: (details: { part: string }) =>
      `The token's ${details.part} is not canonical base64url`,
    hint: 'Give the token as it was made, without "Bearer ", quotes, spaces, line breaks, padding, "+" or "/" (RFC 7515 section 2).',
  },
  ERR_TOKEN_JSON: {
    kind: 'failure',
    status: 400,
    message: (details: { part: string }) => `The token's ${details.part} is not a JSON object`,
    hint: 'Make the token again: header and payload are JSON objects in UTF-8 without a byte order mark.',
  },
})

/** The codes of this part. */
export type TokenErrorCode = keyof typeof tokenErrors

declare module '../errors/errors.ts' {
  interface JotgateErrorDetails extends DetailsOf<typeof tokenErrors> {}
}
