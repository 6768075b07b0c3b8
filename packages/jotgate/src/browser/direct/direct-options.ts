import { isLoopback, isWholeNumber } from '../../values/index.ts'
import { wrongOption } from '../option-check.ts'
import type { CommonOptions, WithToken } from '../options.ts'
import type { DirectProduct } from './direct-product.ts'
import type { Reach } from './peer.ts'
import { parseUrl } from './url.ts'

/** Options that have been checked. */
export type CheckedOptions = Pick<WithToken, 'token' | 'onStep' | 'onEvent'> &
  Required<Pick<CommonOptions, 'url' | 'timeoutMs' | 'fetch' | 'WebSocket'>> & {
    readonly product: DirectProduct
  }

/** Makes what differs by product, from its own options. */
export type MakeProduct<Options> = (
  options: Options,
  url: string,
  reach: Reach,
) => Promise<DirectProduct>

export async function checkOptions<Options extends WithToken>(
  options: Options,
  makeProduct: MakeProduct<Options>,
): Promise<CheckedOptions> {
  const { token, timeoutMs = 30_000 } = options
  const url = originOf(options.url)
  if (!url) throw await wrongOption('url')
  if (typeof token !== 'function' && typeof (token?.url || 0) !== 'string')
    throw await wrongOption('token')
  if (!isWholeNumber(timeoutMs, 1, 300_000)) throw await wrongOption('timeoutMs')
  // Looked up at each call and called as the global's own, as browsers demand.
  const fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const WebSocket = options.WebSocket ?? globalThis.WebSocket
  const product = await makeProduct(options, url, { fetch, timeoutMs })
  return { ...options, url, timeoutMs, fetch, WebSocket, product }
}

/** The origin, if the address is nothing else. A token goes over https, or stays on this machine. */
function originOf(address: unknown): string | undefined {
  const url = parseUrl(String(address))
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  return isSafe && url.href === `${url.origin}/` ? url.origin : undefined
}
