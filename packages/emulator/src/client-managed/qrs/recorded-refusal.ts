import { type ProxyRefusal, refuseWith } from '../proxy/answers.ts'
import type { QrsRefusal } from './refusal.ts'

/** A refusal of QRS as the record of requests has those of the proxy. */
export function toProxyRefusal({ status, text, detail, shapedBy }: QrsRefusal): ProxyRefusal {
  return refuseWith(status, text, {
    ...(detail === undefined ? {} : { detail }),
    ...(shapedBy === undefined ? {} : { shapedBy }),
  })
}
