import { definedOf } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import type { GatewayOptions } from '../options.ts'

/** What one address may ask is much more than a person's pages do, since many may share an address. */
const defaultRates = {
  address: { perSecond: 500, burst: 2000 },
  person: { perSecond: 0.5, burst: 20 },
}

/** How much is answered before 429 is. @throws ERR_GATEWAY_OPTION */
export function readRates(given: GatewayOptions['rates'] = {}): typeof defaultRates {
  const rates = { ...defaultRates, ...definedOf(given) }
  for (const [name, rate] of Object.entries(rates))
    for (const [part, value] of Object.entries(rate))
      if (typeof value !== 'number' || !(value >= 0.01 && value <= 1_000_000))
        throw gatewayErrors.ERR_GATEWAY_OPTION({
          option: `rates.${name}.${part}`,
          problem: 'must be a number from 0.01 to 1000000',
        })
  return rates
}
