import { sign } from 'node:crypto'
import type { TestKey } from './certificate.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs claims; a change of the header to undefined leaves the member out, and another `alg` is only written. */
export function signTestToken(
  claims: object,
  { key, header = {} }: { key: TestKey; header?: object },
): string {
  const head = { alg: 'RS256', typ: 'JWT', ...header }
  const text = `${encode(head)}.${encode(claims)}`
  const bits = /^RS(384|512)$/.exec(String(head.alg))?.[1] ?? '256'
  return `${text}.${sign(`sha${bits}`, Buffer.from(text), key.privateKey).toString('base64url')}`
}
