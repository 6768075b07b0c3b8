import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { GatewayRequest } from '../request.ts'

/** A request as the server reads it, with these fields. */
export function requestWith(
  fields: readonly (readonly [string, string])[] = [],
  parts: Partial<GatewayRequest> = {},
): GatewayRequest {
  return {
    id: '00112233445566778899aabbccddeeff',
    method: 'POST',
    path: '/.jotgate/login',
    query: '',
    fields,
    field: (name) => {
      const values = fields.filter(([one]) => one === name).map(([, value]) => value)
      return values.length === 0 ? undefined : values.join(', ')
    },
    address: '192.0.2.7',
    incoming: new IncomingMessage(new Socket()),
    ...parts,
  }
}

/** A login with this token. */
export const loginWith = (token: string) => requestWith([['authorization', `Bearer ${token}`]])
