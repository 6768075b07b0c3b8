import type { QlikSession } from '../../session.ts'
import type { ProxyApi } from './proxy-api.ts'

/**
 * Ends one session of client-managed Qlik by its ID, at the node that has it. Other than a log-out, it leaves the other
 * sessions of the same user alone.
 *
 * @param session what `openSession` gave
 * @param nodes the proxy API of each node
 * @returns whether a node had it
 * @throws what a node's call throws, when no other node had the session
 * @see https://help.qlik.com/en-US/sense-developer/, Qlik Sense Proxy Service API: DELETE /qps/{prefix}/session/{id}
 * @example
 * import { createProxyApi, endSessionAtProxies, type QlikSession, type Transport } from 'jotgate/qlik'
 *
 * async function end(session: QlikSession, { fetch }: Transport) {
 *   const node = createProxyApi({ url: 'https://node.acme.example:4243', fetch })
 *   console.log(await endSessionAtProxies(session, [node]))
 * }
 */
export async function endSessionAtProxies(
  { deployment: { prefix = '' }, cookies }: Pick<QlikSession, 'deployment' | 'cookies'>,
  nodes: readonly Pick<ProxyApi, 'endSession'>[],
): Promise<boolean> {
  // The session's ID is its cookie's value; what QPS does not have, such as a balancer's, it answers with 404.
  const ids = [...cookies.values()].filter((value) => sessionId.test(value))
  const asked = nodes.flatMap((node) => ids.map((id) => node.endSession(prefix, id)))
  const answers = await Promise.allSettled(asked)
  if (answers.some((answer) => answer.status === 'fulfilled' && answer.value)) return true
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason
  return false
}

const sessionId = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i
