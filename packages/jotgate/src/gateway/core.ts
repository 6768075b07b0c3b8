import type { ServerResponse } from 'node:http'
import { definedOf } from '../values/index.ts'
import { gatewayErrors } from './errors.ts'
import type { Cors } from './forward/cors.ts'
import type { Decider } from './forward/decide.ts'
import type { Decision, Forwarding } from './forward/decision.ts'
import type { Forwarder } from './forward/forward-http.ts'
import type { OwnAnswers } from './own/own-answers.ts'
import type { GatewayRequest } from './request.ts'
import type { GatewayCore } from './server/handlers.ts'
import { sendProblem } from './server/problem.ts'
import type { GatewaySessions } from './session/gateway-session.ts'
import type { IdentityWatch } from './session/identity-watch.ts'
import type { RewriteNotification } from './websocket/notification-filter.ts'
import type { Tunnels } from './websocket/tunnels.ts'

/** What answers requests. */
export interface CoreParts extends Decider {
  readonly own: OwnAnswers
  readonly cors: Cors
  readonly sessions: Pick<GatewaySessions, 'endReasonOf'>
  readonly watch: Pick<IdentityWatch, 'follow'>
  readonly forwarder: Pick<Forwarder, 'forward'>
  readonly tunnels: Pick<Tunnels, 'open'>
  /** Makes what rewrites Qlik's notifications for the page that opens a web socket; omitted where none has addresses. */
  readonly notificationsFor?: ((request: GatewayRequest) => RewriteNotification) | undefined
}

/** Makes the way of a request: the gateway's own answer, or a decision that is carried out. */
export function createCore(parts: CoreParts): GatewayCore {
  const { own, cors, sessions, watch, forwarder, tunnels, notificationsFor } = parts
  const { decide, decideAgain, decideWithCsrfToken } = parts

  const refuse = (
    request: GatewayRequest,
    response: ServerResponse,
    decision: Exclude<Decision, Forwarding>,
  ) => {
    if (decision.outcome === 'deny') throw decision.error
    const { location } = decision
    if (location !== undefined) {
      response.setHeader('cache-control', 'no-store')
      response.setHeader('location', location)
      response.writeHead(302).end()
      return
    }
    const reason = sessions.endReasonOf(request)
    const error = gatewayErrors.ERR_GATEWAY_NOT_IDENTIFIED({ reason: 'there is no session' })
    sendProblem(response, error, request.id, reason === undefined ? {} : { reason })
  }

  return {
    async handle(request, response) {
      // A page's question before a request is answered for Qlik's paths too.
      if (request.method === 'OPTIONS' || own.owns(request.path)) {
        response.setHeader('x-request-id', request.id)
        if (await own.answer(request, response)) return
      }
      const added = [['x-request-id', request.id] as const, ...cors.fieldsFor(request)]
      const decision = await decide(request, 'http')
      const refusal =
        decision.outcome === 'forward'
          ? await forwarder.forward(request, response, decision, {
              added,
              renew: (before) => decideAgain(request, 'http', before),
              renewCsrfToken: (before) => decideWithCsrfToken(request, before),
            })
          : decision
      if (refusal === undefined) return
      for (const [name, value] of added) response.setHeader(name, value)
      refuse(request, response, refusal)
    },
    async upgrade(request, socket, head) {
      const forwardingOf = (decision: Decision): Forwarding => {
        if (decision.outcome === 'forward') return decision
        if (decision.outcome === 'deny') throw decision.error
        throw gatewayErrors.ERR_GATEWAY_NOT_IDENTIFIED({ reason: 'there is no session' })
      }
      const decided = forwardingOf(await decide(request, 'upgrade'))
      const session = decided.session && watch.follow(decided.session, request, socket)
      const decision = { ...decided, ...(session && { session }) }
      await tunnels.open(request, socket, head, decision, {
        renew: async () => forwardingOf(await decideAgain(request, 'upgrade', decided)),
        ...definedOf({ rewriteNotification: notificationsFor?.(request) }),
      })
    },
  }
}
