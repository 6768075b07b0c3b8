import { setTimeout as wait } from 'node:timers/promises'
import type { MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { RunningProduct } from '../product.ts'
import type { Workbench } from '../workbench.ts'
import { describeEffect, toWireBody } from './fault.ts'

/**
 * Applies faults to a product's HTTP side. It stands behind CORS, so that a page reads the status as it
 * would a real one, and before everything that could change the product.
 */
export function applyFaults(
  { faults, product }: Pick<Workbench, 'faults' | 'product'>,
  answerFault: RunningProduct<unknown>['answerFault'],
): MiddlewareHandler {
  return async (c, next) => {
    const { method, path } = c.req
    const { latencyMs, effect } = faults.apply({ product, method, path, isSocket: false })
    if (latencyMs > 0) {
      c.set('fault', `latency ${latencyMs} ms`)
      // A client that disconnects frees the timer; the answer then goes nowhere.
      await wait(latencyMs, undefined, { ref: false, signal: c.req.raw.signal }).catch(() => {})
    }
    if (effect === undefined || effect.kind === 'close-socket') return next()
    c.set('fault', describeEffect(effect))
    const { status, headers, body } = answerFault(effect)
    const { type, text } = toWireBody(body)
    c.header('content-type', type)
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    return c.body(text, status as ContentfulStatusCode)
  }
}
