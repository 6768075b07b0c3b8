import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Advice, RecordedToken } from '../../control/recorder.ts'
import type { VirtualProxyConfig } from '../repository/virtual-proxy.ts'
import type { ClientManagedSwitches } from '../switches.ts'
import type { ProxyRefusal } from './answers.ts'
import type { ProxySession } from './sessions.ts'

/** What becomes known of a request on its way; the record of requests is written from it. */
export interface Exchange {
  /** The node whose proxy was asked. */
  readonly nodeId: string
  readonly config: VirtualProxyConfig
  /** The path below the prefix. */
  readonly path: string
  session?: ProxySession
  /** The switch without which it would have one. */
  hiddenBy?: keyof ClientManagedSwitches
  token?: RecordedToken
  refusal?: ProxyRefusal
  notice?: Advice
}

/** What handlers below a virtual proxy are given; `c.req.path` is the path below its prefix. */
export interface ProxyEnv {
  Bindings: HttpBindings & { readonly exchange: Exchange }
}

/** Answers with a refusal, and keeps it for the record. */
export function refuse(c: Context<ProxyEnv>, refusal: ProxyRefusal): Response {
  const { status, headers, body } = refusal
  c.env.exchange.refusal = refusal
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  return c.body(body, status as ContentfulStatusCode)
}

/** The session of a request, where it has one. */
export function sessionOf(c: Context<ProxyEnv>): ProxySession | undefined {
  return c.env.exchange.session
}
