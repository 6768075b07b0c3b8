import type { GatewayDeploymentSettings, GatewaySettings } from '../../config/index.ts'
import type { UpstreamOptions } from '../../gateway/index.ts'
import { productFor } from '../../qlik/index.ts'
import { definedOf, valueOrThrow } from '../../values/index.ts'
import type { Call } from '../command.ts'
import type { Problems } from '../problems.ts'
import { readTransport } from '../session/transport.ts'
import { findSigner, type KeyInFiles, keyInFiles } from '../signing.ts'
import { findTarget } from '../target.ts'
import { readQlikEnding } from './qlik-ending.ts'

/** A deployment behind the gateway, of which nothing is open yet. */
export interface ReadUpstream {
  /** Its signing key, where it can be read again. */
  readonly keyInFiles: KeyInFiles | undefined
  /** Opens how it is reached. */
  connect(): Promise<UpstreamOptions>
  close(): Promise<void>
}

/**
 * Reads one deployment of the file, with its key, and what the gateway is told of it.
 *
 * @param name undefined for the one that is meant when none is named
 * @param problems those of the deployment in the file, and of what the gateway is told of it
 */
export async function readUpstream(
  call: Call,
  {
    name,
    own,
    paths,
  }: {
    name: string | undefined
    own: GatewayDeploymentSettings
    paths: GatewaySettings['paths']
  },
  problems: { readonly file: Problems; readonly gateway: Problems },
): Promise<ReadUpstream | undefined> {
  const gateway = await import('../../gateway/index.ts')
  const { ERR_GATEWAY_OPTION } = gateway.gatewayErrors
  const { attempt } = problems.gateway
  const target = await findTarget(
    choosing(call, name),
    { needsUrl: true, attributes: [] },
    problems.file,
  )
  const signing = await findSigner(call, target, problems.file)
  const { deployment, settings } = target
  await attempt(() =>
    valueOrThrow(gateway.readHostNames('hostNames', own.hostNames), ERR_GATEWAY_OPTION),
  )
  if (deployment !== undefined) {
    await attempt(() =>
      valueOrThrow(gateway.readNodes('nodes', own.nodes, deployment), ERR_GATEWAY_OPTION),
    )
    if (own.atRoot === true && productFor(deployment).basePath(deployment) === '')
      problems.gateway.add(
        `${problems.gateway.isOfFile ? '' : 'gateway: '}atRoot has no effect: this deployment has no prefix of a virtual proxy, so its paths begin at the root anyway. Leave it out`,
      )
    await attempt(() =>
      gateway.createAllowList({
        rules: productFor(deployment).gatewayRules,
        ...definedOf(own.paths ?? paths ?? {}),
      }),
    )
  }
  const hasProxies = deployment !== undefined && 'prefix' in deployment
  const ending = hasProxies
    ? await problems.file.attempt(() => readQlikEnding(call, settings, own.proxyApis))
    : undefined
  if (deployment === undefined || signing === undefined) return undefined
  const closers: (() => Promise<void> | undefined)[] = [async () => ending?.close()]
  return {
    keyInFiles: keyInFiles(call, settings),
    async connect() {
      const transport = await readTransport(call, settings)
      closers.push(async () => transport?.close())
      return {
        deployment,
        key: signing.key,
        ...definedOf({
          lifetimeSeconds: settings.lifetimeSeconds,
          hostNames: own.hostNames,
          nodes: own.nodes,
          atRoot: own.atRoot,
          isolate: own.isolate,
          paths: own.paths && definedOf(own.paths),
          transport,
          endSession: ending?.endSession,
        }),
      }
    },
    async close() {
      await Promise.all(closers.map((close) => close()))
    },
  }
}

/** The deployment of the gateway, unless the command line or the environment names another. */
function choosing(call: Call, deployment: string | undefined): Call {
  const { values } = call
  const text: Call['values']['text'] = (name) =>
    values.text(name) ?? (name === 'deployment' ? deployment : undefined)
  return { ...call, values: { ...values, text } }
}
