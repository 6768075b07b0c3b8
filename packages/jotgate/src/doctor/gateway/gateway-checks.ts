import type { Check } from '../check.ts'
import type { GatewayContext } from './context.ts'
import { gatewayFileChecks } from './files.ts'
import { publicAddressChecks } from './public-address.ts'
import { gatewaySettingChecks } from './settings.ts'

/** The checks of a gateway by its configuration, each behind those that it rests on. */
export const gatewayChecks: readonly Check<GatewayContext>[] = [
  ...gatewaySettingChecks,
  ...gatewayFileChecks,
  ...publicAddressChecks,
]
