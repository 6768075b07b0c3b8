import { type ProxyRefusal, refuseWith } from '../proxy/answers.ts'
import type { QrsRefusal } from './refusal.ts'

/** A refusal of QRS as the record of requests has those of the proxy. */
export function toProxyRefusal({
  status,
  text,
  detail,
  decidedBy,
  shapedBy,
}: QrsRefusal): ProxyRefusal {
  return refuseWith(status, text, {
    ...(detail === undefined ? {} : { detail }),
    decidedBy,
    ...(shapedBy === undefined ? {} : { shapedBy }),
  })
}
