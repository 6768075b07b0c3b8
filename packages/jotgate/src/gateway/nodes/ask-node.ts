import type { DeploymentAddress, QlikProduct } from '../../qlik/index.ts'

/** Asks a node whether it is there. Rejects with what is wrong when it is not. */
export type AskNode = (node: string) => Promise<void>

/**
 * Asks for a path that needs no body and no login: every answer will do but one of a proxy in front that has no node
 * behind it. It holds nothing of a client's and no credential, so nobody can make a node seem to be gone by what they send.
 */
export function createAskNode({
  deployment,
  product,
  fetch,
  timeoutMs = 5000,
}: {
  readonly deployment: DeploymentAddress
  readonly product: Pick<QlikProduct, 'basePath' | 'samplePath'>
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs?: number
}): AskNode {
  const path = product.basePath(deployment) + product.samplePath
  return async (node) => {
    const { status, body } = await fetch(new URL(path, node), {
      headers: { 'user-agent': 'jotgate' },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    await body?.cancel()
    if (status >= 502 && status <= 504) throw new Error(`A proxy in front of it answers ${status}`)
  }
}
