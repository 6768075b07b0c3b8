import type { QlikConnection } from '../connection.ts'
import { openConnection } from '../direct/direct-connection.ts'
import { wrongOption } from '../option-check.ts'
import type { GatewayOptions } from '../options.ts'
import { createGatewayProduct } from './gateway-product.ts'

/** The way `gateway`: the page speaks with a gateway, which holds Qlik's cookies. */
export async function connectToGateway(options: GatewayOptions): Promise<QlikConnection> {
  const { assertion } = options
  if (assertion !== undefined && typeof assertion !== 'function')
    throw await wrongOption('assertion')
  const token = assertion ?? noToken
  return openConnection({ ...options, token }, async (_, url, reach) =>
    createGatewayProduct(url, reach, options),
  )
}

/** Where the gateway asks the host application itself, the page sends nothing. A token is new each time. */
const noToken = async () => `e30.e30.${Math.random().toString(36).slice(2)}`
