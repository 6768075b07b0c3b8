import { randomBytes } from 'node:crypto'

/** 24 hexadecimal digits: users, groups, identity providers. */
export function newHexId(): string {
  return randomBytes(12).toString('hex')
}

/** 32 characters of base64url: tenants, web integrations, `eas.sid`. */
export function newTextId(): string {
  return randomBytes(24).toString('base64url')
}

/** 36 characters of base64url: `_csrfToken`. */
export function newCsrfToken(): string {
  return randomBytes(27).toString('base64url')
}

/** 32 hexadecimal digits: the `traceId` of an error. */
export function newTraceId(): string {
  return randomBytes(16).toString('hex')
}
