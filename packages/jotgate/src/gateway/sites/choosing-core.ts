import type { Enter } from '../enter.ts'
import { isProgram, type Programs } from '../find-session.ts'
import type { GatewayRequest } from '../request.ts'
import type { GatewayCore } from '../server/handlers.ts'
import type { GatewaySessions } from '../session/gateway-session.ts'
import type { ServedDeployment } from './serve-deployment.ts'

/** What a site needs whose people have different deployments. */
export interface ChoosingCoreOptions {
  /** By the name of the upstream, the first one first. */
  readonly deployments: ReadonlyMap<string, ServedDeployment>
  /** Which one answers who has no session. Default the first that has the path. */
  readonly withoutSession?: string | undefined
  readonly sessions: Pick<GatewaySessions, 'find' | 'findByToken'>
  readonly programs: Pick<Programs, 'identify'>
  readonly enter: Pick<Enter, 'upstreamFor'>
}

/** Makes the way of a request at such a site: to the deployment of its session. */
export function createChoosingCore(options: ChoosingCoreOptions): GatewayCore {
  const { deployments, withoutSession, sessions, programs, enter } = options
  const all = [...deployments.values()]

  const upstreamOf = async (request: GatewayRequest): Promise<string | undefined> => {
    if (!isProgram(request)) return (await sessions.find(request))?.upstream
    const identity = await programs.identify(request)
    if (identity === undefined) return undefined
    const { tokenHash } = identity
    const known =
      tokenHash === undefined ? undefined : await sessions.findByToken(tokenHash, request.site)
    return known?.upstream ?? enter.upstreamFor(identity)
  }

  const coreFor = async (request: GatewayRequest): Promise<GatewayCore> => {
    // Whoever cannot be told is refused by what they are led to, which asks the same again.
    const name = (await upstreamOf(request).catch(() => undefined)) ?? withoutSession
    const served =
      name === undefined
        ? (all.find(({ owns }) => owns(request.path)) ?? all[0])
        : deployments.get(name)
    if (served === undefined) throw new TypeError('There is no such deployment')
    return served.core
  }

  return {
    handle: async (request, response) => (await coreFor(request)).handle(request, response),
    upgrade: async (request, socket, head) =>
      (await coreFor(request)).upgrade(request, socket, head),
  }
}
