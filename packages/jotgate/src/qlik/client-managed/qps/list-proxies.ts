import type { Repository } from '../qrs/repository.ts'

/** One virtual proxy at one node: where sessions are. */
export interface ProxyPlace {
  /** The node's name. */
  readonly node: string
  /** The node's proxy API, such as `https://node.acme.example:4243`. */
  readonly url: string
  /** The prefix of the virtual proxy. */
  readonly prefix: string
}

/** Every virtual proxy at every node, as the repository names them. */
export async function listProxyPlaces(
  repository: Pick<Repository, 'listProxyServices'>,
): Promise<readonly ProxyPlace[]> {
  const services = await repository.listProxyServices()
  return services.flatMap(
    ({
      serverNodeConfiguration: { name, hostName },
      settings: { restListenPort, virtualProxies },
    }) =>
      virtualProxies.map(({ prefix }) => ({
        node: name,
        url: serviceOrigin(`https://${hostName}`, restListenPort),
        prefix,
      })),
  )
}

/** Where a service is: the same host at another port, over TLS. */
export function serviceOrigin(origin: string, port: number): string {
  return `https://${new URL(origin).hostname}:${port}`
}
