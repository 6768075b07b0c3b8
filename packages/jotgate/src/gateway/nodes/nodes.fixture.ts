import { createUpstreamNodes, type UpstreamNodes } from './upstream-nodes.ts'

/** The nodes of a deployment that are asked by a real request, at a clock that a test may move. */
export function nodesAt(urls: readonly string[], clock: () => number = Date.now): UpstreamNodes {
  const ask = async (url: string) => void (await (await fetch(url)).body?.cancel())
  return createUpstreamNodes({ urls, ask, clock })
}
